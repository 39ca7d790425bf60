"""Telling the store: parcels, their status, stock. Once, in full, and never «done» on a guess."""

from datetime import timedelta
from typing import cast

from connectors.kit.capabilities import (
    PullsListings,
    PushesFulfilments,
    PushesFulfilmentStatus,
    PushesStock,
)
from connectors.kit.conformance.breaks import (
    Task,
    caught,
    happens_once_whatever_breaks,
    said,
    unanswered_is_unknown,
)
from connectors.kit.conformance.checks import Bench, Checks, NotApplicable, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.world import (
    PRODUCTS,
    listings,
    mapping_of,
    open_store,
    place,
    pulled_order,
    shipment_of,
)
from connectors.kit.errors import Rejected, Unsupported
from connectors.kit.twin import KnownOrder, StoreTwin
from mappings.canonical import LineQuantity, Shipment, StockLevel, TrackingStatus

CHECKS = Checks("push")


async def _ready(bench: Bench) -> tuple[Rig, StoreTwin, Shipment]:
    """An order that waits, and the parcel that holds all of it."""
    rig, twin = open_store(bench)
    (order_id,) = place(bench, twin)
    rig.clock.advance(timedelta(minutes=5))
    order = await pulled_order(bench, rig, order_id)
    return rig, twin, shipment_of(order, rig, bench.carrier)


def _part_of(shipment: Shipment, **changes: object) -> Shipment:
    """One unit of the first line."""
    line = LineQuantity(line_id=shipment.lines[0].line_id, quantity=1)
    return _with(shipment, lines=(line,), completes_order=False, **changes)


def _with(shipment: Shipment, **changes: object) -> Shipment:
    values = {name: getattr(shipment, name) for name in Shipment.__struct_fields__}
    return Shipment(**{**values, **changes})


def _pusher(rig: Rig) -> PushesFulfilments:
    return cast(PushesFulfilments, rig.connect())


def _order(twin: StoreTwin, order_id: str) -> KnownOrder:
    return next(order for order in twin.orders() if order.order_id == order_id)


async def _part_or_whole(bench: Bench) -> tuple[Rig, StoreTwin, Shipment]:
    """A part of an order where the platform takes parts (a double would show), else the whole."""
    rig, _, whole = await _ready(bench)
    part = _part_of(whole)
    splits = not isinstance(await caught(_pusher(rig).push_fulfilment, part, "try"), Unsupported)
    rig, twin, whole = await _ready(bench)
    return rig, twin, _part_of(whole) if splits else whole


@CHECKS.add(PushesFulfilments)
async def parcel_is_recorded(bench: Bench) -> None:
    """The platform then knows number and quantities; reading back says so, before and after, asked anew."""
    rig, twin, shipment = await _ready(bench)
    require(not await _pusher(rig).find_fulfilment(shipment), "a parcel was found before it was told")
    await _pusher(rig).push_fulfilment(shipment, "key-1")
    (parcel,) = _order(twin, shipment.order_external_id).parcels
    require(parcel.tracking_number == shipment.tracking_number, "another tracking number was recorded")
    wanted = {line.line_id: line.quantity for line in shipment.lines}
    require(dict(parcel.quantities) == wanted, f"{dict(parcel.quantities)} was recorded instead of {wanted}")
    require(await _pusher(rig).find_fulfilment(shipment), "a recorded parcel is not found")
    other = _with(shipment, tracking_number="SF9999999999999")
    require(not await _pusher(rig).find_fulfilment(other), "a parcel with another number was found")


@CHECKS.add(PushesFulfilments)
async def same_key_twice_is_one_parcel(bench: Bench) -> None:
    """The same task again, in the same process or after a restart, changes nothing more."""
    rig, twin, shipment = await _part_or_whole(bench)
    connector = _pusher(rig)
    await connector.push_fulfilment(shipment, "key-1")
    for again in (connector, _pusher(rig)):
        rig.clock.advance(timedelta(minutes=1))
        error = await caught(again.push_fulfilment, shipment, "key-1")
        harmless = error is None or isinstance(error, Rejected)
        require(harmless, f"the same parcel again: {said(error)}")
    parcels = _order(twin, shipment.order_external_id).parcels
    require(len(parcels) == 1, f"the same parcel was recorded {len(parcels)} times")


