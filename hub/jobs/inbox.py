"""Work off the inbox, batch by batch. A batch that fails as a whole is worked off document by document, so
that one poisoned document is parked alone."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from hub.context import HubContext
from hub.pipeline.intake import work_inbox as work_batch
from hub.storage.database import UnitOfWork
from hub.storage.inbox import Result

log = logging.getLogger(__name__)


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
            if not await hub.database.run(lambda uow: _batch(hub, uow, lane, 1)):
                return position
        except SQLAlchemyError:
            raise  # the database is unwell, not the document
        except Exception as error:
            reason = f"could not be worked off: {type(error).__name__}"
            await hub.database.run(lambda uow: _park_oldest(hub, uow, lane, reason))  # noqa: B023 - runs at once
    return limit


def _park_oldest(hub: HubContext, uow: UnitOfWork, lane: str, reason: str) -> None:
    rows = hub.books.inbox.claim(uow, lane, 1)
    results = [Result(id=row.id, state="parked", path="$", reason=reason) for row in rows]
    hub.books.inbox.finish(uow, results, hub.now())
