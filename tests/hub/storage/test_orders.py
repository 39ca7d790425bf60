"""Orders are loaded as they were saved, and only found by those who hold the key."""

from decimal import Decimal

import pytest

from hub.domain.order import Parcel, Stage
from hub.domain.outcome import Outcome
from hub.pipeline.moved import Moved
from hub.storage.orders import StaleOrder, Stored
from mappings.canonical import Buyer, TrackingStatus
from tests.hub.samples import NOW, address, consignment, line, order, replace, sales, shipped


def save(house, stored, track=None):
    house.run(lambda uow: house.books.orders.save(uow, [stored], house.now, track or {}))


def load(house, order_id="o1"):
    return house.run(lambda uow: house.books.orders.by_ids(uow, [order_id])).get(order_id)


FULL = replace(
    shipped(
        order(line(quantity=2, quantity_fulfilled=1), line("l2", "BLUE")),
        Stage.RELEASED,
        consignment(
            1, Parcel.BOOKED, carrier="swift", tracking_number="T-1", booked_at=NOW, collect=Decimal("9.90")
        ),
        consignment(2, Parcel.DELIVERED, status=TrackingStatus.DELIVERED, status_at=NOW, told=True),
        *(consignment(number, Parcel.CANCELLED) for number in range(3, 12)),
    ),
    waived=("total", "unpaid"),
    person_hold="the buyer called",
    refused_by=("wh", "room"),
    due_at=NOW,
)


def test_order_comes_back_as_it_was(house):
    save(house, Stored(order=FULL))

    assert load(house).order == FULL
    assert load(house).order.elsewhere == {"l1": 1}


def test_changed_order_comes_back_changed(house):
    save(house, Stored(order=order(line(), line("l2", "BLUE"))))
    stored = load(house)
    changed = replace(FULL, sales=sales(line(quantity=3)), skus={"l1": "RED"})

    save(house, replace(stored, order=changed))

    assert load(house).order == changed
    assert load(house).version == stored.version + 1
    assert house.rows("SELECT line_id, sku, quantity FROM order_lines") == [("l1", "RED", 3)]


def test_order_is_found_by_the_platforms_id(house):
    save(house, Stored(order=FULL))

    found = house.run(
        lambda uow: house.books.orders.by_external_ids(
            uow, [("store", "4711"), ("store", "9"), ("x", "4711")]
        )
    )

    assert {key: each.order.order_id for key, each in found.items()} == {("store", "4711"): "o1"}


def test_order_that_somebody_else_changed_meanwhile_is_not_overwritten(house):
    save(house, Stored(order=FULL))
    mine, theirs = load(house), load(house)
    save(house, replace(theirs, order=replace(FULL, person_hold="theirs")))

    with pytest.raises(StaleOrder, match="o1"):
        save(house, replace(mine, order=replace(FULL, person_hold="mine")))

    assert load(house).order.person_hold == "theirs"


def test_unchanged_order_writes_no_row(house):
    save(house, Stored(order=FULL))

    save(house, load(house))

    assert load(house).version == 1


def test_personal_values_are_nowhere_in_the_clear(house):
    said = sales(
        buyer=Buyer(reference="", name="王小明", telephone="13800001234", email="wang@example.com"),
        ship_to=address(),
    )
    house.take(said)

    for table in ("orders", "order_lines", "decisions", "inbox", "outbox"):
        for row in house.rows(f"SELECT * FROM {table}"):
            text = " ".join(each.decode("latin-1") if isinstance(each, bytes) else str(each) for each in row)
            for value in (
                "王小明",
                "王小明".encode().decode("latin-1"),
                "13800001234",
                "wang@example",
                "南京西路",
            ):
                assert value not in text


def test_same_buyer_is_found_without_being_readable(house):
    house.take(sales(), sales(external_id="2", buyer=Buyer(reference="BUYER-1 ")))

    assert len(set(house.rows("SELECT buyer_index FROM orders"))) == 1


def test_part_cut_out_by_hand_is_what_is_stored(house):
    three = order(line(quantity=3))
    save(house, Stored(order=shipped(three, Stage.RELEASED, consignment(1, Parcel.RELEASED))))
    stored = load(house)
    part = consignment(1, Parcel.DISPATCHED)
    rest = consignment(2, Parcel.RELEASED)

    save(house, replace(stored, order=replace(stored.order, consignments=(part, rest))))

    assert load(house).order.consignments == (part, rest)


def test_decisions_that_change_nothing_are_counted_all_the_same(house):
    house.take(sales())
    (order_id,) = (row[0] for row in house.rows("SELECT id FROM orders"))
    said = Outcome(step="track", order=load(house, order_id).order, reasons=())

    for _ in range(2):
        house.run(lambda uow: _save_again(house, uow, order_id, said))

    assert house.value("SELECT decided FROM orders") == house.value("SELECT MAX(sequence) FROM decisions")


def _save_again(house, uow, order_id, said):
    stored = house.books.orders.by_ids(uow, [order_id])[order_id]
    snapshot = house.books.snapshots.load(uow, house.now, known=[stored.order])
    house.books.save(uow, [Moved(stored=stored, order=stored.order, outcomes=(said,))], snapshot)