@CHECKS.add(PushesFulfilments)
async def part_then_rest(bench: Bench) -> None:
    """Two parcels of one order keep their quantities; or `Unsupported`, before anything is done."""
    rig, twin, whole = await _ready(bench)
    part = _part_of(whole)
    error = await caught(_pusher(rig).push_fulfilment, part, "key-1")
    if isinstance(error, Unsupported):
        require(not _order(twin, whole.order_external_id).parcels, "`Unsupported`, but a parcel was recorded")
        return
    require(error is None, f"a part was refused: {said(error)}")
    rest = tuple(
        LineQuantity(line_id=line.line_id, quantity=left)
        for position, line in enumerate(whole.lines)
        if (left := line.quantity - (1 if position == 0 else 0))
    )
    last = _with(whole, shipment_id="S-2", tracking_number="SF1234567890124", lines=rest)
    await _pusher(rig).push_fulfilment(last, "key-2")
    told = [dict(parcel.quantities) for parcel in _order(twin, whole.order_external_id).parcels]
    wanted = [{line.line_id: line.quantity for line in it.lines} for it in (part, last)]
    require(sorted(map(str, told)) == sorted(map(str, wanted)), f"{told} was recorded instead of {wanted}")


async def _corrected(bench: Bench) -> tuple[Rig, StoreTwin, Shipment]:
    """A parcel that the store knows under a wrong number, as it is to be known."""
    rig, twin, shipment = await _ready(bench)
    await _pusher(rig).push_fulfilment(shipment, "key-1")
    rig.clock.advance(timedelta(minutes=5))
    former = shipment.tracking_number
    return rig, twin, _with(shipment, tracking_number="SF1234567890129", former_numbers=("SF0", former))


@CHECKS.add(PushesFulfilments)
async def corrected_number_replaces_the_former(bench: Bench) -> None:
    """The same parcel under its new number and no second one, repeated too; or `Unsupported`, nothing done.
    A parcel of which the store never heard is recorded, whatever its former numbers."""
    rig, twin, corrected = await _corrected(bench)
    error = await caught(_pusher(rig).push_fulfilment, corrected, "key-2")
    numbers = [it.tracking_number for it in _order(twin, corrected.order_external_id).parcels]
    if isinstance(error, Unsupported):
        require(numbers == [corrected.former_numbers[-1]], f"`Unsupported`, and yet {numbers} is recorded")
        return
    require(error is None, f"a corrected number was refused: {said(error)}")
    again = await caught(_pusher(rig).push_fulfilment, corrected, "key-2")
    require(again is None or isinstance(again, Rejected), f"the same correction again: {said(again)}")
    (parcel, *more) = _order(twin, corrected.order_external_id).parcels
    require(not more, f"the corrected parcel is known {1 + len(more)} times")
    require(parcel.tracking_number == corrected.tracking_number, "the store still knows the former number")
    require(await _pusher(rig).find_fulfilment(corrected), "a corrected parcel is not found")
    rig, twin, new = await _ready(bench)
    await _pusher(rig).push_fulfilment(_with(new, former_numbers=("SF0",)), "key-1")
    require(len(_order(twin, new.order_external_id).parcels) == 1, "a new parcel was not recorded")


@CHECKS.add(PushesFulfilments)
async def number_is_corrected_once_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and settled as the hub does: corrected, and exactly once."""

    async def prepare(_: Bench) -> Task:
        rig, _twin, corrected = await _corrected(bench)
        return Task(
            rig=rig,
            act=lambda: _pusher(rig).push_fulfilment(corrected, "key-2"),
            was_done=lambda: _pusher(rig).find_fulfilment(corrected),
        )

    if isinstance(await caught((await prepare(bench)).act), Unsupported):
        raise NotApplicable("the platform cannot correct a number")
    await happens_once_whatever_breaks(bench, prepare)


async def _fulfilment(bench: Bench) -> Task:
    rig, _, shipment = await _part_or_whole(bench)
    return Task(
        rig=rig,
        act=lambda: _pusher(rig).push_fulfilment(shipment, "key-1"),
        was_done=lambda: _pusher(rig).find_fulfilment(shipment),
    )


@CHECKS.add(PushesFulfilments)
async def parcel_is_told_once_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and settled as the hub does: recorded exactly once."""
    await happens_once_whatever_breaks(bench, _fulfilment)


@CHECKS.add(PushesFulfilments)
async def unanswered_parcel_is_unknown(bench: Bench) -> None:
    """The write itself without a readable answer is `OutcomeUnknown`."""
    await unanswered_is_unknown(bench, _fulfilment)


@CHECKS.add(PushesFulfilments)
async def unknown_order_is_rejected(bench: Bench) -> None:
    """The platform's «no» is `Rejected` (or `Unsupported`), not success and not a pause."""
    rig, twin, shipment = await _ready(bench)
    order_id = shipment.order_external_id
    lost = _with(shipment, order_external_id=order_id[:-1] + ("1" if order_id[-1] != "1" else "2") + "7")
    error = await caught(_pusher(rig).push_fulfilment, lost, "key-1")
    named = isinstance(error, Rejected | Unsupported)
    require(named, f"an unknown order must be `Rejected`, not {said(error)}")
    require(not _order(twin, order_id).parcels, "the parcel went to another order")


