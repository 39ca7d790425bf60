"""How late the hub is: for how long the oldest row of each kind has waited, for alarms."""

from collections.abc import Mapping
from datetime import datetime

from hub.clock import micros
from hub.storage.database import UnitOfWork
from hub.storage.outbox import MAY_LEAVE

_SINCE = {
    "inbox": "SELECT min(received_at) FROM inbox WHERE state = 'new'",
    "notices": "SELECT min(not_before) FROM notices",
    "outbox": f"SELECT min(o.not_before) FROM outbox o WHERE o.state = 'open' AND {MAY_LEAVE}",
    "stock_to_tell": "SELECT min(changed_at) FROM stock_changes WHERE to_tell",
    "webhooks": "SELECT min(m.not_before) FROM webhook_messages m WHERE m.state = 'open' AND 'active' ="
    " (SELECT e.status FROM webhook_endpoints e WHERE e.id = m.endpoint_id)",
}
"""Kind → since when its first row is due. What may not leave (a paused connection) is not late."""


def lateness(uow: UnitOfWork, now: datetime) -> dict[str, float]:
    """Kind → seconds for which the oldest row has been due; 0 where nothing is."""
    found = {kind: uow.all(statement)[0][0] for kind, statement in _SINCE.items()}
    at = micros(now)
    return {kind: 0.0 if since is None else max(0, at - since) / 1e6 for kind, since in found.items()}


def quiet(uow: UnitOfWork, now: datetime) -> Mapping[str, float]:
    """Store connection that pulls and decides → seconds since its newest order was placed; one that never had
    an order is left out, because nobody knows."""
    rows = uow.all(
        "SELECT c.id, (SELECT max(o.placed_at) FROM orders o WHERE o.connection_id = c.id) AS newest"
        " FROM connections c WHERE c.kind = 'store' AND c.status <> 'paused' ORDER BY c.id"
    )
    at = micros(now)
    return {row.id: max(0, at - row.newest) / 1e6 for row in rows if row.newest is not None}
