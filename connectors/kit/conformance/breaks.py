"""Writes that are interrupted at each of their requests, and the hub's own way of settling them.

The promise is not one error class but the end: after the hub did what the error says (again later, read back
after a wait, park), the thing has happened exactly once.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from connectors.kit.conformance.checks import Bench, Finding, require
from connectors.kit.conformance.rig import Answer, Rig
from connectors.kit.errors import ConnectorError, OutcomeUnknown, Rejected, Transient
from connectors.kit.twin import Fault

Act = Callable[[], Awaitable[object]]
WasDone = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A write that is due. `was_done` is its read-back. `repeatable`: an unknown outcome is simply repeated;
    `absolute`: so that the ledger may show the same effect again (stock levels, statuses)."""

    rig: Rig
    act: Act
    was_done: WasDone | None = None
    repeatable: bool = False
    absolute: bool = False


Prepare = Callable[[Bench], Awaitable[Task]]
PAGE_IN_HTML = b"<!doctype html><html><body>Bad gateway</body></html>"


def _gateway(status: int) -> httpx.Response:
    return httpx.Response(status, content=PAGE_IN_HTML, headers={"content-type": "text/html"})


BEFORE: Mapping[str, Callable[[], Answer]] = {
    "no connection": lambda: httpx.ConnectError("no route"),
    "no answer, nothing done": lambda: httpx.ReadTimeout("silence"),
    "503, nothing done": lambda: _gateway(503),
}
AFTER: Mapping[str, Callable[[], Answer]] = {
    "done, but no answer": lambda: httpx.ReadTimeout("silence"),
    "done, but cut off": lambda: httpx.RemoteProtocolError("peer closed"),
    "done, but 502": lambda: _gateway(502),
    "done, but a page in HTML": lambda: _gateway(200),
}
MEANINGLESS: Mapping[str, Callable[[], Answer]] = {
    "done, but an empty object": lambda: httpx.Response(200, json={}),
}
"""Readable, and no confirmation: on the write itself only, since other requests may bring such an answer."""
REFUSED = "over the rate limit"
BREAKS = (*BEFORE, *AFTER, REFUSED)


def break_at(rig: Rig, number: int, how: str) -> None:
    """Interrupt request `number` (from 0) of this rig, once."""
    rig.wire.clear()
    if how in BEFORE:
        rig.wire.instead = lambda sent: BEFORE[how]() if sent == number else None
    elif after := {**AFTER, **MEANINGLESS}.get(how):
        rig.wire.spoil = lambda sent, answer: after() if sent == number else answer
    else:
        rig.wire.before = lambda sent: (
            rig.twin.faults.forced.append(Fault.THROTTLE) if sent == number else None
        )


async def settle(task: Task) -> Exception | None:
    """What the hub's outbox does until a task is done (null) or parked (the error)."""
    for _ in range(5):
        try:
            await task.act()
            return None
        except OutcomeUnknown as error:
            if task.was_done is None and not task.repeatable:
                return error
            task.rig.clock.advance(task.rig.plugin.read_back_after)
            if task.was_done and await _ask(task.was_done):
                return None
        except Transient:
            task.rig.clock.advance(timedelta(minutes=5))
        except Rejected as error:
            return None if error.already_done else error
        except ConnectorError as error:
            return error
    return Finding("still not done after five attempts")


async def _ask(was_done: WasDone) -> bool:
    for _ in range(3):
        try:
            return await was_done()
        except Transient:
            continue
    raise Finding("the read-back never answered")


async def happens_once_whatever_breaks(bench: Bench, prepare: Prepare) -> None:
    """Interrupts a write at each of its requests in every way; it must end done, and done once."""
    expected, requests = await _undisturbed(bench, prepare)
    for number in range(requests):
        for how in BREAKS:
            task = await prepare(bench)
            before = len(task.rig.twin.effects)
            break_at(task.rig, number, how)
            parked = await settle(task)
            happened = Counter(effect.kind for effect in task.rig.twin.effects[before:])
            _judge(task, f"«{how}» at request {number}", parked, happened, expected)


def _judge(
    task: Task, where: str, parked: Exception | None, happened: Counter[str], expected: Counter[str]
) -> None:
    require(task.absolute or happened <= expected, f"{where}: it happened more than once: {dict(happened)}")
    may_park = "HTML" in where or (task.was_done is None and not task.repeatable)
    if parked is None:
        require(happened >= expected, f"{where}: called done, but it never happened")
    else:
        require(may_park, f"{where}: it ended parked: {type(parked).__name__}: {parked}")


async def _undisturbed(bench: Bench, prepare: Prepare) -> tuple[Counter[str], int]:
    task = await prepare(bench)
    before = len(task.rig.twin.effects)
    task.rig.wire.clear()
    await task.act()
    expected = Counter(effect.kind for effect in task.rig.twin.effects[before:])
    require(bool(expected), "the twin's ledger shows no effect of this write")
    return expected, len(task.rig.wire.sent)


async def unanswered_is_unknown(bench: Bench, prepare: Prepare) -> None:
    """The request that does it, unanswered: `OutcomeUnknown` (or `Transient` where a repeat is harmless)."""
    number = await _request_that_does_it(bench, prepare)
    for how in (*AFTER, *MEANINGLESS):
        task = await prepare(bench)
        break_at(task.rig, number, how)
        error = await caught(task.act)
        harmless = task.repeatable and (error is None or isinstance(error, Transient))
        named = isinstance(error, OutcomeUnknown) or harmless
        require(named, f"«{how}» on the write itself must be OutcomeUnknown, not {type(error).__name__}")


async def _request_that_does_it(bench: Bench, prepare: Prepare) -> int:
    task = await prepare(bench)
    effects = task.rig.twin.effects
    before, counts = len(effects), list[int]()
    task.rig.wire.clear()

    def count(number: int, answer: httpx.Response) -> Answer:
        counts.append(len(effects))
        return answer

    task.rig.wire.spoil = count
    await task.act()
    return next((number for number, so_far in enumerate(counts) if so_far > before), 0)


def said(error: Exception | None) -> str:
    """An outcome in words, for findings."""
    return "success" if error is None else f"{type(error).__name__}: {error}"


async def caught(act: Callable[..., Awaitable[object]], *given: object) -> Exception | None:
    """The error of one attempt, or null."""
    try:
        await act(*given)
    except Exception as error:  # whatever it is, the caller names it
        return error
    return None
