"""Who is asked to send an order, who is not and why, and who first."""

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.allocation import allocate_step
from hub.domain.freight import FreightTemplate, FreightZone
from hub.domain.order import Stage
from hub.domain.policies import RankBy, StorePolicy
from hub.domain.reach import Reach, reach
from hub.domain.sourcing.distance import division_key, kilometres
from hub.domain.sourcing.hours import LOOK_AHEAD, Hours
from hub.domain.sourcing.load import Load, LoadBook
from hub.domain.sourcing.ranks import RANKERS, View, ranked
from hub.domain.territories import Wgs84
from tests.hub.samples import NOW, address, line, location, order, replace, snapshot

SHANGHAI = Hours(time_zone="Asia/Shanghai", cut_off=time(16))
"""`NOW` is Monday, 16:00 there."""


def asked(*places, policy=None, loads=(), stock=None, now=NOW, **more):
    """Outcome of one order of one RED, which every place has."""
    shown = snapshot(
        {("RED", each.location_id): 9 for each in places} if stock is None else stock,
        locations=places,
        policy=policy,
    )
    shown = dataclasses.replace(shown, loads=LoadBook(loads), now=now)
    ready = order(stage=Stage.APPROVED, skus={"l1": "RED"}, **more)
    return allocate_step(ready, shown), shown


def sender(outcome):
    return [each.location_id for each in outcome[0].order.consignments]


def why_not(outcome):
    return [each.text for each in outcome[0].reasons if each.code == "not_asked"]


class TestHours:
    def test_cut_off_ends_the_day_in_its_own_zone(self):
        last = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        assert next(SHANGHAI.dispatches(last)) == (date(2026, 3, 2), last)
        after = last + timedelta(seconds=1)
        assert next(SHANGHAI.dispatches(after)) == (date(2026, 3, 3), last + timedelta(days=1))

    def test_closed_weekdays_and_holidays_are_left_out(self):
        hours = Hours(weekdays=(1, 5), holidays=(date(2026, 3, 2),))
        assert [day for day, _ in hours.dispatches(NOW)][:2] == [date(2026, 3, 6), date(2026, 3, 9)]

    def test_the_day_of_a_place_far_east_has_begun_already(self):
        late = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
        assert next(SHANGHAI.dispatches(late))[0] == date(2026, 3, 3)

    @given(
        st.timedeltas(timedelta(0), timedelta(days=400)).map(NOW.__add__),
        st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Auckland"]),
        st.sets(st.integers(1, 7), min_size=1),
        st.times(),
    )
    def test_dispatches_come_in_order_none_before_now_and_none_is_skipped(self, now, zone, days, cut_off):
        hours = Hours(time_zone=zone, weekdays=tuple(days), cut_off=cut_off)
        found = list(hours.dispatches(now))
        assert found == sorted(found)
        assert all(at >= now and day.isoweekday() in days for day, at in found)
        assert found[0][1] - now <= timedelta(days=8)


class TestFilters:
    def test_each_place_that_was_not_asked_is_named_with_its_filter(self):
        outcome = asked(
            location("shut", is_active=False),
            location("west", serves=(reach("CN/四川"),)),
            location("sulks"),
            location("bare"),
            location("wh"),
            stock={("RED", each): 3 for each in ("shut", "west", "sulks", "wh")} | {("RED", "bare"): 0},
            refused_by=("sulks",),
        )
        assert sender(outcome) == ["wh"]
        assert why_not(outcome) == [
            "not asked: Shut (not active); Bare (out of stock); West (does not send there);"
            " Sulks (refused it)"
        ]

    def test_many_are_counted(self):
        closed = [location(f"x{number}", is_active=False) for number in range(7)]
        assert why_not(asked(*closed, location("wh"))) == [
            "not asked: X0, X1, X2, X3, X4 and 2 more (not active)"
        ]

    def test_area_is_served_by_name_or_code_and_by_postal_prefix(self):
        for area in ("CN/上海", "CN/310000", "CN:200", "*"):
            assert sender(asked(location(serves=(reach(area),)))) == ["wh"]
        assert sender(asked(location(serves=(reach("CN:201"), Reach(country="US"))))) == []

    def test_two_districts_of_one_city_are_told_apart_in_one_batch(self):
        places = (location("east", serves=(reach("CN/上海/上海市/浦东新区"),)), location("other"))
        outcome = asked(*places)
        assert sender(outcome) == ["other"]
        there = order(
            sales=replace(order().sales, ship_to=address(district="浦东新区")),
            stage=Stage.APPROVED,
            skus={"l1": "RED"},
        )
        assert allocate_step(there, outcome[1]).order.consignments[0].location_id == "east"

    def test_shortage_says_which_place_has_it_but_does_not_send_there(self):
        outcome = asked(location(serves=(reach("US"),)))
        assert outcome[0].order.stage is Stage.BACKORDERED
        assert why_not(outcome) == ["not asked: Wh (does not send there)"]

    @pytest.mark.parametrize("limit", ["most_orders", "most_parcels"])
    def test_full_place_is_asked_last_and_sends_on_its_next_day_with_room(self, limit):
        full = Load(location_id="full", day=date(2026, 3, 2), orders=5, parcels=5)
        places = (location("full", **{limit: 5}), location("spare"))
        assert sender(asked(*places, loads=[full])) == ["spare"]
        assert why_not(asked(*places, loads=[full])) == ["not asked: Full (full on its next day)"]
        outcome = asked(places[0], loads=[full])
        assert [(each.location_id, each.dispatch_on) for each in outcome[0].order.consignments] == [
            ("full", date(2026, 3, 3))
        ]

    def test_orders_of_one_batch_fill_the_day(self):
        outcome, shown = asked(location("small", most_orders=2), location("zz-spare"))
        more = [
            allocate_step(order(line(), stage=Stage.APPROVED, skus={"l1": "RED"}), shown) for _ in range(2)
        ]
        senders = [each.order.consignments[0].location_id for each in (outcome, *more)]
        assert senders == ["small", "small", "zz-spare"]

    def test_place_that_leaves_after_the_deadline_is_asked_last(self):
        due = NOW + timedelta(hours=3)
        places = (location("a-late", hours=replace(SHANGHAI, cut_off=time(15))), location("intime"))
        outcome = asked(*places, due_at=due)
        assert sender(outcome) == ["intime"]
        assert why_not(outcome) == ["not asked: A-Late (leaves after the deadline)"]
        assert sender(asked(places[0], due_at=due)) == ["a-late"]

    def test_place_that_is_closed_for_long_is_asked_last(self):
        days = tuple(NOW.date() + timedelta(days=ahead) for ahead in range(LOOK_AHEAD + 1))
        shut = location("a-shut", hours=Hours(holidays=days))
        assert sender(asked(shut, location("open"))) == ["open"]
        (alone,) = asked(shut)[0].order.consignments
        assert (alone.location_id, alone.dispatch_on) == ("a-shut", None)


