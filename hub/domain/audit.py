"""May this order be fulfilled? Every failing rule is reported at once, never only the first.

`STANDING` rules hold in every store; those of `OPTIONAL` (`audit_parameters.py`) only where the store's
policy switches them on. A rule's name is the code of its reason, which a person overrules by that name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from hub.domain import audit_contents, audit_receiver, audit_timing
from hub.domain.audit_parameters import OPTIONAL
from hub.domain.automation import holds
from hub.domain.crossing import CROSS_TERRITORY, is_answered
from hub.domain.order import UNMAPPED, Order, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Snapshot
from mappings.canonical import PaymentStatus, SalesOrder
from mappings.structs import FrozenStruct

NO_ADDRESS = "no_address"
"""Code of the one reason that nobody can overrule: no parcel goes nowhere."""

Rule = Callable[[Order, Snapshot], Reason | None]


class StandingRule(FrozenStruct):
    """A rule that is always on. `parameters` are the fields of the store's policy that it reads."""

    name: str
    title: str
    zh: str
    description: str
    check: Rule
    parameters: tuple[str, ...] = ()


def audit_step(order: Order, snapshot: Snapshot) -> Outcome:
    """→ approved, on hold with every reason, or closed/cancelled because nothing is to be done."""
    due_at = deadline(order.sales, snapshot.policy(order.store_id))
    order = msgspec.structs.replace(order, skus=_mapped_skus(order, snapshot), due_at=due_at)
    if ended := _nothing_to_do(order, snapshot):
        stage, conclusion = ended
        return _outcome(order, stage, (conclusion,))
    found = [reason for rule in RULES if (reason := rule(order, snapshot)) is not None]
    for chosen in snapshot.policy(order.store_id).rules:
        if (reason := CHECKS[chosen.rule](order, snapshot, chosen)) is not None:
            found.append(reason)
    found += holds(order, snapshot)
    reasons = tuple(reason for reason in found if reason.code not in order.waived) if found else ()
    return _outcome(order, Stage.ON_HOLD if reasons else Stage.APPROVED, reasons)


def deadline(sales: SalesOrder, policy: StorePolicy) -> datetime | None:
    """When everything must have left: by the platform's word, else by the store's own rule."""
    if sales.ship_by or policy.ship_within is None:
        return sales.ship_by
    return (sales.paid_at or sales.placed_at) + policy.ship_within


def _outcome(order: Order, stage: Stage, reasons: tuple[Reason, ...]) -> Outcome:
    return Outcome(
        step="audit", order=msgspec.structs.replace(order, stage=stage, reasons=reasons), reasons=reasons
    )


def _nothing_to_do(order: Order, snapshot: Snapshot) -> tuple[Stage, Reason] | None:
    sales = order.sales
    armed_from = snapshot.connections[order.connection_id].armed_from
    if order.is_history or (armed_from and sales.placed_at < armed_from):
        return Stage.CLOSED, Reason(code="history", text="placed before the connection was armed")
    if sales.cancelled_at or not any(line.quantity_wanted for line in sales.lines):
        return Stage.CANCELLED, Reason(code="cancelled", text="cancelled on the platform")
    if sales.is_test:
        return Stage.CLOSED, Reason(code="test_order", text="a test order never reaches a warehouse")
    if not any(line.is_ours_to_ship and line.quantity_wanted for line in sales.lines):
        return Stage.CLOSED, Reason(
            code="nothing_to_ship", text="every line is digital or shipped by the platform itself"
        )
    if order.units_to_ship():
        return None
    if order.units_open():
        return Stage.CLOSED, Reason(
            code="nothing_to_ship", text="no SKU is linked to what is left, and a person let that pass"
        )
    return Stage.CLOSED, Reason(code="already_shipped", text="already shipped on the platform")


def _mapped_skus(order: Order, snapshot: Snapshot) -> Mapping[str, str]:
    """Line id → SKU: the listing's link, else the SKU on the line if it is one of ours."""
    skus: dict[str, str] = {}
    for line in order.sales.lines:
        linked = snapshot.links.get((order.connection_id, line.listing_id))
        if linked or (line.sku and snapshot.stock.knows(line.sku)):
            skus[line.line_id] = linked or line.sku
    return skus


def is_paid(sales: SalesOrder, policy: StorePolicy) -> bool:
    """Paid by the platform's own rule, or authorised where the store ships on that."""
    return sales.is_payable or (policy.ship_authorized and sales.payment_status is PaymentStatus.AUTHORIZED)


def _payment_suffices(order: Order, snapshot: Snapshot) -> Reason | None:
    if is_paid(order.sales, snapshot.policy(order.store_id)):
        return None
    return Reason(code="unpaid", text=f"payment is {order.sales.payment_status}")


def _platform_allows(order: Order, snapshot: Snapshot) -> Reason | None:
    hold = order.sales.platform_hold
    return Reason(code="platform_hold", text=f"the platform forbids shipping: {hold}") if hold else None


def _address_is_complete(order: Order, snapshot: Snapshot) -> Reason | None:
    address = order.sales.ship_to
    if address is None:
        return Reason(code=NO_ADDRESS, text="there is no delivery address")
    required = {"country": address.country, "city or district": address.city or address.district}
    if not address.masked:
        required |= {"name": address.name or address.company, "street": "".join(address.street).strip()}
    missing = [name for name, value in required.items() if not value.strip()]
    if not missing:
        return None
    return Reason(code="address", text=f"the delivery address lacks {', '.join(missing)}")


