"""Deliver what must leave: claim and lease → call the connector outside of any transaction → record.

Results are three-valued. *Done* and *refused* end a message. *Unknown* is read back, not before the delay
that the plug-in states, and only then repeated; where a platform offers neither an idempotency key nor a
read-back, a person decides: a held parcel is cheaper than a second one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta

from connectors.kit import ConnectorError, OutcomeUnknown, RateLimited, Recovery, Rejected
from connectors.kit.http import WRITES_BEFORE
from hub.connections import Live
from hub.context import HubContext
from hub.domain.effects import Verb
from hub.jobs.errands import Answer, Errand, load_errands, run_errand
from hub.jobs.trouble import back_off, opened, pause
from hub.pipeline.delivered import Delivered, record
from hub.storage.connections import ConnectionStatus
from hub.storage.database import UnitOfWork
from hub.storage.outbox import Message, Verdict

log = logging.getLogger(__name__)

AT_ONCE = 5
"""Calls in flight per connection: as many as its client has connections."""
CLAIM = 100
UNCONFIRMED_AGAIN = timedelta(minutes=5)
"""When a carrier is asked again about a booking that it accepted without a number."""


async def work_outbox(hub: HubContext, connection_id: str) -> None:
    """Send all that is due through one connection. What came of one round is recorded in the transaction that
    claims the next."""
    delivered: list[Delivered] = []
    while True:
        live = await _usable(hub, connection_id)
        if live is None and not delivered:
            return
        lease_ends = hub.now() + hub.settings.lease
        limit = CLAIM if live else 0
        errands = await hub.database.run(lambda uow: _turn(hub, uow, connection_id, delivered, limit))  # noqa: B023 - runs at once
        if live is None or not errands:
            return
        delivered, trouble = await _send_all(hub, live, errands, lease_ends)
        if trouble is not None:
            await hub.database.run(lambda uow: record(hub.books, uow, delivered, hub.now()))  # noqa: B023 - runs at once
            await pause(hub, connection_id, trouble)
            return


async def _usable(hub: HubContext, connection_id: str) -> Live | None:
    live = await opened(hub, connection_id)
    return live if live and live.connection.status is ConnectionStatus.ACTIVE else None


def _turn(
    hub: HubContext, uow: UnitOfWork, connection_id: str, delivered: Sequence[Delivered], limit: int
) -> list[Errand]:
    """Record the last round and claim up to `limit` messages for the next."""
    if delivered:
        record(hub.books, uow, delivered, hub.now())
    lease_now = hub.database.lease_now(uow)
    messages = hub.books.outbox.claim(uow, connection_id, limit, hub.now(), lease_now)
    return load_errands(hub, uow, messages)


async def _send_all(
    hub: HubContext, live: Live, errands: Sequence[Errand], lease_ends: datetime
) -> tuple[list[Delivered], ConnectorError | None]:
    """Verdicts of all errands, and the error for which the connection must be paused, if any. No call begins
    late in its lease, and none outlives it: somebody else may be sending the same by then."""
    troubles: list[ConnectorError] = []
    waiting = iter(errands)

    async def send_one_by_one() -> list[Delivered]:
        return [await send(errand) for errand in waiting]

    async def send(errand: Errand) -> Delivered:
        left = lease_ends - hub.now()
        if troubles or left < hub.settings.lease / 4:
            why = "waits for its connection" if troubles else "its turn came too late"
            return _later(errand.message, hub.now(), why, doubt=errand.message.in_doubt, unspent=True)
        return await _send(hub, live, errand, troubles, left)

    senders = [send_one_by_one() for _ in range(min(AT_ONCE, len(errands)))]
    delivered = [each for sent in await asyncio.gather(*senders) for each in sent]
    delivered.sort(key=lambda each: each.verdict.message.id)
    return delivered, next(iter(troubles), None)


async def _send(
    hub: HubContext, live: Live, errand: Errand, troubles: list[ConnectorError], left: timedelta
) -> Delivered:
    message, now = errand.message, hub.now()
    WRITES_BEFORE.set(now + left - hub.settings.lease / 4)
    try:
        answer = await _within(left, run_errand(hub, live, errand))
        if answer.booking and not answer.booking.tracking_number:
            unconfirmed = "the carrier has not confirmed the booking yet"
            return _later(message, now + UNCONFIRMED_AGAIN, unconfirmed, doubt=True)
        return _done(errand, answer)
    except Rejected as error:
        if error.already_done:
            return _done(errand, Answer())
        return _ended(message, "parked", "refused", error)
    except OutcomeUnknown as error:
        if message.verb is Verb.PUSH_STOCK:  # levels are absolute: sending them again is harmless
            return _again(hub, message, error)
        schedule = hub.settings.retry_schedule
        if message.attempts > len(schedule):
            return _given_up(message, str(error))
        again = hub.now() + max(live.plugin.read_back_after, schedule[message.attempts - 1])
        return _later(message, again, str(error), doubt=True)
    except ConnectorError as error:
        if error.recovery in (Recovery.REAUTHORISE, Recovery.RECONFIGURE):
            troubles.append(error)
            return _later(message, now, str(error), doubt=message.in_doubt)
        if error.recovery is Recovery.RETRY:
            return _again(hub, message, error)
        return _ended(message, "parked", "refused", error)
    except Exception as error:  # a foreign connector may fail in any way; the others' results must be kept
        log.exception("connector failed", extra={"outbox_id": message.id, "verb": message.verb})
        return _given_up(message, f"the connector of {live.plugin.platform} failed: {type(error).__name__}")


async def _within(left: timedelta, call: Awaitable[Answer]) -> Answer:
    try:
        async with asyncio.timeout(left.total_seconds()):
            return await call
    except TimeoutError:
        raise OutcomeUnknown("no answer before the end of the lease") from None


def _done(errand: Errand, answer: Answer) -> Delivered:
    state = "withdrawn" if answer.is_withdrawn else "done"
    outcome = "" if answer.is_withdrawn else "done"
    error = f"{len(answer.refusals)} listings refused" if answer.refusals else ""
    verdict = Verdict(message=errand.message, state=state, outcome=outcome, error=error)
    return Delivered(
        verdict=verdict,
        booking=answer.booking,
        quotes=answer.quotes,
        refusals=answer.refusals,
        status=answer.status,
        number=answer.number,
        shown=answer.shown,
    )


def _ended(message: Message, state: str, outcome: str, error: ConnectorError) -> Delivered:
    """A refused cancellation or campaign is an answer that is shown elsewhere; everything else is parked."""
    if message.verb in (Verb.CANCEL_BOOKING, Verb.RUN_CAMPAIGN, Verb.END_CAMPAIGN):
        state = "done"
    log.warning(
        "outbox message refused", extra={"outbox_id": message.id, "verb": message.verb, "error": str(error)}
    )
    return Delivered(verdict=Verdict(message=message, state=state, outcome=outcome, error=str(error)))


def _later(message: Message, at: datetime, error: str, *, doubt: bool, unspent: bool = False) -> Delivered:
    verdict = Verdict(message=message, state="open", error=error, not_before=at, doubt=doubt, unspent=unspent)
    return Delivered(verdict=verdict)


def _again(hub: HubContext, message: Message, error: ConnectorError) -> Delivered:
    """The next pause of the schedule; after the last one the message is parked. Stock is never in doubt, so
    that newer levels still replace those of a message that waits."""
    schedule = hub.settings.retry_schedule
    if message.attempts > len(schedule):
        return _given_up(message, str(error))
    asked_for = back_off(0, error) if isinstance(error, RateLimited) else timedelta(0)
    at = hub.now() + max(schedule[message.attempts - 1], asked_for)
    in_doubt = message.in_doubt and message.verb is not Verb.PUSH_STOCK
    return _later(message, at, str(error), doubt=in_doubt)


def _given_up(message: Message, error: str) -> Delivered:
    log.error("outbox message parked", extra={"outbox_id": message.id, "verb": message.verb, "error": error})
    verdict = Verdict(message=message, state="parked", outcome="unknown", error=error)
    return Delivered(verdict=verdict)
