"""Each rule that a store may switch on: what it holds, what it lets pass, until when."""

from dataclasses import replace as changed
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.domain.audit import CHECKS, audit_step
from hub.domain.audit_contents import MOST_NAMED, says_something
from hub.domain.audit_facts import AuditFacts, PriceFloor
from hub.domain.audit_parameters import (
    OPTIONAL,
    AmountRange,
    Blacklisted,
    DailyWindow,
    DepositOnly,
    ItemCount,
    NotePresent,
    OutsideTerritories,
    PaymentDelay,
    PriceUnderFloor,
    QuietHours,
    RemoteArea,
    Review,
)
from hub.domain.audit_timing import end_of_pause
from hub.domain.changes import release
from hub.domain.order import Stage
from hub.domain.policies import StorePolicy
from mappings.canonical import PaymentStatus
from tests.hub.samples import NOW, address, line, order, replace, routed, sales, snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def audited(rule, given_sales=None, *, now=NOW, territories=(), **facts):
    """What the audit says where only this rule is on beside the standing ones."""
    shown = snapshot(policy=StorePolicy(rules=(rule,)), territories=territories)
    return audit_step(order(sales=given_sales or sales()), changed(shown, now=now, audit=AuditFacts(**facts)))


def held_by(rule, *given_sales, **shown):
    outcome = audited(rule, *given_sales, **shown)
    assert (outcome.order.stage is Stage.ON_HOLD) is bool(outcome.reasons)
    return [reason.code for reason in outcome.reasons]


def sentence(rule, *given_sales, **shown):
    (reason,) = audited(rule, *given_sales, **shown).reasons
    return reason.text


class TestPaymentDelay:
    RULE = PaymentDelay(minutes=30)

    def test_holds_until_the_minutes_are_over(self):
        paid = sales(paid_at=NOW - timedelta(minutes=29))
        (reason,) = audited(self.RULE, paid).reasons

        assert (reason.code, reason.until) == ("payment_delay", NOW + timedelta(minutes=1))
        assert reason.text == ("the store waits 30 minutes after payment, until 2026-03-02 08:01 (UTC)")

    def test_passes_from_that_minute_on(self):
        assert held_by(self.RULE, sales(paid_at=NOW - timedelta(minutes=30))) == []

    def test_counts_from_the_order_where_the_payment_has_no_time(self):
        assert held_by(self.RULE, sales(placed_at=NOW - timedelta(minutes=31))) == []
        assert held_by(self.RULE, sales(placed_at=NOW - timedelta(minutes=1))) == ["payment_delay"]

    def test_shows_the_stores_time(self):
        paid = sales(paid_at=NOW.astimezone(BERLIN))

        assert "until 2026-03-02 16:30 (Asia/Shanghai)" in sentence(
            self.RULE, paid, zones={"brand-store": SHANGHAI}
        )


class TestTimesOfTheDay:
    """NOW is 08:00 in UTC and 16:00 in Shanghai."""

    def test_daily_window_holds_until_it_opens(self):
        rule = DailyWindow(opens=time(9), closes=time(18))
        (reason,) = audited(rule).reasons

        assert (reason.code, reason.until) == ("daily_window", NOW + timedelta(hours=1))
        assert reason.text == (
            "the store approves orders from 09:00 to 18:00 only; again from 2026-03-02 09:00 (UTC)"
        )

    def test_daily_window_is_open_in_the_stores_own_time(self):
        rule = DailyWindow(opens=time(9), closes=time(18))

        assert held_by(rule, zones={"brand-store": SHANGHAI}) == []
        assert held_by(rule, zones={"another": SHANGHAI}) == ["daily_window"]

    def test_quiet_hours_hold_until_they_end(self):
        rule = QuietHours(begins=time(15), ends=time(17, 30))
        (reason,) = audited(rule, zones={"brand-store": SHANGHAI}).reasons

        assert reason.until == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        assert "now until 2026-03-02 17:30 (Asia/Shanghai)" in reason.text

    def test_quiet_hours_of_another_time_of_the_day_let_pass(self):
        assert held_by(QuietHours(begins=time(15), ends=time(17))) == []

    def test_hours_over_midnight_end_the_next_day_or_this(self):
        rule = QuietHours(begins=time(22), ends=time(7))
        evening, morning = NOW.replace(hour=22), NOW.replace(hour=6, minute=59)

        assert audited(rule, now=evening).reasons[0].until == datetime(2026, 3, 3, 7, tzinfo=UTC)
        assert audited(rule, now=morning).reasons[0].until == datetime(2026, 3, 2, 7, tzinfo=UTC)
        assert held_by(rule, now=NOW.replace(hour=7)) == []

    def test_hour_that_comes_twice_ends_at_its_second_coming_too(self):
        first, second = (datetime(2026, 10, 25, hour, 10, tzinfo=UTC) for hour in (0, 1))  # both 02:10

        for moment in (first, second):
            ends = end_of_pause(moment, BERLIN, time(2), time(2, 30))
            assert ends == moment.replace(minute=30)

    def test_end_that_is_left_out_comes_when_clocks_would_have_shown_it(self):
        before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30; at 02:00 it becomes 03:00

        assert end_of_pause(before, BERLIN, time(1), time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)

    @given(
        st.integers(0, 366 * 24 * 60 - 1).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        st.sampled_from([UTC, SHANGHAI, BERLIN, ZoneInfo("Australia/Lord_Howe")]),
        st.times(),
        st.times(),
    )
    def test_every_pause_ends_within_a_day_and_is_over_then(self, now, zone, begins, ends):
        until = end_of_pause(now, zone, begins, ends) if begins != ends else None
        if until is None:
            return
        assert now < until <= now + timedelta(hours=25)
        shown = until.astimezone(zone)
        was_left_out = shown.time() != ends
        assert was_left_out or end_of_pause(until, zone, begins, ends) is None


