"""Each rule of the audit: passing, failing, overruled; conclusions for which nothing is to be done."""

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.domain.audit import RULES, audit_step, deadline
from hub.domain.crossing_policy import CrossingPolicy, Ships
from hub.domain.order import Stage
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import KnownOrder
from hub.domain.territories import Territory
from mappings.canonical import Fulfiller, PaymentStatus
from tests.hub.samples import NOW, address, facts, line, order, replace, sales, snapshot

MASKED = address(name="王*", masked=True, receiver_token="t", token_platform="taobao")
TWIN = KnownOrder(order_id="o0", placed_at=NOW - timedelta(minutes=61), goods="listing-REDx1")

WEST = Territory(territory_id="t", store_id="west", country="CN")

FAILING = {
    "unpaid": (sales(payment_status=PaymentStatus.PENDING), {}),
    "platform_hold": (sales(platform_hold="ON_HOLD"), {}),
    "refund_requested": (sales(line(refund_requested=True)), {}),
    "address": (sales(ship_to=address(street=())), {}),
    "masked_receiver": (sales(ship_to=MASKED), {}),
    "total": (sales(total=Decimal("10.01")), {}),
    "unmapped_sku": (sales(line(), line("l2", "GREEN")), {}),
    "suspected_duplicate": (sales(), {"same_buyer": {"o1": [TWIN]}}),
    "cross_territory": (sales(), {"territories": [WEST], "crossing": CrossingPolicy(ships=Ships.ASK)}),
}


def audited(given, **shown):
    return audit_step(given, snapshot(**shown))


def codes(outcome):
    return [reason.code for reason in outcome.reasons]


def test_good_order_is_approved_without_reasons():
    outcome = audited(order())

    assert (outcome.order.stage, outcome.reasons) == (Stage.APPROVED, ())


@pytest.mark.parametrize("code", FAILING)
def test_failing_rule_holds_the_order(code):
    said, shown = FAILING[code]

    outcome = audited(order(sales=said), **shown)

    assert (outcome.order.stage, codes(outcome)) == (Stage.ON_HOLD, [code])
    assert outcome.order.reasons == outcome.reasons


@pytest.mark.parametrize("code", FAILING)
def test_overruled_rule_holds_it_no_more(code):
    said, shown = FAILING[code]

    outcome = audited(order(sales=said, waived=(code,)), **shown)

    assert (outcome.order.stage, outcome.reasons) == (Stage.APPROVED, ())


def test_every_rule_has_an_example_here():
    assert len(RULES) == len(FAILING) + 1, "the rule without example is the person's own hold"


def test_person_holds_an_order():
    outcome = audited(order(person_hold="the buyer called"))

    assert codes(outcome) == ["person"]
    assert outcome.reasons[0].text == "the buyer called"


def test_all_reasons_are_told_at_once():
    bad = sales(
        line(sku="GREEN", refund_requested=True),
        payment_status=PaymentStatus.PENDING,
        platform_hold="hold",
        ship_to=None,
        total=Decimal(99),
    )

    outcome = audited(order(sales=bad, person_hold="stop"))

    assert codes(outcome) == [
        "person",
        "unpaid",
        "platform_hold",
        "refund_requested",
        "no_address",
        "total",
        "unmapped_sku",
    ]


class TestPayment:
    def test_cash_on_delivery_is_payable(self):
        said = sales(payment_status=PaymentStatus.PENDING, cash_on_delivery=True)

        assert audited(order(sales=said)).order.stage is Stage.APPROVED

    def test_authorised_money_is_enough_only_where_the_store_says_so(self):
        given = order(sales=sales(payment_status=PaymentStatus.AUTHORIZED))

        assert codes(audited(given)) == ["unpaid"]
        assert codes(audited(given, policy=StorePolicy(ship_authorized=True))) == []

    @pytest.mark.parametrize("status", PaymentStatus)
    def test_only_money_that_is_there_pays(self, status):
        pays = status in (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED)

        assert (codes(audited(order(sales=sales(payment_status=status)))) == []) is pays


class TestLinesWithoutSkuThatAPersonLetPass:
    def test_order_of_nothing_else_is_closed(self):
        outcome = audited(order(line(sku="GREEN"), waived=("unmapped_sku",)))

        assert (outcome.order.stage, codes(outcome)) == (Stage.CLOSED, ["nothing_to_ship"])

    def test_line_that_is_linked_meanwhile_is_ours_again(self):
        linked = {("store", "listing-GREEN"): "BLUE"}

        outcome = audited(order(line(sku="GREEN"), waived=("unmapped_sku",)), links=linked)

        assert outcome.order.units_to_ship() == {"l1": 1}


class TestAddress:
    def test_order_without_any_stays_on_hold_whatever_was_overruled(self):
        outcome = audited(order(sales=sales(ship_to=None), waived=("address",)))

        assert codes(outcome) == ["no_address"]

    @pytest.mark.parametrize(
        "changes, lacks",
        [
            ({"country": " "}, "country"),
            ({"city": "", "district": ""}, "city or district"),
            ({"name": ""}, "name"),
            ({"street": ("", " ")}, "street"),
            ({"name": "", "street": ()}, "name, street"),
        ],
    )
    def test_missing_parts_are_named(self, changes, lacks):
        outcome = audited(order(sales=sales(ship_to=address(**changes))))

        assert outcome.reasons[0].text == f"the delivery address lacks {lacks}"

    @pytest.mark.parametrize("changes", [{"name": "", "company": "ACME"}, {"city": ""}, {"district": ""}])
    def test_one_of_two_is_enough(self, changes):
        assert codes(audited(order(sales=sales(ship_to=address(**changes))))) == []


