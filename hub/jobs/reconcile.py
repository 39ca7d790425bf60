"""Is everything here? Hour by hour the store's ids against ours, once a day a sample of orders read anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.kit import ConnectorError, Delivery, FetchesOrders, ListsOrderIds
from hub.connections import Live
from hub.context import HubContext
from hub.domain.completeness import (
    HOUR,
    Certificate,
    Gap,
    Kind,
    Lack,
    hour_of,
    hours_due,
    is_compared,
    is_settled,
)
from hub.jobs.fetch import BATCH
from hub.jobs.pull import arrival
from hub.jobs.trouble import opened, report
from hub.storage import completeness, notices
from hub.storage.database import UnitOfWork

MOST_HOURS = 48
"""Hours that one run certifies, and as many that it looks at again."""
LOOKED_AT_AGAIN = timedelta(days=7)
"""So old may an hour be of which a difference is still looked for."""
REACH = timedelta(days=30)
"""So old may orders be whose contents are compared."""


async def reconcile(hub: HubContext, connection_id: str) -> None:
    """Certify what is due. A store that was never read yet has nothing to be compared with."""
    live = await opened(hub, connection_id)
    if live is None or not live.connection.may_be_asked or live.connection.pulled_at is None:
        return
    try:
        if isinstance(live.connector, ListsOrderIds):
            await _certify_hours(hub, live, live.connector)
        if isinstance(live.connector, FetchesOrders) and hub.settings.contents_sample:
            await _compare_contents(hub, live, live.connector)
    except ConnectorError as error:
        await report(hub, live.connection, error)


async def _certify_hours(hub: HubContext, live: Live, connector: ListsOrderIds) -> None:
    """Hours with differences again, then those that ended since, a window of one hour at a time."""
    now, connection_id = hub.now(), live.connection.connection_id
    last, _ = await hub.database.read(lambda uow: completeness.last_hour(uow, connection_id, Kind.IDS))
    again = await hub.database.read(
        lambda uow: completeness.open_hours(uow, connection_id, now - LOOKED_AT_AGAIN, MOST_HOURS)
    )
    due = hours_due(last, now, hub.settings.completeness_settle, MOST_HOURS)
    for hour in [*again, *due]:
        listed = await connector.list_order_ids(hour, hour + HOUR)
        await hub.database.run(lambda uow: _certify(hub, uow, live, hour, listed))  # noqa: B023 - runs at once
    if len(due) == MOST_HOURS:
        await hub.database.run(lambda uow: uow.wake("reconcile", connection_id, "bulk"))


def _certify(hub: HubContext, uow: UnitOfWork, live: Live, hour: datetime, listed: Sequence[str]) -> None:
    """What is missing is fetched like anything else that was noticed."""
    connection = live.connection
    gaps = completeness.difference(uow, connection.connection_id, hour, listed)
    certificate = Certificate(
        store_id=connection.store_id,
        connection_id=connection.connection_id,
        kind=Kind.IDS,
        hour=hour,
        compared=len(listed),
        checked_at=hub.now(),
        gaps=tuple(gaps),
    )
    completeness.certify(uow, certificate)
    if isinstance(live.connector, FetchesOrders):
        missing = [each.external_id for each in gaps if each.lack is Lack.MISSING]
        notices.note(uow, [(connection.connection_id, "order", each) for each in missing], hub.now())


async def _compare_contents(hub: HubContext, live: Live, connector: FetchesOrders) -> None:
    """The next orders of the last month, and those that were gone; what is newer there is taken over."""
    now, connection_id = hub.now(), live.connection.connection_id
    last, after = await hub.database.read(
        lambda uow: completeness.last_hour(uow, connection_id, Kind.CONTENTS)
    )
    if is_compared(last, now, hub.settings.contents_every):
        return
    size = hub.settings.contents_sample
    chosen = await hub.database.read(
        lambda uow: completeness.sample(uow, connection_id, now - REACH, after, size)
    )
    were_gone = await hub.database.read(lambda uow: completeness.gone(uow, connection_id, size))
    asked = list(dict.fromkeys([*(external_id for _, external_id in chosen), *were_gone]))
    given = await _fetched(connector, asked)
    absent = set(asked) - {each.external_id for each in given} - set(were_gone)
    reached = chosen[-1][0] if len(chosen) == size else ""
    await hub.database.run(lambda uow: _compare(hub, uow, live, given, absent, reached))


async def _fetched(connector: FetchesOrders, ids: Sequence[str]) -> list[Delivery]:
    given: list[Delivery] = []
    for start in range(0, len(ids), BATCH):
        given += await connector.fetch_orders(ids[start : start + BATCH])
    return given


def _compare(
    hub: HubContext,
    uow: UnitOfWork,
    live: Live,
    given: Sequence[Delivery],
    absent: set[str],
    reached: str,
) -> None:
    """A change that had no time yet to arrive by itself is no difference."""
    now, connection = hub.now(), live.connection
    versions = {each.external_id: each.version for each in given}
    arrivals = [arrival(connection.connection_id, each, "bulk") for each in given]
    newer = [each.external_id for each in hub.books.inbox.unknown(uow, arrivals)]
    hub.books.receive(uow, arrivals, now)
    settle = hub.settings.completeness_settle
    changed = [each for each in newer if is_settled(versions[each], now, settle)]
    gaps = [Gap(external_id=each, lack=Lack.CHANGED, healed_at=now) for each in changed]
    gaps += [Gap(external_id=each, lack=Lack.GONE) for each in sorted(absent)]
    completeness.heal(uow, connection.connection_id, versions, now)
    certificate = Certificate(
        store_id=connection.store_id,
        connection_id=connection.connection_id,
        kind=Kind.CONTENTS,
        hour=hour_of(now),
        compared=len(given) + len(absent),
        checked_at=now,
        gaps=tuple(gaps),
    )
    completeness.certify(uow, certificate, reached)
