"""The route without effects: an order as it came, judged when it was placed, waiting where a hold ends."""

from datetime import timedelta

from hub.domain.audit_parameters import ItemCount, PaymentDelay
from hub.domain.order import Parcel, Stage
from hub.domain.policies import StorePolicy
from hub.domain.stock import EndlessStock
from hub.domain.whatif import DISTANCES, Fate, Tally, as_it_came, judge
from mappings.canonical import PaymentStatus
from tests.hub.samples import (
    NOW,
    address,
    consignment,
    line,
    location,
    order,
    replace,
    sales,
    shipped,
    snapshot,
)

FAR = address(country="DE", province="", city="Köln", district="")


def judged(said=None, **shown):
    return judge(as_it_came(order(sales=said or sales())), snapshot(**shown))


def test_order_is_taken_as_it_came():
    said = sales(line(quantity=2, quantity_fulfilled=2, refund_requested=True))
    said = replace(said, payment_status=PaymentStatus.REFUNDED)
    past = shipped(order(sales=said, waived=("note",)), Stage.CLOSED, consignment(stage=Parcel.DELIVERED))

    came = as_it_came(past)

    assert (came.stage, came.consignments, came.units_to_ship()) == (Stage.RECEIVED, (), {"l1": 2})
    assert came.sales.payment_status is PaymentStatus.PAID
    assert (came.waived, came.sales.lines[0].refund_requested) == (("note",), False)


def test_who_cancelled_ships_nothing_in_a_replay_either():
    said = sales(cancelled_at=NOW, payment_status=PaymentStatus.REFUNDED)

    assert judged(said).stage is Stage.CANCELLED


def test_fate_says_from_where_and_how_far():
    fate = judged(sales(line(quantity=3)), locations=[location(address=FAR)])

    assert (fate.stage, fate.sources) == (Stage.RELEASED, (("wh", 3),))
    assert [DISTANCES[each] for each in fate.distances] == ["abroad"]
    assert fate.where == "3 wh"


def test_order_is_judged_when_it_was_placed_and_waits_for_a_hold_that_ends():
    said = replace(sales(), paid_at=sales().placed_at)

    fate = judged(said, policy=StorePolicy(rules=(PaymentDelay(minutes=30),)))

    assert (fate.stage, fate.waited_for, fate.held_by) == (Stage.RELEASED, ("payment_delay",), ())
    assert fate.decided_at == said.placed_at + timedelta(minutes=30)


def test_order_that_waits_past_its_deadline_is_late():
    said = replace(sales(), paid_at=sales().placed_at, ship_by=sales().placed_at + timedelta(minutes=10))

    assert judged(said, policy=StorePolicy(rules=(PaymentDelay(minutes=30),))).is_late
    assert not judged(said).is_late


def test_order_that_also_waits_for_a_person_is_held():
    said = replace(sales(line(quantity=9)), paid_at=sales().placed_at)
    rules = (PaymentDelay(minutes=30), ItemCount(most_units=5))

    fate = judged(said, policy=StorePolicy(rules=rules))

    assert (fate.stage, fate.held_by) == (Stage.ON_HOLD, ("payment_delay", "item_count"))
    assert fate.where == "on_hold: payment_delay, item_count"


def test_stock_is_used_up_and_a_back_order_stays_one():
    shown = snapshot({("RED", "wh"): 3})
    first, second = (order(sales(line(quantity=2)).lines[0], order_id=name) for name in ("a", "b"))

    assert judge(as_it_came(first), shown).stage is Stage.RELEASED
    assert judge(as_it_came(second), shown).stage is Stage.BACKORDERED


def test_endless_stock_never_ends():
    stock = EndlessStock(["RED"], ["wh"])

    for _ in range(3):
        stock.take("RED", "wh", 10**6)

    assert stock.available("RED", "wh") >= 10**9
    assert (stock.knows("RED"), stock.knows("GREEN")) == (True, False)
    assert stock.available("RED", "elsewhere") == 0


def test_tally_sums_up():
    tally = Tally()
    went = Fate(
        stage=Stage.RELEASED,
        sources=(("a", 1), ("b", 2)),
        distances=(0, 3),
        waited_for=("payment_delay",),
        decided_at=NOW + timedelta(hours=1),
        is_late=True,
    )
    tally.add(went, NOW)
    tally.add(Fate(stage=Stage.ON_HOLD, held_by=("note",), decided_at=NOW), NOW)

    assert (tally.orders, tally.parcels, tally.split, tally.late) == (2, 2, 1, 1)
    assert tally.distances == {"same city": 1, "abroad": 1}
    assert tally.holds == {"payment_delay": 1, "note": 1}
    assert tally.waited == timedelta(hours=1)