class TestMaskedReceiver:
    def carriers(self, *tokens):
        return (facts("carrier", "carrier", {"BooksShipments"}, accepts_tokens_of=frozenset(tokens)),)

    def test_is_fine_where_a_carrier_reads_the_token(self):
        outcome = audited(order(sales=sales(ship_to=MASKED)), carriers=self.carriers("taobao"))

        assert codes(outcome) == []

    def test_needs_no_name_and_street(self):
        hidden = replace(MASKED, name="", street=())

        assert codes(audited(order(sales=sales(ship_to=hidden)), carriers=self.carriers("taobao"))) == []

    def test_is_held_where_no_carrier_reads_the_token(self):
        outcome = audited(order(sales=sales(ship_to=MASKED)), carriers=self.carriers("shopify"))

        assert outcome.reasons[0].text == "no carrier connection reads masked receivers of taobao"

    @pytest.mark.parametrize("changes", [{"receiver_token": ""}, {"token_valid_until": NOW}])
    def test_is_held_without_a_valid_token(self, changes):
        outcome = audited(
            order(sales=sales(ship_to=replace(MASKED, **changes))), carriers=self.carriers("taobao")
        )

        assert codes(outcome) == ["masked_receiver"]


class TestTotal:
    def test_deviation_within_the_mappings_rounding_passes(self):
        said = sales(total=Decimal("10.02"), rounding=Decimal("0.02"))

        assert codes(audited(order(sales=said))) == []
        assert codes(audited(order(sales=replace(said, total=Decimal("10.03"))))) == ["total"]

    def test_tax_on_top_charges_and_discounts_count(self):
        said = sales(
            taxes_included=False,
            tax=Decimal(2),
            shipping_charge=Decimal(5),
            surcharge=Decimal(1),
            order_discount=Decimal(3),
            total=Decimal(15),
        )

        assert codes(audited(order(sales=said))) == []


class TestSkus:
    def test_link_of_the_listing_wins_over_the_sku_on_the_line(self):
        outcome = audited(order(line(sku="GREEN")), links={("store", "listing-GREEN"): "RED"})

        assert (codes(outcome), outcome.order.skus) == ([], {"l1": "RED"})

    def test_sku_on_the_line_counts_only_if_we_count_it(self):
        assert audited(order(line(sku="RED"))).order.skus == {"l1": "RED"}
        assert audited(order(line(sku="GREEN"))).order.skus == {}

    def test_lines_that_are_not_ours_need_no_sku(self):
        digital = line("l2", "EBOOK", requires_shipping=False)
        theirs = line("l3", "FBA", fulfilled_by=Fulfiller.PLATFORM)

        assert codes(audited(order(line(), digital, theirs))) == []


class TestDuplicates:
    @pytest.mark.parametrize(
        "changes",
        [
            {"goods": "listing-REDx2"},
            {"order_id": "o2"},  # the later one is the suspect
            {"placed_at": NOW - timedelta(hours=2)},
        ],
    )
    def test_other_goods_or_later_or_long_ago_is_none(self, changes):
        outcome = audited(order(), same_buyer={"o1": [replace(TWIN, **changes)]})

        assert codes(outcome) == []

    def test_window_is_the_stores_policy(self):
        policy = StorePolicy(duplicate_window=timedelta(0))

        assert codes(audited(order(), same_buyer={"o1": [TWIN]}, policy=policy)) == []


class TestNothingToDo:
    TEST = {"is_test": True}
    CANCELLED = {"cancelled_at": NOW}

    @pytest.mark.parametrize(
        "given, stage, code",
        [
            (order(is_history=True, sales=sales(**TEST, **CANCELLED)), Stage.CLOSED, "history"),
            (order(sales=sales(**TEST, **CANCELLED)), Stage.CANCELLED, "cancelled"),
            (order(line(quantity_cancelled=1)), Stage.CANCELLED, "cancelled"),
            (order(sales=sales(line(requires_shipping=False), **TEST)), Stage.CLOSED, "test_order"),
            (order(line(requires_shipping=False)), Stage.CLOSED, "nothing_to_ship"),
            (order(line(fulfilled_by=Fulfiller.PLATFORM)), Stage.CLOSED, "nothing_to_ship"),
            (order(line(quantity_fulfilled=1)), Stage.CLOSED, "already_shipped"),
        ],
    )
    def test_conclusions_and_their_precedence(self, given, stage, code):
        outcome = audited(given)

        assert (outcome.order.stage, codes(outcome)) == (stage, [code])

    def test_nothing_to_do_wins_over_reasons_to_hold(self):
        outcome = audited(order(sales=sales(payment_status=PaymentStatus.VOIDED, cancelled_at=NOW)))

        assert (outcome.order.stage, codes(outcome)) == (Stage.CANCELLED, ["cancelled"])

    def test_orders_from_before_arming_are_history(self):
        placed_at = sales().placed_at

        assert codes(audited(order(), armed_from=placed_at + timedelta(seconds=1))) == ["history"]
        assert codes(audited(order(), armed_from=placed_at)) == []


def test_deadline_is_the_platforms_else_counted_by_the_stores_own_rule():
    own = StorePolicy(ship_within=timedelta(days=1))
    stated = sales(ship_by=NOW, paid_at=NOW - timedelta(hours=3))
    assert deadline(stated, own) == NOW
    assert deadline(replace(stated, ship_by=None), own) == NOW + timedelta(hours=21)
    assert deadline(replace(stated, ship_by=None, paid_at=None), own) == stated.placed_at + timedelta(days=1)
    assert deadline(replace(stated, ship_by=None), StorePolicy()) is None
