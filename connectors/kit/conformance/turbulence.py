"""Orders still come in while the platform misbehaves between two requests."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import httpx

from connectors.kit.capabilities import FetchesOrders, PullsOrders, RevisitsOpenOrders
from connectors.kit.conformance.checks import Bench, Checks, NotApplicable, require
from connectors.kit.conformance.pull import all_arrived
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.world import Harvest, mapping_of, open_store, place, pull, touch
from connectors.kit.errors import AuthenticationFailed, ConnectorError, Transient, UnexpectedPayload
from connectors.kit.twin import Fault, StoreTwin, Twin

CHECKS = Checks("turbulence")

MOST_EDITS = 20


@CHECKS.add(PullsOrders)
async def drift_while_paging_loses_nothing(bench: Bench) -> None:
    """Orders change while their list is read, so that others move to other pages."""
    rig, twin = open_store(bench)
    ids: list[str] = []
    for _ in range(bench.crowd):
        ids += place(bench, twin)
        rig.clock.advance(timedelta(seconds=10))
    rig.clock.advance(timedelta(hours=3))
    rig.wire.before = _drifting(bench, rig, twin, ids)
    first = await pull(rig)
    rig.wire.clear()
    rig.clock.advance(timedelta(minutes=30))
    second = await pull(rig, first.bookmark)
    all_arrived(first.ids | second.ids, twin, "when the list moves while it is read")
    if not bench.declares(RevisitsOpenOrders):
        await _are_current(bench, rig, first, second)


def _drifting(bench: Bench, rig: Rig, twin: StoreTwin, ids: list[str]) -> Callable[[int], None]:
    """Before each request the newest and the oldest order change: lists drift, however they are sorted."""
    waiting = list(ids)

    def drift(number: int) -> None:
        rig.clock.advance(timedelta(seconds=3))
        if number < MOST_EDITS and len(waiting) > 2:
            touch(bench, twin, waiting.pop())
            touch(bench, twin, waiting.pop(0))

    return drift


async def _are_current(bench: Bench, rig: Rig, first: Harvest, second: Harvest) -> None:
    connector = rig.connect()
    if not isinstance(connector, FetchesOrders):
        return
    latest = {**first.latest, **second.latest}
    present = {it.external_id: it.document for it in await connector.fetch_orders(list(latest))}
    read = mapping_of(bench).read_order
    for order_id, delivery in latest.items():
        same = read(delivery.document) == read(present[order_id])
        require(same, f"the last change of order {order_id} was never seen")


@CHECKS.add(PullsOrders)
async def token_may_end_meanwhile(bench: Bench) -> None:
    """An access token that ends between two requests is renewed, or the administrator is asked."""
    rig, twin = open_store(bench)
    if type(twin).expire_tokens is Twin.expire_tokens:
        raise NotApplicable("this platform's keys do not end")
    place(bench, twin, 5)
    rig.clock.advance(timedelta(minutes=10))
    rig.wire.before = lambda number: twin.expire_tokens() if number in (1, 4) else None
    try:
        found = await pull(rig)
    except AuthenticationFailed:
        rig.wire.clear()
        await _stays_refused(rig)
        return
    all_arrived(found.ids, twin, "when the token ends meanwhile")


async def _stays_refused(rig: Rig) -> None:
    try:
        await pull(rig)
    except AuthenticationFailed:
        return
    require(False, "the token could have been renewed, yet the pull gave up")


@CHECKS.add(PullsOrders)
async def hiccup_is_survived(bench: Bench) -> None:
    """One failed request of any transient kind is repeated in place, wherever it strikes."""
    for fault in (Fault.SERVER_ERROR, Fault.THROTTLE, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER):
        for struck in range(3):
            rig, twin = open_store(bench)
            place(bench, twin, 2)
            rig.clock.advance(timedelta(minutes=10))
            rig.wire.before = _striking(twin, fault, struck)
            all_arrived((await pull(rig)).ids, twin, f"after {fault} at request {struck}")


def _striking(twin: Twin, fault: str, struck: int) -> Callable[[int], None]:
    def strike(number: int) -> None:
        if number == struck:
            twin.faults.forced.append(fault)

    return strike


@CHECKS.add(PullsOrders)
async def outage_loses_nothing(bench: Bench) -> None:
    """A pull that breaks off in the middle says `Transient`, and resuming loses nothing."""
    rig, twin = open_store(bench)
    place(bench, twin, bench.crowd)
    rig.clock.advance(timedelta(hours=1))
    await pull(rig)
    requests = len(rig.wire.sent)
    for broken in sorted({0, 1, requests // 2, max(0, requests - 2)}):
        rig.wire.clear()
        rig.wire.instead = _from(broken, lambda: httpx.Response(503))
        bookmark, ids = await _until(rig, Transient)
        rig.wire.clear()
        found = await pull(rig, bookmark)
        all_arrived(ids | found.ids, twin, f"after an outage from request {broken}")


@CHECKS.add(PullsOrders)
async def cut_answer_is_refused_whole(bench: Bench) -> None:
    """An answer that ends in the middle gives no orders and moves no bookmark."""
    rig, twin = open_store(bench)
    place(bench, twin, 3)
    rig.clock.advance(timedelta(minutes=10))
    await pull(rig)
    for cut in range(len(rig.wire.sent)):
        rig.wire.clear()
        rig.wire.spoil = _cutting(cut)
        bookmark, ids = await _until(rig, UnexpectedPayload)
        rig.wire.clear()
        all_arrived(ids | (await pull(rig, bookmark)).ids, twin, f"after answer {cut} was cut")


def _from(broken: int, answer: Callable[[], httpx.Response]) -> Callable[[int], httpx.Response | None]:
    return lambda number: answer() if number >= broken else None


def _cutting(cut: int) -> Callable[[int, httpx.Response], httpx.Response]:
    return lambda number, answer: _halved(answer) if number >= cut else answer


def _halved(answer: httpx.Response) -> httpx.Response:
    half = answer.content[: len(answer.content) // 2]
    return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, content=half)


async def _until(rig: Rig, expected: type[ConnectorError]) -> tuple[str, set[str]]:
    """Bookmark and orders of a pull that must break off with `expected` (or have seen nothing of it)."""
    bookmark, ids = "", set[str]()
    connector = cast(PullsOrders, rig.connect())
    try:
        async for page in connector.pull_orders(""):
            ids |= {delivery.external_id for delivery in page.deliveries}
            ids |= {notice.external_id for notice in page.notices}
            bookmark = page.bookmark or bookmark
    except ConnectorError as error:
        named = isinstance(error, expected)
        require(named, f"this must be {expected.__name__}, not {type(error).__name__}: {error}")
    return bookmark, ids
