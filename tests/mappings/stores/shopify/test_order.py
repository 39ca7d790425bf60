"""What an order node means: one change at a time."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import Fulfiller, PaymentStatus
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.shopify import read_listing, read_order, unknown_order_fields
from mappings.stores.shopify.order import SPLIT_WITH_SERVICE
from mappings.stores.shopify.tables import FULFILMENT_ORDER, NEEDS_PARCEL, PAYMENT


def test_usual_order_adds_up_exactly(read):
    order = read()
    assert order.expected_total() == order.total == Decimal("34.90")
    assert order.rounding == 0
    assert (order.order_number, order.currency, order.tax) == ("#1001", "EUR", Decimal("5.82"))
    assert order.placed_at == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_our_selection_holds_nothing_that_nobody_reads(a):
    assert unknown_order_fields(msgspec.json.encode(a.order())) == set()
    assert unknown_order_fields(msgspec.json.encode(a.order(brandNew=1))) == {"$.brandNew"}


def test_refund_before_shipping_cancels_units_but_not_the_total(a, read):
    line = a.line(currentQuantity=1, unfulfilledQuantity=1)
    order = read(lines=[line], displayFinancialStatus="PARTIALLY_REFUNDED", totalRefundedSet=a.money("20.00"))
    (line,) = order.lines
    assert (line.quantity, line.quantity_cancelled, line.quantity_fulfilled, line.quantity_open) == (
        3,
        2,
        0,
        1,
    )
    assert order.expected_total() == order.total
    assert (order.refunded, order.payment_status) == (Decimal("20.00"), PaymentStatus.PARTIALLY_REFUNDED)


@pytest.mark.parametrize(
    ("current", "unfulfilled", "cancelled", "fulfilled", "still_open"),
    [(3, 3, 0, 0, 3), (3, 1, 0, 2, 1), (2, 0, 1, 2, 0), (0, 0, 3, 0, 0), (2, 3, 1, 0, 2)],
    ids=["nothing yet", "two left", "one came back", "all removed", "refunded but kept in fulfilment"],
)
def test_units_are_counted(a, read, current, unfulfilled, cancelled, fulfilled, still_open):
    (line,) = read(lines=[a.line(currentQuantity=current, unfulfilledQuantity=unfulfilled)]).lines
    assert (line.quantity_cancelled, line.quantity_fulfilled, line.quantity_open) == (
        cancelled,
        fulfilled,
        still_open,
    )


def test_discounts_of_line_and_order_are_in_the_line(a, read):
    allocations = [{"allocatedAmountSet": a.money("1.00")}, {"allocatedAmountSet": a.money("0.67")}]
    order = read(lines=[a.line(discountAllocations=allocations)], totalPriceSet=a.money("33.23"))
    assert (order.lines[0].discount, order.lines[0].total) == (Decimal("1.67"), Decimal("28.33"))
    assert order.expected_total() == order.total


def test_tax_on_top_duties_and_fees_reach_the_total(a, read):
    order = read(
        taxesIncluded=False,
        totalTaxSet=a.money("6.98"),
        originalTotalDutiesSet=a.money("3.00"),
        originalTotalAdditionalFeesSet=a.money("1.50"),
        totalPriceSet=a.money("46.38"),
    )
    assert order.surcharge == Decimal("4.50")
    assert order.expected_total() == order.total


def test_duties_inside_prices_are_not_added(a, read):
    assert read(dutiesIncluded=True, originalTotalDutiesSet=a.money("3.00")).surcharge == 0


def test_bought_in_another_currency_allows_what_conversion_rounds(read):
    order = read(presentmentCurrencyCode="JPY")
    assert order.rounding == Decimal("0.04")  # 3 units, 1 shipping line, 4 totals; half a cent each
    assert order.extra["presentment_currency"] == "JPY"


@pytest.mark.parametrize("code", sorted(PAYMENT.codes))
def test_every_financial_status_is_known(read, code):
    assert read(displayFinancialStatus=code).payment_status is PAYMENT.codes[code]


def test_expired_authorisation_and_missing_status_ship_nothing(read):
    assert read(displayFinancialStatus="EXPIRED").payment_status is PaymentStatus.VOIDED
    assert read(displayFinancialStatus=None).payment_status is PaymentStatus.PENDING
    assert not read(displayFinancialStatus="AUTHORIZED").is_payable


def test_cash_on_delivery_only_while_unpaid(read):
    gateways = ["Cash on Delivery (COD)"]
    assert read(paymentGatewayNames=gateways, displayFinancialStatus="PENDING").is_payable
    assert not read(paymentGatewayNames=gateways, displayFinancialStatus="VOIDED").is_payable


@pytest.mark.parametrize(
    ("changes", "hold"),
    [
        (
            {"status": "ON_HOLD", "fulfillmentHolds": [{"reason": "INCORRECT_ADDRESS"}]},
            "ON_HOLD: INCORRECT_ADDRESS",
        ),
        ({"status": "ON_HOLD"}, "ON_HOLD"),
        (
            {"status": "SCHEDULED", "fulfillAt": "2026-04-01T00:00:00Z"},
            "SCHEDULED: until 2026-04-01T00:00:00+00:00",
        ),
        ({"status": "IN_PROGRESS"}, ""),
        ({"status": "INCOMPLETE"}, ""),
        ({"status": "CLOSED"}, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else value["status"],
)
def test_holds_of_fulfilment_orders_hold_the_order(a, read, changes, hold):
    assert read(routed=[a.fulfilment_order(**changes)]).platform_hold == hold


def test_hold_with_nothing_left_to_ship_is_none(a, read):
    assert read(routed=[a.fulfilment_order(status="ON_HOLD", remaining=0)]).platform_hold == ""


def test_hold_at_a_fulfilment_service_is_not_ours(a, read):
    order = read(routed=[a.fulfilment_order(status="ON_HOLD", service=True)])
    assert order.platform_hold == ""
    assert order.lines[0].fulfilled_by is Fulfiller.PLATFORM


def test_line_is_ours_again_after_the_service_gave_it_back(a, read):
    routed = [a.fulfilment_order(1, service=True, status="CLOSED", remaining=0), a.fulfilment_order(2)]
    order = read(routed=routed)
    assert order.lines[0].fulfilled_by is Fulfiller.MERCHANT
    assert order.platform_hold == ""


def test_line_shared_with_a_service_waits_for_a_person(a, read):
    routed = [a.fulfilment_order(1, service=True, remaining=1), a.fulfilment_order(2, remaining=2)]
    assert read(routed=routed).platform_hold == SPLIT_WITH_SERVICE


@pytest.mark.parametrize("method", sorted(NEEDS_PARCEL.codes))
def test_collected_lines_need_no_parcel(a, read, method):
    order = read(routed=[a.fulfilment_order(deliveryMethod={"methodType": method})])
    assert order.lines[0].requires_shipping is NEEDS_PARCEL.codes[method]


def test_gift_card_needs_no_parcel(a, read):
    assert not read(lines=[a.line(requiresShipping=False, variant=None, sku=None)]).lines[0].is_ours_to_ship


def test_earliest_deadline_counts(a, read):
    routed = [a.fulfilment_order(n, fulfillBy=f"2026-03-0{9 - n}T00:00:00Z", remaining=1) for n in (1, 2)]
    assert read(routed=routed).ship_by == datetime(2026, 3, 7, tzinfo=UTC)


def test_guest_without_address_or_contact(read):
    order = read(customer=None, shippingAddress=None, email=None, totalTaxSet=None)
    assert order.ship_to is None
    assert (order.buyer.reference, order.buyer.name, order.tax) == ("", "", 0)


def test_address_without_country_says_unknown_region(a, read):
    address = {**dict.fromkeys(a.order()["shippingAddress"]), "city": "Atlantis"}
    assert read(shippingAddress=address).ship_to.country == "ZZ"


def test_everything_the_buyer_wrote_is_in_the_note(a, read):
    attributes = [{"key": "Engraving", "value": "Für Ada"}, {"key": "_theme", "value": "x"}]
    order = read(
        note="Ring twice",
        customAttributes=[{"key": "Gift wrap", "value": "yes"}, {"key": "Empty", "value": None}],
        lines=[a.line(customAttributes=attributes)],
    )
    assert order.note == "Ring twice\nGift wrap: yes\nTea - 100 g: Engraving: Für Ada"


def test_cancelled_and_test_orders_say_so(read):
    order = read(cancelledAt="2026-03-02T10:00:00Z", cancelReason="FRAUD", test=True)
    assert order.cancelled_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (order.cancel_reason, order.is_test) == ("FRAUD", True)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"displayFinancialStatus": "MAYBE"}, "$.displayFinancialStatus"),
        ({"routed": "status"}, "$.fulfillmentOrders.nodes[0].status"),
        ({"routed": "deliveryMethod"}, "$.fulfillmentOrders.nodes[0].deliveryMethod.methodType"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unknown_codes_that_decide_something_are_not_guessed(a, read, changes, path):
    strange = {"status": {"status": "LOST"}, "deliveryMethod": {"deliveryMethod": {"methodType": "DRONE"}}}
    if "routed" in changes:
        changes = {"routed": [a.fulfilment_order(**strange[changes["routed"]])]}
    with pytest.raises(UnmappedCode) as caught:
        read(**changes)
    assert caught.value.path == path


def test_incomplete_documents_are_refused(a, read):
    more = {"hasNextPage": True, "endCursor": "x"}
    with pytest.raises(MappingError, match=r"^\$\.lineItems\.pageInfo"):
        read(lineItems={"pageInfo": more, "nodes": [a.line()]})
    with pytest.raises(MappingError, match=r"^\$\.fulfillmentOrders\.pageInfo"):
        read(fulfillmentOrders={"pageInfo": more, "nodes": []})
    with pytest.raises(MappingError, match=r"^\$\.fulfillmentOrders\.nodes\[0\]\.lineItems\.pageInfo"):
        read(routed=[a.fulfilment_order(lineItems={"pageInfo": more, "nodes": []})])


@pytest.mark.parametrize("absurd", ["NaN", "Infinity", "1e99", "ten"])
def test_absurd_amounts_are_refused_with_their_path(a, read, absurd):
    with pytest.raises(MappingError) as caught:
        read(lines=[a.line(), a.line(2, originalUnitPriceSet=a.money(absurd))])
    assert caught.value.path == "$.lineItems.nodes[1].originalUnitPriceSet.shopMoney.amount"


def test_time_without_zone_is_refused(read):
    with pytest.raises(MappingError, match=r"^\$\.updatedAt"):
        read(updatedAt="2026-03-02T09:00:00")


def test_every_fulfilment_order_status_has_a_meaning(a, read):
    for code in FULFILMENT_ORDER.codes:
        read(routed=[a.fulfilment_order(status=code)])


def test_deletion_of_any_field_is_understood_or_named(a):
    whole = a.order()
    for name in whole:
        document = msgspec.json.encode({key: value for key, value in whole.items() if key != name})
        try:
            read_order(document)
        except MappingError as error:
            assert error.path == f"$.{name}"


def test_listing_names_variant_and_inventory_item():
    node = {
        "id": "gid://shopify/ProductVariant/1",
        "sku": None,
        "barcode": "4006381333931",
        "displayName": "Tea - 100 g",
        "updatedAt": "2026-03-02T09:00:00Z",
        "inventoryItem": {"id": "gid://shopify/InventoryItem/2"},
    }
    listing = read_listing(msgspec.json.encode(node))
    assert (listing.listing_id, listing.inventory_id) == (node["id"], "gid://shopify/InventoryItem/2")
    assert (listing.sku, listing.gtin, listing.title) == ("", "4006381333931", "Tea - 100 g")
