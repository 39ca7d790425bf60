"""Find what a lost wake-up left behind. Works without Redis: it looks only at rows."""

from hub.context import HubContext
from hub.jobs.stock import TIME_PASSED
from hub.storage import announcements, holds, notices, parcels, quota_tellings, quotas
from hub.storage.database import UnitOfWork, Wake


async def due_work(hub: HubContext) -> list[Wake]:
    """Every job that has something to do now."""
    return await hub.database.run(lambda uow: _due(hub, uow))


def _due(hub: HubContext, uow: UnitOfWork) -> list[Wake]:
    now, lease_now = hub.now(), hub.database.lease_now(uow)
    books = hub.books
    wakes = [Wake("work_inbox", lane, lane) for lane in books.inbox.open_lanes(uow)]
    wakes += [Wake("pull", each) for each in books.connections.due_pulls(uow, now)]
    wakes += [Wake("poll", each) for each in books.connections.due_polls(uow, now)]
    wakes += [Wake("fetch", each) for each in notices.due_connections(uow, now)]
    wakes += [Wake("work_outbox", each) for each in books.outbox.due_connections(uow, now, lease_now)]
    wakes += [Wake("track", each, "bulk") for each in parcels.due_connections(uow, now)]
    for kind, job in (("to_tell", "tell_stock"), ("arrived", "resume"), ("linked", "reaudit")):
        if books.stock.news(uow, kind, 1):
            wakes.append(Wake(job))
    wakes += [
        Wake("work_webhooks", each, "bulk") for each in announcements.due_endpoints(uow, now, lease_now)
    ]
    if holds.ended(uow, now, 1):
        wakes.append(Wake("reaudit", TIME_PASSED))
    if quotas.due(uow, now, 1):
        wakes.append(Wake("adjust_quotas", "", "bulk"))
    if quota_tellings.are_due(uow):
        wakes.append(Wake("close_quotas"))
    if quota_tellings.quiet(uow):
        wakes.append(Wake("open_quotas"))
    return wakes


async def sweep(hub: HubContext, key: str = "") -> None:
    """Wake whatever is due."""
    if wakes := await due_work(hub):
        await hub.queue.wake(wakes)
