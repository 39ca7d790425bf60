"""Queues of a platform: what happened is noticed, unconfirmed messages come again, confirmed ones do not."""

from datetime import timedelta
from typing import cast

from connectors.kit.capabilities import FetchesOrders, PollsNotices
from connectors.kit.conformance.breaks import BREAKS, break_at, caught, said
from connectors.kit.conformance.checks import Bench, Checks, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.world import known_ids, open_store, place, touch
from connectors.kit.errors import Transient
from connectors.kit.messages import Batch, Topic
from connectors.kit.twin import StoreTwin

CHECKS = Checks("poll")

AGAIN = timedelta(hours=1)
"""After so long every platform hands out again what was not confirmed."""
MOST_BATCHES = 200


def _poller(rig: Rig) -> PollsNotices:
    return cast(PollsNotices, rig.connect())


async def _at_work(bench: Bench, orders: int = 2) -> tuple[Rig, StoreTwin]:
    """A queue that was switched on before orders were placed and changed."""
    rig, twin = open_store(bench)
    await _emptied(_poller(rig))
    for order_id in place(bench, twin, orders):
        rig.clock.advance(timedelta(seconds=1))
        touch(bench, twin, order_id)
    return rig, twin


async def _emptied(poller: PollsNotices) -> set[str]:
    """What the hub does in one run: store, then confirm, until nothing waits; the orders that it heard of."""
    heard: set[str] = set()
    for _ in range(MOST_BATCHES):
        batch = await poller.poll_notices()
        if not batch.receipts:
            return heard
        heard |= _orders_in(batch)
        await poller.confirm_notices(batch.receipts)
    require(False, f"the queue is not empty after {MOST_BATCHES} batches")
    return heard


def _orders_in(batch: Batch) -> set[str]:
    noticed = {each.external_id for each in batch.notices if each.topic is Topic.ORDER}
    return noticed | {each.external_id for each in batch.deliveries if each.topic is Topic.ORDER}


@CHECKS.add(PollsNotices)
async def every_change_is_noticed(bench: Bench) -> None:
    """Whatever happens after the first poll is heard of, under ids that can be fetched; also in a crowd."""
    rig, twin = await _at_work(bench, bench.crowd)
    heard = await _emptied(_poller(rig))
    require(heard == known_ids(twin), f"{len(known_ids(twin) ^ heard)} orders are missing or unknown")
    if isinstance(rig.connector, FetchesOrders):
        some = sorted(heard)[:3]
        found = {it.external_id for it in await rig.connector.fetch_orders(some)}
        require(found == set(some), "a notice names an order that cannot be fetched under this id")


@CHECKS.add(PollsNotices)
async def unconfirmed_comes_again(bench: Bench) -> None:
    """A hub that dies before it stored a batch hears of it again, however often it dies."""
    rig, twin = await _at_work(bench)
    for _ in range(2):
        require(
            _orders_in(await _poller(rig).poll_notices()) == known_ids(twin), "the batch did not come again"
        )
        rig.clock.advance(AGAIN)
    require(await _emptied(_poller(rig)) == known_ids(twin), "an unconfirmed message was lost")


@CHECKS.add(PollsNotices)
async def confirmed_is_over(bench: Bench) -> None:
    """Confirmed messages do not come again; confirming once more, or nothing at all, is harmless."""
    rig, _ = await _at_work(bench)
    batch = await _poller(rig).poll_notices()
    for receipts in (batch.receipts, batch.receipts, ()):
        error = await caught(_poller(rig).confirm_notices, receipts)
        require(error is None, f"confirming (again): {said(error)}")
    rig.clock.advance(AGAIN)
    require(not (await _poller(rig).poll_notices()).receipts, "a confirmed message came again")


@CHECKS.add(PollsNotices)
async def nothing_is_lost_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and tried again: everything is heard of, the queue ends."""
    rig, _ = await _at_work(bench)
    rig.wire.clear()
    await _emptied(_poller(rig))
    for number in range(len(rig.wire.sent)):
        for how in BREAKS:
            rig, twin = await _at_work(bench)
            break_at(rig, number, how)
            heard = await _emptied_at_last(rig, f"«{how}» at request {number}")
            require(heard == known_ids(twin), f"«{how}» at request {number}: an order was not heard of")


async def _emptied_at_last(rig: Rig, where: str) -> set[str]:
    """A run that may fail, batch by batch, and the runs after it."""
    heard: set[str] = set()
    for _ in range(3):
        poller = _poller(rig)
        try:
            while (batch := await poller.poll_notices()).receipts:
                heard |= _orders_in(batch)
                await poller.confirm_notices(batch.receipts)
        except Exception as error:
            in_html = "HTML" in where
            passing = isinstance(error, Transient)
            require(passing or in_html, f"{where}: tried again later, so `Transient`, not {said(error)}")
        rig.clock.advance(AGAIN)
    require(not (await _poller(rig).poll_notices()).receipts, f"{where}: the queue does not end")
    return heard
