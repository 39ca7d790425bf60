"""Values for tests of the hub: one brand, one store, two warehouses and a store room, plain orders."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.order import Consignment, Order, Parcel, Reserved, Stage
from hub.domain.policies import StorePolicy
from hub.domain.route import advance
from hub.domain.snapshot import ConnectionFacts, KnownOrder, Location, Snapshot
from hub.domain.stock import StockBook, StockRow
from hub.domain.territories import Territory, TerritoryMap
from mappings.canonical import (
    Booking,
    Buyer,
    OrderLine,
    PaymentStatus,
    PostalAddress,
    SalesOrder,
    TrackingEvent,
    TrackingStatus,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STORE_CAPABILITIES = frozenset({"PullsOrders", "PushesFulfilments", "PushesFulfilmentStatus", "PushesStock"})
CARRIER_CAPABILITIES = frozenset({"BooksShipments", "CancelsBookings", "TracksParcels"})

replace = msgspec.structs.replace


def address(**changes: Any) -> PostalAddress:
    plain = PostalAddress(
        name="王小明",
        telephone="13800001234",
        country="CN",
        province="上海",
        city="上海市",
        district="静安区",
        street=("南京西路 100号",),
        postal_code="200040",
    )
    return replace(plain, **changes)


def line(line_id: str = "l1", sku: str = "RED", quantity: int = 1, **more: Any) -> OrderLine:
    price = more.pop("unit_price", Decimal("10.00"))
    return OrderLine(
        line_id=line_id,
        listing_id=more.pop("listing_id", f"listing-{sku}"),
        sku=sku,
        title=more.pop("title", sku.title()),
        quantity=quantity,
        unit_price=price,
        total=more.pop("total", price * quantity),
        **more,
    )


def sales(*lines: OrderLine, **more: Any) -> SalesOrder:
    """A paid order that adds up."""
    lines = lines or (line(),)
    plain = SalesOrder(
        external_id="4711",
        order_number="N-4711",
        placed_at=NOW - timedelta(hours=1),
        currency="CNY",
        payment_status=PaymentStatus.PAID,
        buyer=Buyer(reference="buyer-1", name="王小明"),
        ship_to=address(),
        lines=lines,
        total=sum((each.total for each in lines), Decimal(0)),
    )
    return replace(plain, **more)


def order(*lines: OrderLine, **more: Any) -> Order:
    """As it comes in. Fields of the sales order go through `sales=`."""
    said = more.pop("sales", None) or sales(*lines)
    plain = Order(
        order_id=more.pop("order_id", "o1"), connection_id="store", store_id="brand-store", sales=said, **more
    )
    return plain.with_sales(said)


def facts(connection_id: str, kind: str, capabilities: Iterable[str], **more: Any) -> ConnectionFacts:
    return ConnectionFacts(
        connection_id=connection_id,
        kind=kind,
        platform=more.pop("platform", f"{connection_id}-platform"),
        store_id="brand-store" if kind == "store" else "",
        capabilities=frozenset(capabilities),
        **more,
    )


def location(location_id: str = "wh", **more: Any) -> Location:
    return Location(
        location_id=location_id, name=location_id.title(), address=more.pop("address", address()), **more
    )


def stock_book(stock: Mapping[tuple[str, str], int]) -> StockBook:
    """(SKU, location) → units on hand, nothing reserved."""
    return StockBook(
        StockRow(sku=sku, location_id=at, on_hand=units, reserved=0) for (sku, at), units in stock.items()
    )


def snapshot(
    stock: Mapping[tuple[str, str], int] | None = None,
    *,
    locations: Iterable[Location] = (),
    territories: Iterable[Territory] = (),
    policy: StorePolicy | None = None,
    store: Iterable[str] = STORE_CAPABILITIES,
    carriers: Iterable[ConnectionFacts] | None = None,
    armed_from: datetime | None = None,
    same_buyer: Mapping[str, list[KnownOrder]] | None = None,
    links: Mapping[tuple[str, str], str] | None = None,
    crossing: CrossingPolicy | None = None,
) -> Snapshot:
    if carriers is None:
        carriers = (facts("carrier", "carrier", CARRIER_CAPABILITIES),)
    known = [facts("store", "store", store, armed_from=armed_from), *carriers]
    return Snapshot(
        now=NOW,
        connections={each.connection_id: each for each in known},
        policies={"brand-store": policy or StorePolicy()},
        locations=tuple(locations) or (location(),),
        territories=TerritoryMap(territories),
        links=links or {},
        stock=stock_book({("RED", "wh"): 10, ("BLUE", "wh"): 10} if stock is None else stock),
        same_buyer=same_buyer or {},
        crossings={"brand-store": crossing} if crossing else {},
    )


def routed(given: Order, shown: Snapshot) -> Order:
    after, _ = advance(given, shown)
    return after


def booking(given: Order, position: int = 0) -> Booking:
    reference = given.consignments[position].consignment_id
    return Booking(reference=reference, carrier="swift", tracking_number=f"T-{reference}")


def consignment(number: int = 1, stage: Parcel = Parcel.RELEASED, **more: Any) -> Consignment:
    return Consignment(
        consignment_id=f"o1-{number}",
        location_id=more.pop("location_id", "wh"),
        lines=more.pop("lines", (Reserved(line_id="l1", sku="RED", quantity=1),)),
        stage=stage,
        carrier_connection_id=more.pop("carrier_connection_id", "carrier"),
        **more,
    )


def shipped(given: Order, stage: Stage = Stage.RELEASED, *parts: Consignment) -> Order:
    return replace(given, stage=stage, consignments=parts, skus={"l1": "RED", "l2": "BLUE"})


def event(status: TrackingStatus, minutes: int | None, description: str = "") -> TrackingEvent:
    """`minutes` after `NOW`; null: the carrier gives no time that can be known."""
    at = None if minutes is None else NOW + timedelta(minutes=minutes)
    return TrackingEvent(status=status, occurred_at=at, description=description or status.value)
