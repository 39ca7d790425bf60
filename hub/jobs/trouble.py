"""What a failing connection means: try later, or pause it with a reason that a person can act on."""

import logging
from datetime import timedelta

from connectors.kit import ConnectorError, Misconfigured, RateLimited, Recovery
from hub.connections import Live
from hub.context import HubContext
from hub.storage.connections import Connection
from hub.storage.database import UnitOfWork

log = logging.getLogger(__name__)

SIGN_IN, CORRECT = "sign in again", "correct the settings"
"""How the reason of a pause begins."""
LONGEST_BACK_OFF = timedelta(minutes=30)


def back_off(failures: int, error: ConnectorError) -> timedelta:
    """What the platform asks for, else 10 s doubled with each failure, up to half an hour."""
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return error.retry_after
    return min(LONGEST_BACK_OFF, timedelta(seconds=10 * 2.0 ** min(failures, 10)))


async def opened(hub: HubContext, connection_id: str) -> Live | None:
    """The live connector; null for a connection that does not exist, and for one whose plug-in or settings
    cannot be used, which is paused."""
    try:
        return await hub.live.open(connection_id)
    except Misconfigured as error:
        await pause(hub, connection_id, error)
        return None


async def report(hub: HubContext, connection: Connection, error: ConnectorError) -> None:
    """Note that a pull or fetch failed; pauses the connection where only a person can help."""
    if error.recovery in (Recovery.REAUTHORISE, Recovery.RECONFIGURE):
        await pause(hub, connection.connection_id, error)
        return
    retry_at = hub.now() + back_off(connection.failures, error)

    def note(uow: UnitOfWork) -> None:
        hub.books.connections.failed(uow, connection.connection_id, str(error), retry_at)

    await hub.database.run(note)
    if connection.failures == 0:
        log.warning("connection fails", extra={"connection": connection.connection_id, "error": str(error)})


async def recovered(hub: HubContext, connection: Connection) -> None:
    """A connection works again. Stores say so with every pull; for carriers nobody else does."""
    if connection.failures:
        await hub.database.run(lambda uow: hub.books.connections.works(uow, connection.connection_id))
        log.info("connection works again", extra={"connection": connection.connection_id})


async def pause(hub: HubContext, connection_id: str, error: ConnectorError) -> None:
    """Stop using a connection until a person acts; others do not notice."""
    reason = pause_reason(error)
    await hub.database.run(lambda uow: hub.books.connections.pause(uow, connection_id, reason))
    log.error("connection paused", extra={"connection": connection_id, "reason": reason})


def pause_reason(error: ConnectorError) -> str:
    """The sentence that an administrator reads."""
    if isinstance(error, Misconfigured):
        where = f" (setting {error.setting})" if error.setting else ""
        return f"{CORRECT}{where}: {error}"
    return f"{SIGN_IN}: {error}"
