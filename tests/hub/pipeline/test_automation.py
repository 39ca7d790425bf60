"""Automation rules on real rows: what they put on orders, at which cost, and what a try leaves behind."""

from hub.domain.automation_rules import AutomationRule
from hub.domain.snapshot import LiveRule
from hub.pipeline.resume import reaudit
from hub.pipeline.trying import try_page
from hub.pipeline.whatif import endless, open_side, present_rules
from hub.storage import automation
from mappings.canonical import Buyer
from tests.hub.samples import line, sales

TAG = AutomationRule(name="red", conditions={"skus": ["RED"]}, tags=("rush", "red"))
HOLD = AutomationRule(name="stop", hold={"why": "look at it"})


def add(house, rule, *, enabled=True):
    house.run(lambda uow: automation.save(uow, rule, "li", house.now))
    house.run(lambda uow: automation.switch(uow, rule.name, enabled, "li", house.now))


def several(number, prefix="o", sku="RED"):
    return [
        sales(line(sku=sku), external_id=f"{prefix}{each}", buyer=Buyer(reference=f"{prefix}{each}"))
        for each in range(number)
    ]


def tagged(house):
    return house.rows("SELECT tag, actor FROM order_tags ORDER BY tag, order_id")


def test_tags_of_a_rule_are_put_with_its_name_and_explained(house):
    add(house, TAG)

    house.take(*several(1), *several(1, "b", "BLUE"))

    assert tagged(house) == [("red", "automation:red"), ("rush", "automation:red")]
    assert "rule red, version 1" in house.value("SELECT max(reasons) FROM decisions WHERE step = 'audit'")


def test_rule_that_is_off_does_nothing(house):
    add(house, TAG, enabled=False)

    house.take(*several(1))

    assert tagged(house) == []


def test_hold_of_a_rule_ends_when_it_is_switched_off(house):
    add(house, HOLD)
    house.take(*several(1))
    assert house.stages() == {"o0": "on_hold"}

    add(house, HOLD, enabled=False)
    house.run(lambda uow: reaudit(house.books, uow, "", house.now))

    assert house.stages() == {"o0": "released"}


def test_changed_rule_gets_the_next_version_and_is_off(house):
    add(house, TAG)
    same = house.run(lambda uow: automation.save(uow, TAG, "li", house.now) or automation.rules(uow))
    assert [(each.version, each.is_enabled) for each in same] == [(1, True)]

    other = TAG.model_copy(update={"tags": ("other",)})
    found = house.run(lambda uow: automation.save(uow, other, "li", house.now) or automation.rules(uow))

    assert [(each.version, each.is_enabled, each.rule.tags) for each in found] == [(2, False, ("other",))]


def test_statements_do_not_grow_with_the_orders_that_a_rule_fires_on(house, count_statements):
    add(house, TAG)
    add(house, AutomationRule(name="also", tags=("third", "red")))

    def cost(*said):
        house.receive(*said)
        count_statements()
        house.work()
        return count_statements()

    cost(*several(1, "warm"))
    assert cost(*several(2, "a")) == cost(*several(5, "b"))


def test_try_finds_the_orders_and_changes_nothing(house):
    house.take(*several(3), *several(2, "b", "BLUE"))
    tables = ("orders", "decisions", "order_tags", "stock")
    before = [house.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables]
    live = LiveRule(rule=TAG, version=1)

    def work(uow):
        side = open_side(house.books, uow, present_rules(uow), endless, house.now)
        return try_page(house.books, uow, side, live, (0, ""))

    found, following = house.run(work)

    assert sorted(each.order.sales.external_id for each in found if each.did) == ["o0", "o1", "o2"]
    assert following is None
    assert [house.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables] == before
