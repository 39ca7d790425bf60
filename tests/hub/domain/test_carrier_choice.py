"""Which department sends a parcel, with which carrier and service, and why."""

import dataclasses
from datetime import time, timedelta
from decimal import Decimal

import pytest

from hub.domain.departments import Department, Offer, ShippingFacts, ShippingRule
from hub.domain.dispatch import quoted, release_step
from hub.domain.effects import Send, Verb
from hub.domain.freight import FreightTemplate, FreightZone
from hub.domain.order import Parcel, Reserved, Stage
from hub.domain.reach import Reach, reach
from hub.domain.repack import split
from mappings.canonical import LineQuantity, Money, RateQuote
from tests.hub.samples import (
    CARRIER_CAPABILITIES,
    NOW,
    address,
    consignment,
    facts,
    order,
    replace,
    sales,
    shipped,
    snapshot,
)

SHANGHAI, SICHUAN = reach("CN/上海市"), reach("CN/四川省")
MASKED = sales(ship_to=address(masked=True, receiver_token="t", token_platform="taobao"))


def department(name="east", *offers, **more):
    given = (each if isinstance(each, Offer) else Offer(carrier=each) for each in offers or ("a", "b"))
    return Department(department_id=name, name=name.title(), offers=tuple(given), **more)


def carrier(name, *also, **more):
    return facts(name, "carrier", CARRIER_CAPABILITIES | set(also), **more)


def flat(name, price, currency="CNY", most_grams=100_000):
    zone = FreightZone(areas=(Reach(),), first_grams=most_grams, first_price=Decimal(price))
    return FreightTemplate(name=name, currency=currency, zones=(zone,))


def priced(**prices):
    """A department whose carriers have flat prices, and the templates of those."""
    offers = [Offer(carrier=each, freight=f"f-{each}") for each in prices]
    return department("east", *offers), [flat(f"f-{each}", price) for each, price in prices.items()]


def shown(*departments, rules=(), carriers=(), templates=(), grams=400, **more):
    shipping = ShippingFacts(
        departments=departments,
        rules=tuple(ShippingRule(name=f"r{n}", **each) for n, each in enumerate(rules)),
        templates={each.name: each for each in templates},
        grams={"RED": grams} if grams else {},
        **more,
    )
    known = carriers or [carrier("a"), carrier("b"), carrier("c")]
    return dataclasses.replace(snapshot(carriers=known), shipping=shipping)


def planned(**more):
    return shipped(order(**more), Stage.ALLOCATED, consignment(1, Parcel.PLANNED, carrier_connection_id=""))


def chosen(facts_, given=None):
    """(department, carrier, service) and the reason."""
    outcome = release_step(given or planned(), facts_)
    (parcel,) = outcome.order.consignments
    return (parcel.department_id, parcel.carrier_connection_id, parcel.service), outcome.reasons[0].text


def sends(outcome):
    return [(each.verb, each.connection_id) for each in outcome.effects if isinstance(each, Send)]


class TestDefault:
    def test_without_departments_nothing_changes(self):
        with_none, plain = (
            release_step(planned(), shown()),
            release_step(planned(), snapshot(carriers=[carrier("a")])),
        )

        assert with_none == plain

    def test_location_that_no_department_serves_is_as_before(self):
        assert chosen(shown(department("east", "b", locations=("elsewhere",)))) == (
            ("", "a", ""),
            "booking with a",
        )


class TestFilters:
    @pytest.mark.parametrize(
        ("limits", "why"),
        [
            ({"areas": (SICHUAN,)}, "east does not serve the area"),
            ({"excluded": (SHANGHAI,)}, "east does not serve CN/上海市"),
            ({"most_grams": 399}, "east takes 399 g at most, it weighs 400 g"),
            (
                {"most_worth": Money(amount=Decimal(9), currency="CNY")},
                "goods of 9 CNY at most, these are worth 10.00",
            ),
            (
                {"most_worth": Money(amount=Decimal(99), currency="USD")},
                "has a limit in USD, the order is in CNY",
            ),
        ],
    )
    def test_what_a_department_does_not_take_it_does_not_get(self, limits, why):
        who, text = chosen(shown(department(**limits)))

        assert who == ("", "", "") and why in text and "ship it by hand" in text

    @pytest.mark.parametrize(
        "limits",
        [
            {"areas": (SICHUAN, SHANGHAI)},
            {"excluded": (SICHUAN,)},
            {"most_grams": 400},
            {"most_worth": Money(amount=Decimal(10), currency="CNY")},
        ],
    )
    def test_limits_hold_up_to_the_limit_itself(self, limits):
        assert chosen(shown(department(**limits)))[0] == ("east", "a", "")

    def test_weight_that_is_not_known_is_within_no_limit(self):
        assert "weight is not known" in chosen(shown(department(most_grams=9999), grams=None))[1]
        assert chosen(shown(department(), grams=None))[0] == ("east", "a", "")

    def test_masked_receiver_goes_with_a_carrier_that_reads_the_token(self):
        reader = carrier("b", accepts_tokens_of=frozenset({"taobao"}))
        who, text = chosen(shown(department(), carriers=[carrier("a"), reader]), planned(sales=MASKED))

        assert who == ("east", "b", "") and "a cannot read the masked receiver" in text

    def test_carrier_that_is_not_connected_is_named(self):
        assert "x is no connection that books" in chosen(shown(department("east", "x", "a")))[1]

    def test_carrier_without_a_price_for_the_weight_does_not_carry_it(self):
        desk, _ = priced(a="1", b="2")
        who, text = chosen(shown(desk, templates=[flat("f-a", "1", most_grams=399), flat("f-b", "2")]))

        assert who == ("east", "b", "") and "freight f-a has no price for the area and 400 g" in text


