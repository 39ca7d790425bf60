"""What a buyer ordered, as one platform tells it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from mappings.canonical.values import Buyer, PostalAddress, Value


class PaymentStatus(StrEnum):
    """How far the buyer's payment got, as the platform reports it."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"


class Fulfiller(StrEnum):
    """Who ships a line: the merchant (that is us) or the platform's own warehouse."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


class OrderLine(Value):
    """One line. `quantity` is what was ordered; cancelled and fulfilled units are counted beside it.

    `total` is what the line adds to the order's total: unit price times the units that the order's total
    covers, less `discount` (its own and its share of order discounts). Amounts are in the order's currency
    and contain tax exactly if the order says `taxes_included`.
    """

    line_id: str
    listing_id: str = ""
    sku: str = ""
    gtin: str = ""
    title: str = ""
    quantity: int
    quantity_cancelled: int = 0
    quantity_fulfilled: int = 0
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    total: Decimal
    requires_shipping: bool = True
    fulfilled_by: Fulfiller = Fulfiller.MERCHANT
    refund_requested: bool = False
    is_gift: bool = False
    bundle_of: str = ""

    @property
    def quantity_open(self) -> int:
        """Units that somebody still has to ship."""
        return max(0, self.quantity - self.quantity_cancelled - self.quantity_fulfilled)

    @property
    def quantity_wanted(self) -> int:
        """Units that the buyer keeps wanting, shipped or not."""
        return max(0, self.quantity - self.quantity_cancelled)

    @property
    def is_ours_to_ship(self) -> bool:
        return self.requires_shipping and self.fulfilled_by is Fulfiller.MERCHANT


class SalesOrder(Value):
    """One order of one store. All amounts are in `currency`; instants are aware.

    `total` must equal `expected_total()` within `rounding`, the deviation that this platform's own
    arithmetic can produce. `platform_hold` is the platform's reason that forbids shipping, else empty.
    `paid_at` is null where the platform does not say when the buyer paid. `whole_lines`: the platform cannot
    record a part of a line, so all of its units must travel together; `one_parcel`: nor a part of the order.
    """

    external_id: str
    order_number: str
    placed_at: datetime
    updated_at: datetime | None = None
    currency: str
    payment_status: PaymentStatus
    cash_on_delivery: bool = False
    whole_lines: bool = False
    one_parcel: bool = False
    is_test: bool = False
    platform_hold: str = ""
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    buyer: Buyer = Buyer()
    ship_to: PostalAddress | None = None
    lines: tuple[OrderLine, ...]
    taxes_included: bool = True
    tax: Decimal = Decimal(0)
    shipping_charge: Decimal = Decimal(0)
    surcharge: Decimal = Decimal(0)
    order_discount: Decimal = Decimal(0)
    total: Decimal
    refunded: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    shipping_method: str = ""
    note: str = ""
    seller_note: str = ""
    pay_by: datetime | None = None
    paid_at: datetime | None = None
    ship_by: datetime | None = None
    extra: Mapping[str, str] = {}

    def expected_total(self) -> Decimal:
        """What the parts add up to."""
        goods = sum((line.total for line in self.lines), Decimal(0))
        added_tax = Decimal(0) if self.taxes_included else self.tax
        return goods + added_tax + self.shipping_charge + self.surcharge - self.order_discount

    @property
    def is_payable(self) -> bool:
        """The money is there, or will be collected at the door."""
        return self.cash_on_delivery or self.payment_status in _MONEY_IS_THERE


_MONEY_IS_THERE = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED})