def freight(amount):
    zone = FreightZone(areas=(Reach(country="CN"),), first_grams=5000, first_price=Decimal(amount))
    return FreightTemplate(name="t", currency="CNY", zones=(zone,))


class TestRanks:
    def first(self, by, *places, **more):
        return sender(asked(*places, policy=StorePolicy(rank_by=by), **more))[0]

    def test_every_word_of_the_policy_has_a_ranker(self):
        assert set(RANKERS) == set(RankBy)

    def test_cheapest_freight_first_and_unknown_freight_last(self):
        far = address(province="广东", city="广州市")
        cheap = location("z-cheap", freight=freight("5"), address=far)
        dear, unknown = location("b-dear", freight=freight("9")), location("a-unknown")
        assert self.first((RankBy.FREIGHT,), unknown, dear, cheap) == "z-cheap"
        assert self.first((RankBy.FREIGHT,), unknown, dear) == "b-dear"
        assert self.first((RankBy.DIVISION, RankBy.FREIGHT), dear, cheap) == "b-dear"

    def test_nearest_by_coordinates_and_unknown_places_last(self):
        cities = {"guangzhou": "广州市", "wuhan": "武汉市", "suzhou": "苏州市", "a-nowhere": "某市"}
        places = [location(key, address=address(province="", city=city)) for key, city in cities.items()]
        middles = {
            division_key("CN", "上海"): Wgs84(121.47, 31.23),
            division_key("CN", "", "苏州市"): Wgs84(120.58, 31.30),
            division_key("CN", "", "武汉市"): Wgs84(114.30, 30.59),
            division_key("CN", "", "广州市"): Wgs84(113.26, 23.13),
        }
        shown = dataclasses.replace(snapshot({}, locations=places), points=middles)
        view = View(first="", address=address(province="上海", city="上海市"), snapshot=shown)
        found = [each.location_id for each in ranked(view, (RankBy.DISTANCE,)).locations]
        assert found == ["suzhou", "wuhan", "guangzhou", "a-nowhere"]

    def test_kilometres_are_those_of_the_globe(self):
        assert kilometres(Wgs84(121.47, 31.23), Wgs84(116.41, 39.90)) == pytest.approx(1068, abs=10)
        assert kilometres(Wgs84(179.9, 0), Wgs84(-179.9, 0)) == 22

    def test_least_loaded_first_order_by_order(self):
        policy = StorePolicy(rank_by=(RankBy.LOAD,))
        outcome, shown = asked(location("a", most_orders=10), location("b", most_orders=10), policy=policy)
        more = [allocate_step(order(stage=Stage.APPROVED, skus={"l1": "RED"}), shown) for _ in range(3)]
        assert [each.order.consignments[0].location_id for each in (outcome, *more)] == ["a", "b", "a", "b"]

    def test_next_dispatch_first(self):
        tomorrow = location("a-tomorrow", hours=replace(SHANGHAI, cut_off=time(15)))
        today = location("b-today", hours=SHANGHAI)
        assert self.first((RankBy.DISPATCH,), tomorrow, today) == "b-today"
