"""Work off the inbox, batch by batch. A batch that fails as a whole is worked off document by document, so
that one poisoned document is parked alone."""

import logging

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from hub.context import HubContext
from hub.pipeline.intake import work_inbox as work_batch
from hub.storage.database import UnitOfWork
from hub.storage.inbox import Result
from hub.storage.orders import StaleOrder

log = logging.getLogger(__name__)

_UNWELL = (OperationalError, InterfaceError, StaleOrder)
_PASSING = (*_UNWELL, IntegrityError)


async def work_inbox(hub: HubContext, lane: str) -> None:
    """Until the lane is empty."""
    limit = hub.settings.batch_size
    while True:
        try:
            worked = await hub.database.run(lambda uow: _batch(hub, uow, lane, limit))
        except Exception as error:  # whatever a batch dies of must not stop the documents behind it
            log.exception("batch failed, working off one by one", extra={"error": type(error).__name__})
            worked = await _one_by_one(hub, lane, limit)
        if worked == 0:
            return


def _batch(hub: HubContext, uow: UnitOfWork, lane: str, limit: int) -> int:
    return work_batch(hub.books, hub.mappings, uow, lane, limit, hub.now())


async def _one_by_one(hub: HubContext, lane: str, limit: int) -> int:
    for position in range(limit):
        try:
            worked = await hub.database.run(lambda uow: _one(hub, uow, lane, _PASSING))
        except IntegrityError:  # not because another worker was faster: it came again at every attempt
            worked = await hub.database.run(lambda uow: _one(hub, uow, lane, _UNWELL))
        if not worked:
            return position
    return limit


def _one(hub: HubContext, uow: UnitOfWork, lane: str, blameless: tuple[type[Exception], ...]) -> int:
    """Work off the oldest document, or park that very one: it stays locked while it is tried. Errors that
    are `blameless` are not the document's."""
    rows = hub.books.inbox.claim(uow, lane, 1)
    try:
        with uow.connection.begin_nested():
            return _batch(hub, uow, lane, 1)
    except blameless:
        raise
    except Exception as error:
        reason = f"could not be worked off: {type(error).__name__}"
        results = [Result(id=row.id, state="parked", path="$", reason=reason) for row in rows]
        hub.books.inbox.finish(uow, results, hub.now())
        return len(rows)