class TestItemCount:
    TWO_LINES = sales(line(quantity=2), line("l2", "BLUE", quantity=3))

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            (ItemCount(most_items=1), "the order has 2 items, at most 1 pass"),
            (ItemCount(most_units=4), "the order has 5 units, at most 4 pass"),
            (
                ItemCount(most_items=1, most_units=4),
                "the order has 2 items, at most 1 pass and 5 units, at most 4 pass",
            ),
        ],
    )
    def test_holds_what_is_more(self, rule, said):
        assert (held_by(rule, self.TWO_LINES), sentence(rule, self.TWO_LINES)) == (["item_count"], said)

    def test_lets_as_many_pass(self):
        assert held_by(ItemCount(most_items=2, most_units=5), self.TWO_LINES) == []

    def test_cancelled_units_do_not_count(self):
        given_sales = sales(line(quantity=9, quantity_cancelled=8), line("l2", "BLUE"))

        assert held_by(ItemCount(most_units=2), given_sales) == []


class TestAmountRange:
    @pytest.mark.parametrize(("total", "said"), [("9.99", "under 10"), ("20.01", "over 20")])
    def test_holds_what_is_outside(self, total, said):
        rule = AmountRange(currency="CNY", least=Decimal(10), most=Decimal(20))
        given_sales = sales(line(unit_price=Decimal(total)))

        assert held_by(rule, given_sales) == ["amount_range"]
        assert sentence(rule, given_sales) == f"the total {total} CNY is {said} CNY"

    @pytest.mark.parametrize("total", ["10", "20"])
    def test_lets_the_ends_pass(self, total):
        rule = AmountRange(currency="CNY", least=Decimal(10), most=Decimal(20))

        assert held_by(rule, sales(line(unit_price=Decimal(total)))) == []

    def test_holds_what_cannot_be_compared(self):
        assert "not in EUR" in sentence(AmountRange(currency="EUR", most=Decimal(20)))