class TestPrices:
    def test_the_cheapest_goes_and_the_next_is_named(self):
        desk, templates = priced(a="9", b="7.50", c="8")
        who, text = chosen(shown(desk, templates=templates))

        assert who == ("east", "b", "")
        assert text == (
            "booking with b at 7.50 CNY (department east); next would have been c at 8 CNY, a at 9 CNY"
        )

    def test_unknown_prices_come_last_and_equal_ones_stay_in_the_departments_order(self):
        desk, templates = priced(a="9", b="7", c="7")

        assert chosen(shown(desk, templates=templates[:1]))[0] == ("east", "a", "")
        assert chosen(shown(desk, templates=templates[1:]))[0] == ("east", "b", "")
        assert chosen(shown(desk))[0] == ("east", "a", "")

    def test_amounts_of_another_currency_are_not_compared(self):
        desk, templates = priced(a="9", b="7")

        assert chosen(shown(desk, templates=[templates[0], flat("f-b", "1", "USD")]))[0] == ("east", "a", "")

    def test_paused_connection_comes_after_active_ones_whatever_it_costs(self):
        desk, templates = priced(a="9", b="7")
        carriers = [carrier("a"), carrier("b", is_active=False)]

        assert chosen(shown(desk, templates=templates, carriers=carriers))[0] == ("east", "a", "")

    def test_what_works_goes_before_what_would_be_in_time(self):
        given = planned(due_at=NOW + timedelta(hours=6))  # it is 16:00 in Shanghai
        early = department("early", "a", cut_off=time(15), time_zone="Asia/Shanghai")

        carriers = [carrier("a"), carrier("b", is_active=False)]

        assert chosen(shown(department("now", "b"), early, carriers=carriers), given)[0] == ("early", "a", "")

    def test_what_leaves_before_the_deadline_goes_before_what_is_cheaper(self):
        given = planned(due_at=NOW + timedelta(hours=6))  # it is 16:00 in Shanghai
        early = department("early", "a", cut_off=time(15), time_zone="Asia/Shanghai")
        late = department("late", "b", cut_off=time(17), time_zone="Asia/Shanghai")

        assert chosen(shown(early, late), given)[0] == ("late", "b", "")
        who, text = chosen(shown(early), given)
        assert who == ("early", "a", "") and "leaves after its deadline" in text


class TestRules:
    @pytest.mark.parametrize(
        "condition",
        [
            {"areas": (SICHUAN,)},
            {"stores": ("other",)},
            {"locations": ("other",)},
            {"skus": ("BLUE",)},
            {"tags": ("fragile",)},
            {"least_grams": 401},
            {"most_grams": 399},
            {"least_worth": Decimal(11), "currency": "CNY"},
            {"most_worth": Decimal(9), "currency": "CNY"},
            {"most_worth": Decimal(99), "currency": "USD"},
            {"cash_on_delivery": True},
            {"masked": True},
        ],
    )
    def test_each_condition_can_keep_a_rule_from_applying(self, condition):
        assert chosen(shown(department(), rules=[{"carrier": "b", **condition}]))[0] == ("east", "a", "")

    def test_rule_applies_where_everything_fits(self):
        met = {
            "areas": (SHANGHAI,),
            "stores": ("brand-store",),
            "locations": ("wh",),
            "skus": ("RED",),
            "tags": ("gift", "fragile"),
            "least_grams": 400,
            "most_grams": 400,
            "least_worth": Decimal(10),
            "most_worth": Decimal(10),
            "currency": "CNY",
            "cash_on_delivery": False,
            "masked": False,
        }
        who, text = chosen(
            shown(department(), rules=[{"carrier": "b", **met}], tags={"o1": frozenset({"fragile"})})
        )

        assert who == ("east", "b", "") and "rule r0" in text

    def test_the_first_rule_that_fits_wins(self):
        assert chosen(shown(department(), rules=[{"carrier": "b"}, {"carrier": "a"}]))[0] == ("east", "b", "")

    def test_rule_that_cannot_be_followed_is_told_and_the_next_one_asked(self):
        who, text = chosen(shown(department(), rules=[{"carrier": "x"}, {"carrier": "b"}]))

        assert who == ("east", "b", "") and "rule r0 wants x, which cannot; rule r1" in text

    def test_within_a_rule_the_cheapest_goes(self):
        desk, templates = priced(a="9", b="7")
        other = department("cheap", Offer(carrier="c", freight="f-c"))

        seen = shown(desk, other, templates=[*templates, flat("f-c", "1")], rules=[{"department": "east"}])

        assert chosen(seen)[0] == ("east", "b", "")

    def test_service_is_booked_with_its_carrier(self):
        desk = department("east", "a", Offer(carrier="a", service="express"))

        assert chosen(shown(desk, rules=[{"service": "express"}]))[0] == ("east", "a", "express")


