"""What the parcels on a carrier's bill should have cost."""

from collections.abc import Sequence

import msgspec

from hub.domain.carrier_choice import expected_price
from hub.domain.departments import ShippingFacts
from hub.domain.freight_bill import Expected
from hub.domain.order import Consignment, Order
from hub.domain.outward import weight
from hub.pipeline.books import Books
from hub.storage import parcels
from hub.storage.database import UnitOfWork
from hub.storage.shipping import ShippingSetups

PAGE = 200
"""Numbers that are looked up at once."""


def expected_parcels(
    books: Books, uow: UnitOfWork, connection_id: str, numbers: Sequence[str]
) -> dict[str, Expected]:
    """Tracking number → parcel of that carrier connection, of those that are ours."""
    wanted = set(numbers)
    orders = sorted({each.order_id for each in parcels.find(uow, wanted, ())})
    stored = [each.order for each in books.orders.by_ids(uow, orders, locked=False).values()]
    ours = [
        (order, each)
        for order in stored
        for each in order.consignments
        if each.tracking_number in wanted and each.carrier_connection_id == connection_id
    ]
    skus = {part.sku for _, each in ours for part in each.lines}
    facts = ShippingSetups().facts(uow, skus, orders)
    return {
        each.tracking_number: _expected(order, _with_passengers(each, [other for _, other in ours]), facts)
        for order, each in ours
        if not each.is_passenger
    }


def _with_passengers(lead: Consignment, ours: Sequence[Consignment]) -> Consignment:
    """It holds what all that share its parcel hold: that is what the carrier weighed."""
    lines = (part for each in ours if each.booked_as == lead.consignment_id for part in each.lines)
    return msgspec.structs.replace(lead, lines=tuple(lines))


def _expected(order: Order, consignment: Consignment, facts: ShippingFacts) -> Expected:
    amount = expected_price(order, consignment, facts)
    return Expected(
        consignment_id=consignment.consignment_id,
        left=consignment.is_handed_over,
        weight_grams=weight([consignment], facts.grams),
        amount=amount.amount if amount else None,
        currency=amount.currency if amount else "",
    )