def _receiver_can_be_reached(order: Order, snapshot: Snapshot) -> Reason | None:
    address = order.sales.ship_to
    if address is None or not address.masked:
        return None
    if not address.receiver_token:
        return Reason(code="masked_receiver", text="the receiver is masked and there is no token for it")
    if address.token_valid_until and address.token_valid_until <= snapshot.now:
        return Reason(code="masked_receiver", text="the token of the masked receiver has expired")
    readers = snapshot.carriers(order.store_id, None)
    if any(address.token_platform in carrier.accepts_tokens_of for carrier in readers):
        return None
    return Reason(
        code="masked_receiver",
        text=f"no carrier connection reads masked receivers of {address.token_platform}",
    )


def _total_reconciles(order: Order, snapshot: Snapshot) -> Reason | None:
    sales = order.sales
    deviation = sales.total - sales.expected_total()
    if abs(deviation) <= sales.rounding:
        return None
    return Reason(
        code="total",
        text=f"the total {sales.total} {sales.currency} is off by {deviation} from its parts",
    )


def _skus_are_mapped(order: Order, snapshot: Snapshot) -> Reason | None:
    unmapped = [
        line.sku or line.listing_id or line.line_id
        for line in order.sales.lines
        if line.is_ours_to_ship and line.quantity_wanted and line.line_id not in order.skus
    ]
    if not unmapped:
        return None
    return Reason(code=UNMAPPED, text=f"no SKU is linked to {', '.join(unmapped[:5])}")


def _no_refund_in_progress(order: Order, snapshot: Snapshot) -> Reason | None:
    if not refund_is_open(order.sales):
        return None
    return Reason(code="refund_requested", text="the buyer asked for a refund that is not decided")


def refund_is_open(sales: SalesOrder) -> bool:
    """The buyer asked for a refund of units that nobody shipped yet."""
    return any(line.refund_requested and line.quantity_open for line in sales.lines)


def _is_no_duplicate(order: Order, snapshot: Snapshot) -> Reason | None:
    others = snapshot.same_buyer.get(order.order_id)
    if not others:
        return None
    goods, window = goods_of(order.sales), snapshot.policy(order.store_id).duplicate_window
    twins = [
        other.order_id
        for other in others
        if other.goods == goods
        and other.order_id < order.order_id
        and abs(other.placed_at - order.sales.placed_at) <= window
    ]
    if not twins:
        return None
    return Reason(code="suspected_duplicate", text=f"the same buyer ordered the same as in {twins[0]}")


def _no_person_stops_it(order: Order, snapshot: Snapshot) -> Reason | None:
    return Reason(code="person", text=order.person_hold) if order.person_hold else None


STANDING: tuple[StandingRule, ...] = (
    StandingRule(
        name="person",
        title="Held by a person",
        zh="人工拦截",
        description="A person stopped the order (`orderhub orders hold`).",
        check=_no_person_stops_it,
    ),
    StandingRule(
        name="unpaid",
        title="Payment suffices",
        zh="付款状态",
        description="The money is there, or will be collected at the door.",
        check=_payment_suffices,
        parameters=("ship_authorized",),
    ),
    StandingRule(
        name="platform_hold",
        title="The platform allows it",
        zh="平台拦截",
        description="The platform does not forbid shipping (pre-sale, prescription, risk …).",
        check=_platform_allows,
    ),
    StandingRule(
        name="refund_requested",
        title="No refund in progress",
        zh="退款处理中",
        description="The buyer did not ask for a refund of units that nobody shipped yet.",
        check=_no_refund_in_progress,
    ),
    StandingRule(
        name="address",
        title="Address is complete",
        zh="地址完整",
        description="There is a delivery address with all that carriers need (`no_address`: there is none).",
        check=_address_is_complete,
    ),
    StandingRule(
        name="masked_receiver",
        title="Receiver can be reached",
        zh="收件人脱敏",
        description="A masked receiver has a token that is still valid and that a carrier reads.",
        check=_receiver_can_be_reached,
    ),
    StandingRule(
        name="total",
        title="Amounts reconcile",
        zh="金额核对",
        description="The total is the sum of its parts within the platform's declared rounding.",
        check=_total_reconciles,
    ),
    StandingRule(
        name=UNMAPPED,
        title="SKUs are linked",
        zh="商品已关联",
        description="Every line that we ship is linked to a SKU.",
        check=_skus_are_mapped,
    ),
    StandingRule(
        name="suspected_duplicate",
        title="No duplicate",
        zh="疑似重复订单",
        description="The same buyer did not order the same goods shortly before.",
        check=_is_no_duplicate,
        parameters=("duplicate_window",),
    ),
    StandingRule(
        name=CROSS_TERRITORY,
        title="Who ships across territories",
        zh="跨区订单待定",
        description="The address lies in another store's territory, and the policy is that a person says who"
        " ships (`orderhub territories crossing`).",
        check=is_answered,
    ),
)

RULES: tuple[Rule, ...] = tuple(each.check for each in STANDING)

CHECKS: Mapping[str, Callable[[Order, Snapshot, Any], Reason | None]] = {  # each takes its own parameters
    "payment_delay": audit_timing.payment_delay,
    "daily_window": audit_timing.daily_window,
    "quiet_hours": audit_timing.quiet_hours,
    "item_count": audit_contents.item_count,
    "amount_range": audit_contents.amount_range,
    "price_floor": audit_contents.price_floor,
    "outside_territories": audit_receiver.outside_territories,
    "remote_area": audit_receiver.remote_area,
    "note": audit_contents.note,
    "blacklist": audit_receiver.blacklist,
    "deposit": audit_contents.deposit,
    "review": audit_contents.review,
}

if CHECKS.keys() != OPTIONAL.keys():
    raise AssertionError("each optional rule needs parameters and a check")


def goods_of(sales: SalesOrder) -> str:
    """What was ordered, in one comparable text."""
    return ",".join(sorted(f"{line.listing_id or line.sku}x{line.quantity}" for line in sales.lines))
