"""What carriers and stores are told, made from an order just before sending."""

from collections.abc import Mapping, Sequence

from hub.domain.order import Consignment, Order, Parcel
from hub.domain.snapshot import Location
from mappings.canonical import (
    BookingCancellation,
    CargoItem,
    LineQuantity,
    Money,
    Shipment,
    ShipmentRequest,
)

Carried = tuple[Order, Consignment]
"""A consignment with its order."""


def shipment_request(
    order: Order,
    consignment: Consignment,
    location: Location,
    grams: Mapping[str, int],
    passengers: Sequence[Carried] = (),
) -> ShipmentRequest:
    """What the carrier is asked to carry; made anew just before sending, so that it holds the present
    address. `grams`: what one unit of a SKU weighs; a parcel with an unknown one has no known weight.
    `passengers` are consignments of other orders that share the parcel."""
    sales = order.sales
    assert sales.ship_to is not None, "the audit lets no order without address through"
    carried: list[Carried] = [(order, consignment), *passengers]
    collect = Money(amount=consignment.collect, currency=sales.currency) if consignment.collect else None
    return ShipmentRequest(
        reference=consignment.consignment_id,
        order_number=sales.order_number,
        platform=sales.ship_to.token_platform,
        platform_order_id=sales.external_id,
        sender=location.address,
        recipient=sales.ship_to,
        cargo=tuple(item for each in carried for item in _cargo(*each)),
        weight_grams=weight([consignment for _, consignment in carried], grams),
        service=consignment.service,
        note="\n".join(dict.fromkeys(other.sales.note for other, _ in carried if other.sales.note)),
        currency=sales.currency,
        collect_on_delivery=collect,
    )


def _cargo(order: Order, consignment: Consignment) -> list[CargoItem]:
    lines = {line.line_id: line for line in order.sales.lines}
    return [
        CargoItem(
            sku=part.sku,
            title=lines[part.line_id].title,
            quantity=part.quantity,
            unit_value=lines[part.line_id].unit_price,
        )
        for part in consignment.lines
    ]


def weight(carried: Sequence[Consignment], grams: Mapping[str, int]) -> int | None:
    """In grams, of all that travels together; null where the weight of one of its SKUs is not known."""
    parts = [part for consignment in carried for part in consignment.lines]
    if any(part.sku not in grams for part in parts):
        return None
    return sum(grams[part.sku] * part.quantity for part in parts)


def cancellation(consignment: Consignment) -> BookingCancellation:
    return BookingCancellation(
        reference=consignment.consignment_id,
        carrier=consignment.carrier,
        tracking_number=consignment.tracking_number,
        carrier_order_id=consignment.carrier_order_id,
        reason="the order was cancelled or changed",
    )


def store_shipment(order: Order, consignment: Consignment, carrier_name: str = "") -> Shipment:
    """One parcel as its store knows it. `carrier_name` is for people, where a platform takes free text."""
    left_at = consignment.handed_over_at or consignment.booked_at
    assert left_at is not None, "only booked parcels are told"
    return Shipment(
        shipment_id=consignment.consignment_id,
        order_external_id=order.sales.external_id,
        carrier=consignment.carrier,
        carrier_name=carrier_name,
        tracking_number=consignment.tracking_number,
        former_numbers=(*_numbers_told_in_vain(order, consignment), *consignment.former_numbers),
        shipped_at=left_at,
        status=consignment.status,
        status_at=consignment.status_at,
        lines=tuple(_line_quantities(consignment)),
        completes_order=_is_last(order, consignment),
    )


def _numbers_told_in_vain(order: Order, consignment: Consignment) -> tuple[str, ...]:
    """Numbers under which the store knows units of this parcel, of parcels that were taken back."""
    lines = {each.line_id for each in consignment.lines}
    return tuple(
        number
        for each in order.consignments
        if each.is_told_in_vain and lines.intersection(part.line_id for part in each.lines)
        for number in (*each.former_numbers, each.tracking_number)
    )


def _is_last(order: Order, consignment: Consignment) -> bool:
    """Nothing remains to be shipped, and every other parcel was told or has nothing to tell."""
    others = (
        each
        for each in order.consignments
        if each.consignment_id != consignment.consignment_id and each.stage is not Parcel.CANCELLED
    )
    return not order.units_open() and all(each.told or not units_to_tell(order, each) for each in others)


def units_to_tell(order: Order, consignment: Consignment) -> tuple[LineQuantity, ...]:
    """Units in a parcel that the store still counts as ordered; it refuses those that were cancelled or
    refunded after they were booked."""
    wanted = {line.line_id: line.quantity_wanted for line in order.sales.lines}
    clipped = (
        LineQuantity(line_id=each.line_id, quantity=min(each.quantity, wanted.get(each.line_id, 0)))
        for each in _line_quantities(consignment)
    )
    return tuple(each for each in clipped if each.quantity)


def _line_quantities(consignment: Consignment) -> list[LineQuantity]:
    units: dict[str, int] = {}
    for part in consignment.lines:
        units[part.line_id] = units.get(part.line_id, 0) + part.quantity
    return [LineQuantity(line_id=line_id, quantity=quantity) for line_id, quantity in units.items()]