def quote(service, amount, currency="CNY"):
    return RateQuote(carrier="x", service=service, price=Money(amount=Decimal(amount), currency=currency))


class TestQuotes:
    CARRIERS = (carrier("a", "QuotesRates"), carrier("b", "QuotesRates"), carrier("c"))

    def seen(self, *offers, **more):
        desk = department("east", *(offers or ("a", "b", "c")), by_quote=True)
        return shown(desk, carriers=self.CARRIERS, **more)

    def asked(self):
        return release_step(planned(), self.seen()).order

    def test_carriers_that_quote_are_asked_and_nothing_is_booked(self):
        outcome = release_step(planned(), self.seen())

        assert sends(outcome) == [(Verb.QUOTE, "a"), (Verb.QUOTE, "b")]
        assert outcome.order.consignments[0].waits_for_quotes

    def test_where_there_is_no_choice_nobody_is_asked(self):
        assert sends(release_step(planned(), self.seen("a"))) == [(Verb.BOOK, "a")]

    def test_cheapest_quote_is_booked_with_its_service(self):
        answers = {"o1-1": {"a": (quote("slow", "9"), quote("fast", "12")), "b": (quote("std", "8"),)}}
        outcome = quoted(self.asked(), "o1-1", self.seen(quotes=answers))

        assert sends(outcome) == [(Verb.BOOK, "b")]
        assert outcome.order.consignments[0].service == "std"
        assert (
            "b std at 8 CNY" in outcome.reasons[0].text
            and "next would have been a slow" in outcome.reasons[0].text
        )

    def test_only_the_offered_service_counts(self):
        offers = [Offer(carrier="a", service="fast"), Offer(carrier="b")]
        answers = {"o1-1": {"a": (quote("slow", "1"), quote("fast", "12")), "b": (quote("std", "8"),)}}

        assert sends(quoted(self.asked(), "o1-1", self.seen(*offers, quotes=answers))) == [(Verb.BOOK, "b")]

    def test_where_nobody_answers_the_first_is_booked(self):
        assert sends(quoted(self.asked(), "o1-1", self.seen(quotes={"o1-1": {"a": ()}}))) == [
            (Verb.BOOK, "a")
        ]

    def test_answer_for_a_parcel_that_is_wanted_no_more_does_nothing(self):
        order_ = self.asked()
        gone = order_.with_consignment(replace(order_.consignments[0], stage=Parcel.CANCELLED))

        outcome = quoted(gone, "o1-1", self.seen())

        assert (outcome.reasons, outcome.effects) == ((), ())

    def test_parcel_that_is_being_quoted_is_not_repacked(self):
        two = Reserved(line_id="l1", sku="RED", quantity=2)
        waiting = consignment(1, carrier_connection_id="", lines=(two,))
        one = [[LineQuantity(line_id="l1", quantity=1)]]
        by_hand = shipped(order(), Stage.RELEASED, waiting)
        assert len(split(by_hand, one, frozenset()).order.consignments) == 2

        with pytest.raises(ValueError, match="no parcel that waits for its booking"):
            split(by_hand.with_consignment(replace(waiting, department_id="east")), one, frozenset())


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        (Department, {"department_id": "d", "name": "D", "offers": ()}, "no offers"),
        (
            Department,
            {"department_id": "d", "name": "D", "offers": (Offer(carrier="a"),), "most_grams": 0},
            "at least 1",
        ),
        (ShippingRule, {"name": "r"}, "chooses nothing"),
        (ShippingRule, {"name": "r", "carrier": "a", "least_worth": Decimal(1)}, "without a currency"),
    ],
)
def test_what_cannot_be_meant_is_refused(kind, fields, why):
    with pytest.raises(ValueError, match=why):
        kind(**fields)