class TestPriceFloor:
    RULE = PriceUnderFloor()
    FLOOR = PriceFloor(sku="RED", currency="CNY", amount=Decimal("10.01"))
    SALE = PriceFloor(
        sku="RED",
        currency="CNY",
        amount=Decimal(8),
        campaign="spring",
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW,
    )

    def held(self, *floors, rule=RULE, said=None):
        return held_by(rule, said or sales(), floors={"RED": floors})

    def test_holds_what_is_sold_for_less(self):
        assert self.held(self.FLOOR) == ["price_floor"]
        assert sentence(self.RULE, floors={"RED": [self.FLOOR]}) == (
            "sold under the brand's price floor: RED at 10.00 CNY, the floor is 10.01"
        )

    def test_lets_the_floor_itself_pass_and_skus_without_one(self):
        assert self.held(PriceFloor(sku="RED", currency="CNY", amount=Decimal(10))) == []
        assert held_by(self.RULE, floors={"BLUE": [self.FLOOR]}) == []
        assert self.held(PriceFloor(sku="RED", currency="EUR", amount=Decimal(99))) == []

    def test_discount_counts_per_unit_also_where_units_were_cancelled(self):
        said = sales(line(quantity=4, quantity_cancelled=2, discount=Decimal(2), total=Decimal(18)))

        assert "RED at 9.00 CNY" in sentence(self.RULE, said, floors={"RED": [self.FLOOR]})
        assert self.held(PriceFloor(sku="RED", currency="CNY", amount=Decimal(9)), said=said) == []

    def test_gifts_are_no_sale_but_units_for_nothing_are(self):
        gift = sales(line(unit_price=Decimal(0), is_gift=True))

        assert self.held(self.FLOOR, said=gift) == []
        assert self.held(self.FLOOR, said=sales(line(unit_price=Decimal(0)))) == ["price_floor"]

    def test_campaign_counts_in_its_time_only(self):
        assert self.held(self.FLOOR, self.SALE) == []
        for placed_at in (NOW - timedelta(minutes=61), NOW):
            assert self.held(self.FLOOR, self.SALE, said=sales(placed_at=placed_at)) == ["price_floor"]

    def test_campaign_may_raise_the_floor_and_the_lowest_of_several_counts(self):
        usual, dear = replace(self.FLOOR, amount=Decimal(1)), replace(self.SALE, amount=Decimal(20))

        assert self.held(usual, dear) == ["price_floor"]
        assert self.held(usual, dear, replace(self.SALE, campaign="other")) == []

    def test_tolerance_and_rounding_let_a_little_less_pass(self):
        assert self.held(self.FLOOR, rule=PriceUnderFloor(tolerance_percent=Decimal("0.1"))) == []
        assert self.held(self.FLOOR, said=sales(rounding=Decimal("0.01"))) == []

    def test_long_sentences_are_cut(self):
        lines = [line(f"l{number}") for number in range(MOST_NAMED + 2)]

        assert sentence(self.RULE, sales(*lines), floors={"RED": [self.FLOOR]}).endswith("; and 2 more")


class TestOutsideTerritories:
    def test_holds_where_nobody_serves(self):
        said = sales(ship_to=address(country="DE"))

        assert held_by(OutsideTerritories(), said) == ["outside_territories"]

    def test_without_an_address_another_rule_holds(self):
        assert held_by(OutsideTerritories(), sales(ship_to=None)) == ["no_address"]


class TestRemoteArea:
    @pytest.mark.parametrize(
        "rule",
        [
            RemoteArea(divisions="CN/上海"),
            RemoteArea(divisions="CN/新疆, CN/上海/上海/静安"),
            RemoteArea(divisions="CN/SH"),
            RemoteArea(postal_prefixes="CN:83,CN:2000"),
        ],
    )
    def test_holds_what_lies_there(self, rule):
        said = sales(ship_to=address(province_code="SH"))

        assert held_by(rule, said) == ["remote_area"]
        assert "remote area CN" in sentence(rule, said)

    @pytest.mark.parametrize(
        "rule",
        [
            RemoteArea(divisions="CN/新疆"),
            RemoteArea(divisions="CN/上海/北京"),
            RemoteArea(divisions="US/上海"),
            RemoteArea(divisions="CN/上海市中心"),
            RemoteArea(postal_prefixes="CN:2001"),
            RemoteArea(postal_prefixes="US:2000"),
        ],
    )
    def test_lets_other_places_pass(self, rule):
        assert held_by(rule) == []

    def test_blanks_in_postal_codes_do_not_matter(self):
        said = sales(ship_to=address(country="GB", postal_code="ze2 9xx"))

        assert held_by(RemoteArea(postal_prefixes="GB:ZE29"), said) == ["remote_area"]

    def test_without_an_address_another_rule_holds(self):
        assert held_by(RemoteArea(divisions="CN/上海"), sales(ship_to=None)) == ["no_address"]


class TestNote:
    RULE = NotePresent(ignored="谢谢, thank you,尽快发货")

    @pytest.mark.parametrize(
        ("said", "who"),
        [
            ({"note": "请送到后门"}, "there is a note of the buyer"),
            ({"seller_note": "VIP"}, "there is a note of the seller"),
            ({"note": "!1", "seller_note": "👍"}, "there is a note of the buyer and of the seller"),
        ],
    )
    def test_holds_and_never_repeats_the_words(self, said, who):
        assert (held_by(self.RULE, sales(**said)), sentence(self.RULE, sales(**said))) == (["note"], who)

    @pytest.mark.parametrize("text", ["", " …。!", "谢谢", "Thank YOU!", "尽快发货,谢谢谢谢"])
    def test_lets_nothing_and_ignored_words_pass(self, text):
        assert held_by(self.RULE, sales(note=text, seller_note=text)) == []

    def test_looks_only_where_the_store_says(self):
        assert held_by(NotePresent(buyer=False), sales(note="ring twice")) == []
        assert held_by(NotePresent(seller=False), sales(seller_note="VIP")) == []

    def test_longer_words_are_taken_out_before_those_in_them(self):
        assert not says_something("thank you", ["you", "thank you"])


