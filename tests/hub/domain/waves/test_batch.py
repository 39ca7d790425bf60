"""Orders become a problem, its plan becomes locations of lines, and both can be stored."""

import dataclasses
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.allocation import allocate_step
from hub.domain.freight import FreightTemplate, FreightZone
from hub.domain.order import Stage
from hub.domain.policies import AllocateWhen, StorePolicy
from hub.domain.reach import Reach, reach
from hub.domain.snapshot import WavePlan
from hub.domain.territories import Territory
from hub.domain.waves import NEVER, UNSERVED
from hub.domain.waves.batch import ASKED_LAST, OTHER_STORE, REMOTE, SHIPMENT, UNSERVED_LINE, batch
from hub.domain.waves.stored import packed, unpacked
from tests.hub.domain.waves.tiny import drawn
from tests.hub.samples import address, line, location, order, replace, snapshot

IN_WAVES = StorePolicy(allocate_when=AllocateWhen.IN_WAVES)
HERE, FAR = location("here"), location("far", address=address(province="广东", city="广州市"))


def waiting(number=1, *lines, **more):
    lines = lines or (line(),)
    given = order(*lines, order_id=f"o{number}", stage=Stage.APPROVED, **more)
    return replace(given, skus={each.line_id: each.sku for each in lines})


def asked(*orders, stock=None, places=(HERE, FAR), weights=None, **more):
    stock = stock or {(sku, each.location_id): 5 for sku in ("RED", "BLUE") for each in places}
    return batch(orders, snapshot(stock, locations=places, **more), weights or {})


def fees(*places, **more):
    """Of one order, by location."""
    found = asked(waiting(), places=places, **more)
    return dict(zip(found.locations, found.problem.fee[0].tolist(), strict=True))


class TestProblem:
    def test_lines_stock_and_penalty_come_from_the_snapshot(self):
        found = asked(
            waiting(1, line("a", "RED", 2), line("b", "BLUE")),
            waiting(2, line("a", "RED")),
            stock={("RED", "here"): 3, ("BLUE", "far"): 1},
        )
        assert found.lines == [("o1", "a"), ("o1", "b"), ("o2", "a")]
        assert found.locations == ["here", "far"]
        assert found.problem.order.tolist() == [0, 0, 1]
        assert found.problem.quantity.tolist() == [2, 1, 1]
        assert found.problem.stock[found.problem.sku].tolist() == [[3, 0], [0, 1], [3, 0]]
        assert set(found.problem.penalty.tolist()) == {UNSERVED_LINE}

    def test_distance_costs_where_no_template_is_known(self):
        assert fees(HERE, FAR) == {"here": SHIPMENT, "far": SHIPMENT + 2 * REMOTE + 1}

    def test_freight_is_that_of_the_whole_order_in_minor_units(self):
        zone = FreightZone(
            areas=(Reach(country="CN"),),
            first_grams=1000,
            first_price=Decimal("8.50"),
            step_grams=500,
            step_price=Decimal("2.25"),
        )
        template = FreightTemplate(name="t", currency="CNY", zones=(zone,))
        place = location("here", freight=template)
        assert fees(place, weights={"RED": 400}) == {"here": 850}
        heavy = asked(waiting(1, line("a", "RED", 5)), places=(place,), weights={"RED": 400})
        assert heavy.problem.fee.tolist() == [[1300]]
        assert fees(place) == {"here": 850}

    def test_rooms_of_other_stores_cost_more_in_a_territory(self):
        room = location("room", store_id="brand-store")
        territory = Territory(territory_id="t", store_id="brand-store", country="CN")
        assert fees(HERE, room, territories=[territory]) == {
            "room": SHIPMENT,
            "here": SHIPMENT + 1 + OTHER_STORE,
        }

    def test_filters_forbid_or_make_dear(self):
        closed, elsewhere = location("closed", is_active=False), location("us", serves=(reach("US"),))
        full = location("full", most_orders=0)
        assert fees(closed, elsewhere, full) == {
            "closed": NEVER,
            "us": NEVER,
            "full": SHIPMENT + ASKED_LAST,
        }
        refused = asked(waiting(refused_by=("here",)), waiting(2))
        assert (refused.problem.fee == NEVER).tolist() == [[True, False], [False, False]]

    def test_orders_that_need_one_parcel_or_nothing_are_left_out(self):
        whole = waiting(1)
        whole = replace(whole, sales=replace(whole.sales, one_parcel=True))
        found = asked(whole, replace(waiting(2), skus={}))
        assert (found.lines, found.problem.orders) == ([], 0)

    def test_order_of_which_a_line_is_left_has_no_plan(self):
        found = asked(waiting(1, line("a"), line("b", "BLUE")), waiting(2, line("a")))
        assert found.plan([0, UNSERVED, 1]) == {"o1": {}, "o2": {"a": "far"}}


class TestApplying:
    def outcome(self, plan, *, stock=None, places=(HERE, FAR), **more):
        shown = snapshot(
            stock or {("RED", "here"): 5, ("BLUE", "far"): 5, ("RED", "far"): 5, ("BLUE", "here"): 5},
            locations=places,
            policy=IN_WAVES,
        )
        if plan is not None:
            shown = dataclasses.replace(shown, wave=WavePlan(wave_id="w", orders={"o1": plan}))
        return allocate_step(waiting(1, line("a", "RED", 2), line("b", "BLUE"), **more), shown)

    def senders(self, outcome):
        return {part.line_id: each.location_id for each in outcome.order.consignments for part in each.lines}

    def told(self, outcome):
        return [each.text for each in outcome.reasons if "wave" in each.text]

    def test_order_waits_until_its_wave_comes(self):
        outcome = self.outcome(None)
        assert (outcome.order.stage, outcome.effects) == (Stage.APPROVED, ())
        assert self.told(outcome) == ["waits for the store's next wave"]

    def test_plan_is_followed_even_where_one_place_could_send_everything(self):
        outcome = self.outcome({"a": "far", "b": "here"})
        assert self.senders(outcome) == {"a": "far", "b": "here"}
        assert self.told(outcome) == ["as wave w planned"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"stock": {("RED", "far"): 1, ("RED", "here"): 5, ("BLUE", "here"): 5}},
            {"refused_by": ("far",)},
            {"places": (HERE, replace(FAR, is_active=False))},
        ],
    )
    def test_order_whose_units_or_place_went_away_is_allocated_alone(self, changes):
        outcome = self.outcome({"a": "far", "b": "here"}, **changes)
        assert self.senders(outcome) == {"a": "here", "b": "here"}
        assert self.told(outcome) == [
            "allocated alone after wave w: units or a location of its plan went away"
        ]

    def test_two_lines_of_one_sku_are_held_against_its_units_together(self):
        given = waiting(1, line("a", "RED", 3), line("b", "RED", 3))
        shown = snapshot({("RED", "here"): 5, ("RED", "far"): 5}, locations=(HERE, FAR))
        plan = WavePlan(wave_id="w", orders={"o1": {"a": "here", "b": "here"}})
        shown = dataclasses.replace(shown, wave=plan)
        assert len(allocate_step(given, shown).order.consignments) == 2

    def test_order_without_a_whole_plan_is_allocated_alone(self):
        outcome = self.outcome({})
        assert self.senders(outcome) == {"a": "here", "b": "here"}
        assert self.told(outcome) == ["allocated alone after wave w: it had no whole plan"]


@given(st.integers(0, 1000))
def test_stored_problem_is_the_same_problem(seed):
    problem = drawn(seed)
    again = unpacked(packed(problem))
    assert again.digest == problem.digest
    assert again.fee.dtype == problem.fee.dtype == np.int32
