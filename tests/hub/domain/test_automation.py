"""Rules of the brand's own: for which orders they fire, in which order, and what the decision says then."""

from dataclasses import replace as changed
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from hub.domain.automation_rules import AutomationRule
from hub.domain.changes import release
from hub.domain.effects import PutTag
from hub.domain.order import Stage
from hub.domain.route import advance
from hub.domain.snapshot import LiveRule
from tests.hub.samples import NOW, address, line, order, sales, snapshot

HOLD = {"why": "call first", "owner": "service"}


def rule(name="r", **said):
    if not said.keys() & {"tags", "hold"}:
        said["tags"] = ("t",)
    return AutomationRule(name=name, **said)


def shown(*rules, **more):
    live = tuple(LiveRule(rule=each, version=3) for each in rules)
    return changed(snapshot(**more), automation=live)


def tags(*rules, said=None, **more):
    _, outcomes = advance(order(sales=said or sales()), shown(*rules, **more))
    effects = (effect for outcome in outcomes for effect in outcome.effects)
    return [effect.tag for effect in effects if isinstance(effect, PutTag)]


@pytest.mark.parametrize(
    ("conditions", "other"),
    [
        ({"countries": ["CN", "DE"]}, {"ship_to": address(country="FR")}),
        ({"provinces": ["上海"]}, {"ship_to": address(province="北京")}),
        ({"skus": ["RED"]}, {"lines": (line(sku="BLUE"),)}),
        ({"least_units": 2}, {"lines": (line(total=Decimal(20)),)}),
        ({"least_total": 20, "currency": "CNY"}, {"total": Decimal("19.99")}),
        ({"least_total": 20, "currency": "CNY"}, {"currency": "EUR"}),
        ({"note_has": "GIFT"}, {"note": "none"}),
        ({"cash_on_delivery": False}, {"cash_on_delivery": True}),
    ],
)
def test_each_condition_tells_orders_apart(conditions, other):
    fits = {"note": "a gift, please"}
    chosen = rule(conditions=conditions)

    assert tags(chosen, said=sales(line(quantity=2), **fits)) == ["t"]
    assert tags(chosen, said=sales(line(quantity=2), **(fits | other))) == []


def test_all_conditions_must_hold():
    both = rule(conditions={"countries": ["CN"], "least_units": 5})

    assert tags(both) == []
    assert tags(rule()) == ["t"]


def test_rule_fires_in_its_stores_only():
    assert tags(rule(stores=("brand-store",))) == ["t"]
    assert tags(rule(stores=("other",))) == []


@pytest.mark.parametrize(
    ("when", "stock", "said", "fires"),
    [
        ("approved", 9, sales(), True),
        ("released", 9, sales(), True),
        ("backordered", 0, sales(), True),
        ("backordered", 9, sales(), False),
        ("on_hold", 9, sales(total=Decimal(1)), True),
        ("arrived", 9, sales(total=Decimal(1)), True),
        ("approved", 9, sales(total=Decimal(1)), False),
        ("arrived", 9, sales(cancelled_at=NOW), False),
    ],
)
def test_rule_fires_at_its_stage_only(when, stock, said, fires):
    assert tags(rule(when=when), said=said, stock={("RED", "wh"): stock}) == (["t"] if fires else [])


def test_rules_fire_in_their_order_and_the_decision_names_rule_and_version():
    _, (audit, *_) = advance(order(), shown(rule("first", tags=("a",)), rule("second", tags=("b",))))

    assert [reason.code for reason in audit.reasons] == ["automation_first", "automation_second"]
    assert audit.reasons[0].text == "tagged a (rule first, version 3)"


def test_hold_is_a_reason_of_the_audit_among_the_others():
    held, _ = advance(order(sales=sales(total=Decimal(1))), shown(rule(hold=HOLD)))

    assert [reason.code for reason in held.reasons] == ["total", "automation_r"]
    assert held.reasons[1].text == "call first, for service (rule r, version 3)"


def test_hold_ends_by_itself_so_long_after_the_order_was_placed():
    given, brief, long = order(), rule(hold=HOLD | {"hours": 1}), rule(hold=HOLD | {"hours": 2})

    held, _ = advance(given, shown(long))

    assert held.reasons[0].until == given.sales.placed_at + timedelta(hours=2)
    assert advance(given, shown(brief))[0].stage is Stage.RELEASED


def test_person_lets_a_hold_of_a_rule_pass():
    held, _ = advance(order(), shown(rule(hold=HOLD)))

    freed = release(held, "called", ["automation_r"]).order

    assert advance(freed, shown(rule(hold=HOLD)))[0].stage is Stage.RELEASED


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"tags": ()}, "does nothing"),
        ({"hold": HOLD, "when": "released"}, "only a rule with when = 'arrived' can hold"),
        ({"conditions": {"least_total": 5}}, "least_total and currency are given together"),
        ({"conditions": {"currency": "EUR"}}, "least_total and currency are given together"),
        ({"tags": ("x*",)}, "no \\* at the end"),
        ({"conditions": {"color": "red"}}, "color"),
        ({"name": "Not A Slug"}, "name"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(said, why):
    with pytest.raises(ValidationError, match=why):
        rule(**{"name": "r", **said})
