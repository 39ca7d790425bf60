"""A look over the whole hub: how much of everything there is, and how connections are."""

from collections.abc import Mapping

from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class ConnectionState(FrozenStruct):
    """How a connection is; `pulled_at` in microseconds, null: never reached."""

    id: str
    platform: str
    kind: str
    status: str
    paused_reason: str
    last_error: str
    pulled_at: int | None


class Overview(FrozenStruct):
    """`orders` by stage; `backlog` by kind: rows that wait for work or for a person."""

    orders: Mapping[str, int]
    backlog: Mapping[str, int]
    connections: tuple[ConnectionState, ...]


_BACKLOG = {
    "inbox_new": "SELECT count(*) FROM inbox WHERE state = 'new'",
    "inbox_parked": "SELECT count(*) FROM inbox WHERE state = 'parked'",
    "outbox_open": "SELECT count(*) FROM outbox WHERE state = 'open'",
    "outbox_parked": "SELECT count(*) FROM outbox WHERE state = 'parked'",
    "notices": "SELECT count(*) FROM notices",
    "webhooks_open": "SELECT count(*) FROM webhook_messages WHERE state = 'open'",
    "webhooks_parked": "SELECT count(*) FROM webhook_messages WHERE state = 'parked'",
    "cases_open": "SELECT count(*) FROM cases WHERE status = 'open'",
}


def overview(uow: UnitOfWork) -> Overview:
    orders = uow.all("SELECT stage, count(*) AS n FROM orders GROUP BY stage ORDER BY stage")
    backlog = {kind: uow.all(statement)[0][0] for kind, statement in _BACKLOG.items()}
    connections = uow.all(
        "SELECT id, platform, kind, status, paused_reason, last_error, pulled_at FROM connections ORDER BY id"
    )
    return Overview(
        orders={row.stage: row.n for row in orders},
        backlog=backlog,
        connections=tuple(ConnectionState(**row._asdict()) for row in connections),
    )
