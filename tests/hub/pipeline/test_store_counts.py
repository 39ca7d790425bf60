"""A store counts its stock itself when buyers order; the hub tells it again, whatever becomes of the order.
Found by the simulation: levels stood too low after held orders and too high after these were cancelled."""

import pytest

from hub.storage import stores
from mappings.canonical import Listing, PaymentStatus
from tests.hub.samples import NOW, line, replace, sales


@pytest.fixture
def listed(house):
    """RED is listed, linked and told; nothing is news."""
    listing = Listing(listing_id="listing-RED", sku="RED", title="Red")
    house.run(lambda uow: stores.save_listings(uow, [("store", listing)], house.now))
    house.run(lambda uow: uow.change("UPDATE listings SET told = 10"))
    house.run(lambda uow: uow.change("DELETE FROM stock_changes"))
    return house


def news(house):
    return house.rows("SELECT sku, to_tell FROM stock_changes")


def test_a_held_order_has_its_store_told_again(listed):
    listed.take(sales(lines=(line(sku="RED"),), payment_status=PaymentStatus.PENDING))

    assert listed.value("SELECT stage FROM orders") == "on_hold"
    assert news(listed) == [("RED", True)]
    assert listed.value("SELECT told FROM listings") is None


def test_so_does_its_cancellation(listed):
    held = sales(lines=(line(sku="RED"),), payment_status=PaymentStatus.PENDING)
    listed.take(held)
    listed.run(lambda uow: uow.change("UPDATE listings SET told = 10"))
    listed.run(lambda uow: uow.change("DELETE FROM stock_changes"))

    listed.take(replace(held, cancelled_at=NOW))

    assert news(listed) == [("RED", True)]


def test_a_document_that_changes_no_quantity_tells_nothing(listed):
    held = sales(lines=(line(sku="RED"),), payment_status=PaymentStatus.PENDING)
    listed.take(held)
    listed.run(lambda uow: uow.change("DELETE FROM stock_changes"))

    listed.take(replace(held, note="ring twice"))

    assert news(listed) == []


def test_a_line_that_is_gone_has_its_store_told_again(listed):
    """Some platforms drop a line that was edited to nothing."""
    held = sales(line(), line("l2", "BLUE"), payment_status=PaymentStatus.PENDING)
    listed.take(held)
    listed.run(lambda uow: uow.change("DELETE FROM stock_changes"))

    listed.take(replace(held, lines=held.lines[1:]))

    assert news(listed) == [("RED", True)]