@CHECKS.add(PushesFulfilments)
async def unknown_carrier_is_expressed_or_unsupported(bench: Bench) -> None:
    """A carrier that the platform has no word for: told under its name, or `Unsupported`; never guessed."""
    rig, twin, shipment = await _ready(bench)
    rare = _with(shipment, carrier="no-such-carrier", carrier_name="Harbour Pigeons")
    error = await caught(_pusher(rig).push_fulfilment, rare, "key-1")
    parcels = _order(twin, shipment.order_external_id).parcels
    if error is None:
        require(len(parcels) == 1, "no error, and yet no parcel")
        return
    named = isinstance(error, Rejected | Unsupported)
    require(named, f"an unknown carrier must be `Unsupported`, not {said(error)}")
    require(not parcels, f"{type(error).__name__}, but a parcel was recorded")


@CHECKS.add(PushesFulfilmentStatus)
async def every_status_can_be_told(bench: Bench) -> None:
    """All thirteen, repeated too; delivered is understood as delivered."""
    rig, twin, shipment = await _ready(bench)
    await _pusher(rig).push_fulfilment(shipment, "key-1")
    order = [it for it in TrackingStatus if it is not TrackingStatus.DELIVERED] + [
        TrackingStatus.DELIVERED
    ] * 2
    for number, status in enumerate(order):
        rig.clock.advance(timedelta(hours=1))
        told = _with(shipment, status=status, status_at=rig.clock())
        pusher = cast(PushesFulfilmentStatus, rig.connect())
        error = await caught(pusher.push_status, told, "key")
        fine = error is None or isinstance(error, Unsupported)
        require(fine, f"{status.value} (step {number}): {said(error)}")
    known = _order(twin, shipment.order_external_id)
    require(known.delivered or bool(known.parcels[0].status), "the platform does not know of the delivery")


async def _levels(bench: Bench, rig: Rig, available: int) -> list[StockLevel]:
    if not bench.declares(PullsListings):
        raise NotApplicable("the store's listings cannot be read, so none can be named")
    read = [mapping_of(bench).read_listing(it.document) for it in await listings(rig)]
    return [
        StockLevel(
            listing_id=listing.listing_id,
            inventory_id=listing.inventory_id,
            sku=listing.sku,
            available=available + position,
            as_of=rig.clock(),
        )
        for position, listing in enumerate(read)
    ]


def _stocker(rig: Rig) -> PushesStock:
    return cast(PushesStock, rig.connect())


@CHECKS.add(PushesStock)
async def stock_is_set(bench: Bench) -> None:
    """Levels are absolute: set, repeated, raised, and down to zero."""
    rig, twin = open_store(bench)
    for available in (7, 7, 900, 0):
        levels = await _levels(bench, rig, available)
        refused = await _stocker(rig).push_stock(levels, f"key-{available}")
        require(not refused, f"the platform refused stock: {[it.reason for it in refused][:1]}")
        shown = {
            sku: units for sku, units in twin.stock_shown().items() if sku in {it.sku for it in PRODUCTS}
        }
        wanted = {level.sku: level.available for level in levels if level.sku in shown}
        require(shown == wanted, f"the store sells {shown} instead of {wanted}")
        rig.clock.advance(timedelta(minutes=5))


@CHECKS.add(PushesStock)
async def refused_listing_is_named(bench: Bench) -> None:
    """A listing that the platform does not know is named, and the others are set."""
    rig, twin = open_store(bench)
    levels = await _levels(bench, rig, 5)
    lost_id, lost_inventory = (
        f"{it}7" if it else "" for it in (levels[0].listing_id, levels[0].inventory_id)
    )
    lost = StockLevel(
        listing_id=lost_id, inventory_id=lost_inventory, sku="no-such-sku", available=1, as_of=rig.clock()
    )
    refused = await _stocker(rig).push_stock([lost, *levels], "key-1")
    require([it.listing_id for it in refused] == [lost_id], "exactly the unknown listing must be refused")
    wanted = {level.sku: level.available for level in levels}
    shown = {sku: units for sku, units in twin.stock_shown().items() if sku in wanted}
    require(shown == wanted, f"beside a refused listing, {shown} was set instead of {wanted}")


@CHECKS.add(PushesStock)
async def stock_is_set_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and repeated: it is set."""

    async def prepare(_: Bench) -> Task:
        rig, _twin = open_store(bench)
        levels = await _levels(bench, rig, 5)
        return Task(
            rig=rig, act=lambda: _stocker(rig).push_stock(levels, "key-1"), repeatable=True, absolute=True
        )

    await happens_once_whatever_breaks(bench, prepare)
