"""Orders come in: none lost, none late, whatever happens between two pages."""

from datetime import timedelta

from connectors.kit.capabilities import PullsOrders, RevisitsOpenOrders
from connectors.kit.conformance.checks import Bench, Checks, NotApplicable, require
from connectors.kit.conformance.world import known_ids, open_store, place, pull, touch
from connectors.kit.messages import Topic
from connectors.kit.twin import StoreTwin

CHECKS = Checks("pull")

MOST_CUTS = 6


def all_arrived(ids: set[str], twin: StoreTwin, when: str) -> None:
    """States that no order of the platform is missing in `ids`."""
    lost = known_ids(twin) - ids
    require(not lost, f"{len(lost)} of {len(known_ids(twin))} orders are lost {when}: {sorted(lost)[:3]}")


@CHECKS.add(PullsOrders)
async def everything_arrives(bench: Bench) -> None:
    """A first pull brings every order, under the platform's ids, and ends."""
    rig, twin = open_store(bench)
    place(bench, twin, 3)
    rig.clock.advance(bench.listed_after)
    found = await pull(rig)
    all_arrived(found.ids, twin, "in a first pull")
    topics = {delivery.topic for delivery in found.deliveries}
    require(topics == {Topic.ORDER}, "pulled orders must have the topic `order`")
    require(found.ids <= known_ids(twin), "the pull brings orders that the platform does not know")


@CHECKS.add(PullsOrders)
async def nothing_brings_nothing(bench: Bench) -> None:
    """An empty store is no error, and its bookmark works."""
    rig, twin = open_store(bench)
    first = await pull(rig)
    require(not first.deliveries, "an empty store brought orders")
    rig.clock.advance(timedelta(minutes=10))
    place(bench, twin)
    rig.clock.advance(bench.listed_after)
    all_arrived((await pull(rig, first.bookmark)).ids, twin, "after an empty pull")


@CHECKS.add(PullsOrders)
async def crowd_at_one_instant(bench: Bench) -> None:
    """More orders than a page holds, all with one time stamp: all arrive."""
    rig, twin = open_store(bench)
    place(bench, twin, bench.crowd)
    rig.clock.advance(timedelta(minutes=5))
    all_arrived((await pull(rig)).ids, twin, "when many have one time stamp")


@CHECKS.add(PullsOrders)
async def late_order_is_seen(bench: Bench) -> None:
    """An order that shows up late, older than the bookmark, is inside the overlap."""
    rig, twin = open_store(bench)
    place(bench, twin)
    bookmark = (await pull(rig)).bookmark
    rig.clock.advance(timedelta(minutes=10))
    place(bench, twin)
    bookmark = (await pull(rig, bookmark)).bookmark
    rig.skew = -bench.late_by
    late = set(place(bench, twin))
    rig.skew = timedelta(0)
    rig.clock.advance(timedelta(minutes=10))
    found = await pull(rig, bookmark)
    require(late <= found.ids, f"an order that appeared {bench.late_by} late was never seen")


@CHECKS.add(PullsOrders)
async def platform_clock_may_jump(bench: Bench) -> None:
    """The platform's clock a little behind or ahead of ours costs no order."""
    rig, twin = open_store(bench)
    bookmark, ids = "", set[str]()
    for seconds in (0, -20, 20, -20, 0):
        rig.skew = timedelta(seconds=seconds)
        for _ in range(2):
            place(bench, twin)
            found = await pull(rig, bookmark)
            bookmark, ids = found.bookmark, ids | found.ids
            rig.clock.advance(timedelta(seconds=1))
        place(bench, twin)
        rig.clock.advance(timedelta(minutes=10))
    found = await pull(rig, bookmark)
    all_arrived(ids | found.ids, twin, "when the platform's clock jumps by 20 s")


@CHECKS.add(PullsOrders)
async def bookmark_never_goes_back(bench: Bench) -> None:
    """Not with time, and not when our own clock is set back."""
    rig, twin = open_store(bench)
    old = set(place(bench, twin))
    rig.clock.advance(timedelta(hours=3))
    place(bench, twin)
    rig.clock.advance(timedelta(hours=3))
    bookmark = (await pull(rig)).bookmark
    rig.clock.advance(-timedelta(hours=8))
    earlier = (await pull(rig, bookmark)).bookmark
    rig.clock.advance(timedelta(hours=9))
    again = (await pull(rig, earlier)).ids
    require(not old & again, "the bookmark went back: an order of hours ago was pulled again")


@CHECKS.add(PullsOrders)
async def crash_between_pages_loses_nothing(bench: Bench) -> None:
    """Die after any stored page, resume from the bookmark stored last: everything is there."""
    rig, twin = open_store(bench)
    for _ in range(3):
        place(bench, twin, bench.crowd // 3 + 1)
        rig.clock.advance(timedelta(minutes=40))
    pages = len((await pull(rig)).pages)
    for cut in sorted({round(pages * part / MOST_CUTS) for part in range(1, MOST_CUTS)}):
        first = await pull(rig, cut_after=max(1, cut))
        second = await pull(rig, first.bookmark)
        all_arrived(first.ids | second.ids, twin, f"after a crash behind page {max(1, cut)} of {pages}")


@CHECKS.add(PullsOrders)
async def edit_is_seen(bench: Bench) -> None:
    """An order changed after it was pulled comes again, changed."""
    if bench.declares(RevisitsOpenOrders):
        raise NotApplicable("the platform does not move time stamps; the hub revisits open orders by id")
    rig, twin = open_store(bench)
    (order_id,) = place(bench, twin)
    rig.clock.advance(timedelta(minutes=10))
    first = await pull(rig)
    rig.clock.advance(timedelta(minutes=10))
    require(touch(bench, twin, order_id), "the twin lets nothing be changed")
    rig.clock.advance(timedelta(minutes=10))
    second = await pull(rig, first.bookmark)
    require(order_id in second.ids, "a changed order was not pulled again")
    before, after = first.latest[order_id], second.latest[order_id]
    require(before.document != after.document, "the order came again with its old content")
    if before.version and after.version:
        require(before.version < after.version, "a newer document has no newer version")


@CHECKS.add(PullsOrders)
async def long_silence_is_caught_up(bench: Bench) -> None:
    """Weeks without a pull: the windows stay as short as the platform allows, nothing is skipped."""
    rig, twin = open_store(bench)
    bookmark = (await pull(rig)).bookmark
    for _ in range(4):
        rig.clock.advance(timedelta(days=9))
        place(bench, twin)
    rig.clock.advance(timedelta(minutes=10))
    all_arrived((await pull(rig, bookmark)).ids, twin, "after five weeks of silence")
