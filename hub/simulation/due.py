"""When the hub has something to do next, and what it still has to do: asked of the rows, like a sweep."""

from datetime import UTC, datetime, timedelta

from hub.clock import from_micros
from hub.simulation.crash import SimulatedClock
from hub.storage.database import UnitOfWork
from hub.storage.outbox import IN_TURN

_NEVER = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)

_ON_OUR_CLOCK = (
    "SELECT MIN(next_pull_at) FROM connections WHERE status <> 'paused' AND kind = 'store'",
    "SELECT MIN(next_poll_at) FROM connections WHERE status <> 'paused'"
    " AND capabilities LIKE '%PollsNotices%'",
    "SELECT MIN(n.not_before) FROM notices n JOIN connections c ON c.id = n.connection_id"
    " WHERE c.status <> 'paused'",
    "SELECT MIN(next_track_at) FROM consignments",
    "SELECT MIN(held_until) FROM orders",
    f"SELECT MIN(o.not_before) FROM outbox o WHERE o.state = 'open' AND o.lease_until = 0 AND {IN_TURN}",  # noqa: S608 - our own text
)
_ON_TRUE_CLOCK = ("SELECT MIN(lease_until) FROM outbox WHERE state = 'open' AND lease_until > 0",)
_AT_ONCE = (
    "SELECT MIN(received_at) FROM inbox WHERE state = 'new'",
    "SELECT MIN(changed_at) FROM stock_changes",
)


_ALL = f"SELECT {', '.join(f'({each})' for each in (*_ON_TRUE_CLOCK, *_ON_OUR_CLOCK, *_AT_ONCE))}"


def next_due(uow: UnitOfWork, clock: SimulatedClock) -> datetime:
    """The next instant (true time) at which a sweep would find something."""
    row = uow.one(_ALL)
    assert row is not None
    on_true_clock, on_ours = row[0], list(row)[1:]
    moments = [from_micros(each) - clock.error for each in on_ours if each is not None]
    if on_true_clock is not None:
        moments.append(from_micros(on_true_clock))
    return min(moments, default=_NEVER)


def open_work(uow: UnitOfWork) -> list[str]:
    """What is not finished, named; polls of what nobody changes do not count."""
    return [
        *(
            f"inbox {row.topic} {row.external_id}"
            for row in uow.all("SELECT topic, external_id FROM inbox WHERE state = 'new' ORDER BY id LIMIT 5")
        ),
        *(
            f"outbox {row.verb} {row.subject}: {row.last_error}"
            for row in uow.all(
                "SELECT verb, subject, last_error FROM outbox WHERE state = 'open' ORDER BY id LIMIT 5"
            )
        ),
        *(
            f"stock of {row.sku} is news"
            for row in uow.all("SELECT sku FROM stock_changes ORDER BY sku LIMIT 5")
        ),
        *(
            f"connection {row.id} is paused: {row.paused_reason}"
            for row in uow.all(
                "SELECT id, paused_reason FROM connections WHERE status = 'paused' ORDER BY id"
            )
        ),
        *(
            f"connection {row.id} fails: {row.last_error}"
            for row in uow.all("SELECT id, last_error FROM connections WHERE failures > 0 ORDER BY id")
        ),
    ]


_PARKED = (
    "SELECT o.verb, o.subject, o.last_error FROM outbox o WHERE o.state = 'parked'"
    " AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.order_id = o.order_id) ORDER BY o.id LIMIT 5"
)


def parked_without_case(uow: UnitOfWork) -> list[str]:
    """Messages that were given up, and nothing but the outbox tells a person so."""
    return [f"{row.verb} {row.subject}: {row.last_error}" for row in uow.all(_PARKED)]
