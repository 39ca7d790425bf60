"""Deliver outgoing webhooks after the Standard Webhooks specification: each endpoint by itself, at least
once, in no promised order.

A status from 200 to 299 is delivery; a redirection is a failure; 410 disables the endpoint. A message is
tried again after growing pauses over three days. Where the endpoint as a whole is away (no answer, 429, 502,
503, 504), it rests, and its other messages do not spend their attempts. After five days without a delivery
it is disabled. No jitter: endpoints are independent, and none gets more than `AT_ONCE` requests at once.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from connectors.kit.standard_webhooks import signed_headers
from hub.context import HubContext
from hub.domain.announcements import Announcement, EventType, Facts
from hub.storage import announcements
from hub.storage.announcements import Claimed, Endpoint, Result
from hub.storage.database import UnitOfWork
from hub.visits import NotVisited
from mappings.structs import FrozenStruct

log = logging.getLogger(__name__)

RETRIES = tuple(
    timedelta(seconds=each) for each in (5, 300, 1800, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
)
"""Pauses between the attempts of one message: over 75 hours, as the specification's example."""
MOST_FAILING = timedelta(days=5)
LONGEST_REST = timedelta(minutes=30)
LONGEST_ASKED = timedelta(hours=6)
"""What an endpoint may ask for by `Retry-After`."""
AWAY = frozenset((429, 502, 503, 504))
GONE = 410
AT_ONCE = 5
CLAIM = 20
"""Fewer than can be sent one after the other within a lease."""


class Answered(FrozenStruct):
    """How one attempt ended; `rest` is set where the endpoint as a whole is away."""

    error: str = ""
    is_gone: bool = False
    rest: timedelta | None = None


async def work_webhooks(hub: HubContext, endpoint_id: str) -> None:
    """Deliver all that is due to one endpoint, until it is away."""
    while turn := await hub.database.run(lambda uow: _claim(hub, uow, endpoint_id)):
        endpoint, secrets, messages = turn
        results, answers = await _deliver(hub, endpoint, secrets, messages)
        await hub.database.run(lambda uow: _record(hub, uow, endpoint, results, answers))  # noqa: B023 - runs at once
        if any(each.rest or each.is_gone for each in answers):
            return


async def post_test(hub: HubContext, endpoint: Endpoint) -> str:
    """Post a `webhook.test` now, once; returns what went wrong, or nothing."""
    secrets = await hub.database.run(lambda uow: _secrets(hub, uow, endpoint.id))
    said = Announcement(type=EventType.WEBHOOK_TEST, timestamp=hub.now(), data=Facts())
    message = Claimed(id=f"msg_{hub.books.new_id()}", document=msgspec.json.encode(said), attempts=1, epoch=0)
    return (await _post(hub, endpoint, secrets, message)).error


def _secrets(hub: HubContext, uow: UnitOfWork, endpoint_id: str) -> list[str]:
    key = hub.books.connections.open_named(uow, announcements.KEY)
    return [each.text for each in announcements.secrets(uow, endpoint_id, key, hub.now())]


def _claim(
    hub: HubContext, uow: UnitOfWork, endpoint_id: str
) -> tuple[Endpoint, list[str], list[Claimed]] | None:
    found = announcements.endpoints(uow, endpoint_id)
    if not found or not found[0].is_active or found[0].rest_until > hub.now():
        return None
    lease_now = hub.database.lease_now(uow)
    messages = announcements.claim(uow, endpoint_id, CLAIM, hub.now(), lease_now, hub.settings.lease)
    return (found[0], _secrets(hub, uow, endpoint_id), messages) if messages else None


async def _deliver(
    hub: HubContext, endpoint: Endpoint, secrets: Sequence[str], messages: Sequence[Claimed]
) -> tuple[list[Result], list[Answered]]:
    """Results of all messages, and the answers to those that were sent."""
    waiting = iter(messages)
    answers: list[Answered] = []

    async def one_by_one() -> list[Result]:
        return [await deliver(each) for each in waiting]

    async def deliver(message: Claimed) -> Result:
        if any(each.rest or each.is_gone for each in answers):
            return Result(message=message, state="open", unspent=True)
        answer = await _post(hub, endpoint, secrets, message)
        answers.append(answer)
        return _result(message, answer, hub.now())

    lists = await asyncio.gather(*(one_by_one() for _ in range(AT_ONCE)))
    return [each for some in lists for each in some], answers


async def _post(hub: HubContext, endpoint: Endpoint, secrets: Sequence[str], message: Claimed) -> Answered:
    headers = {
        **signed_headers(secrets, message.id, hub.now(), message.document),
        "content-type": "application/json",
        "accept": "*/*",
    }
    try:
        reply = await hub.visitor.post(endpoint.url, message.document, headers)
    except NotVisited as error:
        return Answered(error=str(error), rest=_rest(endpoint.failures, ""))
    if 200 <= reply.status < 300:
        return Answered()
    rest = _rest(endpoint.failures, reply.retry_after) if reply.status in AWAY else None
    return Answered(error=f"answered {reply.status}", is_gone=reply.status == GONE, rest=rest)


def _rest(failures: int, retry_after: str) -> timedelta:
    """What the endpoint asks for in seconds, else 10 s doubled with each failure."""
    if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 10:
        return min(LONGEST_ASKED, timedelta(seconds=max(1, int(retry_after))))
    return min(LONGEST_REST, timedelta(seconds=10 * 2 ** min(failures, 8)))


def _result(message: Claimed, answer: Answered, now: datetime) -> Result:
    if not answer.error:
        return Result(message=message, state="done")
    if message.attempts > len(RETRIES):
        return Result(message=message, state="parked", error=answer.error)
    pause = RETRIES[message.attempts - 1]
    return Result(message=message, state="open", error=answer.error, not_before=now + pause)


def _record(
    hub: HubContext,
    uow: UnitOfWork,
    endpoint: Endpoint,
    results: Sequence[Result],
    answers: Sequence[Answered],
) -> None:
    now = hub.now()
    announcements.record(uow, results, now)
    rests = [each.rest for each in answers if each.rest]
    if any(not each.error for each in answers):
        announcements.arrived(uow, endpoint.id)
    if any(each.error for each in answers):
        announcements.failed(uow, endpoint.id, now, now + max(rests) if rests else None)
    for reason in _ends(endpoint, answers, now):
        announcements.disable(uow, endpoint.id, reason)
        log.error("webhook endpoint disabled", extra={"endpoint": endpoint.id, "reason": reason})


def _ends(endpoint: Endpoint, answers: Sequence[Answered], now: datetime) -> Iterator[str]:
    """Why the endpoint is told nothing more, if so."""
    if any(each.is_gone for each in answers):
        yield "it answered 410 Gone"
    elif (
        endpoint.failing_since
        and now - endpoint.failing_since >= MOST_FAILING
        and all(each.error for each in answers)
    ):
        yield f"it took nothing for {MOST_FAILING.days} days: {answers[-1].error}"
