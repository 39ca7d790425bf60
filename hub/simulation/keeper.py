"""Who looks after the connections: where one asks for it, signs in again, a while after."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from connectors.kit.twin import Twin
from hub.context import HubContext
from hub.storage.database import UnitOfWork

NOTICES_WITHIN = timedelta(minutes=30)


class Keeper:
    """`address` gives a connection's base address, as the settings of its twin need it."""

    def __init__(self, twins: Mapping[str, Twin], address: Callable[[str], str]) -> None:
        self._twins, self._address = twins, address
        self._paused_since: dict[str, datetime] = {}

    def asked(self, uow: UnitOfWork, now: datetime) -> list[str]:
        """Connections that wait for a person who signs in, and have waited long enough."""
        paused = [row.id for row in uow.all(_PAUSED)]
        self._paused_since = {each: self._paused_since.get(each, now) for each in paused}
        return [each for each, since in self._paused_since.items() if now >= since + NOTICES_WITHIN]

    def sign_in(self, hub: HubContext, uow: UnitOfWork, connection_id: str) -> None:
        """New credentials from the platform, entered and used."""
        twin = self._twins[connection_id]
        twin.sign_in_again()
        settings = twin.settings(self._address(connection_id))
        hub.books.connections.replace_settings(uow, connection_id, settings)
        hub.books.connections.resume(uow, connection_id)


_PAUSED = (
    "SELECT id FROM connections WHERE status = 'paused' AND paused_reason LIKE 'sign in again%' ORDER BY id"
)
