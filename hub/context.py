"""The bag that every job and request receives. `bootstrap.py` fills it; nothing else builds these things."""

from dataclasses import dataclass

from connectors.kit.outside import Sleep
from hub.clock import Clock
from hub.connections import LiveConnections
from hub.pipeline.books import Books
from hub.queue import Queue
from hub.registry import Registry
from hub.settings import HubSettings
from hub.storage.database import Database
from hub.visits import Visitor
from mappings.contracts import Mappings


@dataclass(frozen=True, kw_only=True)
class HubContext:
    settings: HubSettings
    database: Database
    books: Books
    registry: Registry
    mappings: Mappings
    live: LiveConnections
    queue: Queue
    now: Clock
    sleep: Sleep
    visitor: Visitor

    def webhook_url(self, connection_id: str) -> str:
        """Where a platform or carrier posts for this connection; empty if they cannot reach this hub."""
        base = self.settings.public_url.rstrip("/")
        return f"{base}/webhooks/{connection_id}" if base else ""

    async def close(self) -> None:
        await self.live.close()
        await self.queue.close()
        self.database.close()
