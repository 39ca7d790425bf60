"""Orders of the past are stored closed, with products and buyers, and nothing else moves."""

from decimal import Decimal

import pytest

from hub.pipeline.history import Past, Taken, take_history
from hub.storage import history
from mappings.canonical import Buyer, PostalAddress
from tests.hub.samples import line, replace, sales

MOST_STATEMENTS = 25


def past(number, **more):
    bought = line(listing_id="RED", quantity_fulfilled=1)
    said = sales(bought, external_id=str(number), ship_to=PostalAddress(country="GB"), **more)
    return Past(store_id="britain", sales=said)


@pytest.fixture
def britain(house):
    connections = house.books.connections
    house.run(lambda uow: history.add_stores(uow, connections, [("britain", "B")], "GBP", "Europe/London"))
    return house


def take(house, *every):
    return house.run(lambda uow: take_history(house.books, uow, every, house.now))


def test_past_orders_close_at_once_without_stock_or_messages(britain):
    before = britain.stock("RED")

    assert take(britain, past(1), past(2)) == Taken(new=2)

    assert set(britain.stages().values()) == {"closed"}
    assert britain.rows("SELECT DISTINCT is_history, waived FROM orders") == [(True, '["address"]')]
    assert britain.value("SELECT count(*) FROM outbox") == 0
    assert britain.value("SELECT count(*) FROM consignments") == 0
    assert britain.stock("RED") == before


def test_again_changes_nothing(britain):
    take(britain, past(1))
    before = britain.rows("SELECT * FROM orders"), britain.rows("SELECT * FROM decisions")

    assert take(britain, past(1)) == Taken(known=1)

    assert (britain.rows("SELECT * FROM orders"), britain.rows("SELECT * FROM decisions")) == before


def test_mended_books_change_the_order_and_no_decision(britain):
    take(britain, past(1))

    assert take(britain, past(1, refunded=Decimal(3)), past(2)) == Taken(new=1, changed=1)

    (stored,) = britain.run(
        lambda uow: britain.books.orders.by_external_ids(uow, [("history-britain", "1")])
    ).values()
    assert stored.order.sales.refunded == 3
    assert (stored.order.stage, stored.decided) == ("closed", 1)


def test_products_and_buyers_follow_from_what_was_sold(britain):
    other = past(2, buyer=Buyer(reference="buyer-2"))
    take(britain, past(1), other, replace(past(3), sales=replace(past(3).sales, buyer=Buyer())))

    assert britain.rows("SELECT listing_id, sku, title FROM listings") == [("RED", "RED", "Red")]
    assert britain.value("SELECT count(DISTINCT sku) FROM order_lines") == 1
    assert len(set(britain.rows("SELECT buyer_index FROM orders"))) == 3


def test_statements_do_not_grow_with_the_batch(britain, count_statements):
    count_statements()
    take(britain, *(past(number) for number in range(3)))
    few = count_statements()
    take(britain, *(past(number) for number in range(10, 60)))

    assert count_statements() == few <= MOST_STATEMENTS


def test_stores_are_added_once_and_their_connections_do_nothing(britain):
    def add(uow):
        return history.add_stores(uow, britain.books.connections, [("britain", "Other")], "GBP", "")

    assert britain.run(add) == []
    assert britain.rows("SELECT name FROM stores WHERE id = 'britain'") == [("B",)]
    assert britain.rows("SELECT status, platform FROM connections WHERE store_id = 'britain'") == [
        ("paused", "history")
    ]