class TestBlacklist:
    @pytest.mark.parametrize(
        ("found", "said"),
        [
            ({"telephone"}, "the telephone is on the blacklist"),
            ({"address", "buyer"}, "the buyer and the address are on the blacklist"),
        ],
    )
    def test_holds_and_names_the_kind_only(self, found, said):
        listed = {"o1": frozenset(found)}

        assert held_by(Blacklisted(), blacklisted=listed) == ["blacklist"]
        assert sentence(Blacklisted(), blacklisted=listed) == said

    def test_lets_others_pass_and_kinds_that_the_store_ignores(self):
        assert held_by(Blacklisted(), blacklisted={"o2": frozenset({"buyer"})}) == []
        assert held_by(Blacklisted(buyer=False), blacklisted={"o1": frozenset({"buyer"})}) == []


class TestDeposit:
    def test_holds_what_is_paid_in_part_also_where_the_rest_is_collected(self):
        said = sales(
            payment_status=PaymentStatus.PARTIALLY_PAID,
            cash_on_delivery=True,
            pay_by=NOW + timedelta(days=2),
        )

        assert held_by(DepositOnly(), said) == ["deposit"]
        assert sentence(DepositOnly(), said).endswith("the rest is open, due by 2026-03-04 08:00 UTC")

    def test_lets_the_whole_payment_pass(self):
        assert held_by(DepositOnly()) == []


class TestReview:
    def test_one_stage_after_the_other_looks_at_it(self):
        shown = snapshot(policy=StorePolicy(rules=(Review(),)))
        held = routed(order(), shown)
        assert [each.code for each in held.reasons] == ["review_service"]
        held = routed(release(held, "fine", ["review_service"]).order, shown)
        assert [each.text for each in held.reasons] == ["finance has to look at it (2 of 2)"]
        with pytest.raises(ValueError, match="is not held for review_service, but for review_finance"):
            release(held, "I come late", ["review_service"])
        assert routed(release(held, "fine").order, shown).stage is Stage.RELEASED

    def test_a_stage_does_not_overrule_what_it_was_not_asked_about(self):
        shown = snapshot(policy=StorePolicy(rules=(Review(),)))
        held = routed(order(sales=sales(payment_status=PaymentStatus.PENDING)), shown)
        after = routed(release(held, "fine", ["review_service"]).order, shown)
        assert [each.code for each in after.reasons] == ["unpaid", "review_finance"]

    def test_small_orders_pass(self):
        rule = Review(currency="CNY", least="10.01")
        assert held_by(rule) == []
        assert held_by(rule, sales(line(quantity=2))) == ["review_service"]
        assert held_by(rule, sales(currency="EUR")) == ["review_service"]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"least": 5}, "give both or none"),
            ({"stages": "finance,finance"}, "name each once"),
            ({"stages": ""}, "at least 1 item"),
        ],
    )
    def test_makes_no_sense_otherwise(self, given, said):
        with pytest.raises(ValidationError, match=said):
            Review(**given)


class TestPolicy:
    def test_no_rule_is_on_by_default(self):
        assert StorePolicy().rules == ()
        assert StorePolicy.model_validate_json("{}").rules == ()

    def test_rules_survive_storing_and_stand_in_the_order_of_the_catalogue(self):
        policy = StorePolicy(rules=(NotePresent(ignored="x,y"), PaymentDelay(minutes=1)))
        policy = policy.with_rule(QuietHours(begins=time(22), ends=time(7)))

        assert [each.rule for each in policy.rules] == ["payment_delay", "quiet_hours", "note"]
        assert StorePolicy.model_validate_json(policy.model_dump_json()) == policy

    def test_changed_rule_replaces_the_former(self):
        policy = StorePolicy().with_rule(PaymentDelay(minutes=1)).with_rule(PaymentDelay(minutes=2))

        assert policy.rules == (PaymentDelay(minutes=2),)
        assert policy.without_rule("payment_delay") == StorePolicy()

    def test_same_rule_twice_is_refused(self):
        with pytest.raises(ValidationError, match="a rule stands there twice"):
            StorePolicy(rules=(PaymentDelay(minutes=1), PaymentDelay(minutes=2)))

    @pytest.mark.parametrize("model", OPTIONAL.values())
    def test_every_parameter_can_become_a_form(self, model):
        schema = model.model_json_schema()

        assert schema["title"] and schema["zh"] and schema["description"]
        for name, field in schema["properties"].items():
            if name != "rule":
                assert field["title"].isascii() and field["description"], name
                assert any("\u4e00" <= each <= "\u9fff" for each in field["zh"]), name

    def test_every_optional_rule_has_parameters_and_a_check(self):
        assert list(CHECKS) == list(OPTIONAL)
