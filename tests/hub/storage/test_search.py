"""Every filter finds exactly what it says, pages go on where they ended, and nonsense is refused in words."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from hub.domain.order import Consignment, Order, Parcel, Reason, Stage
from hub.domain.policies import StorePolicy
from hub.storage import search as searching
from hub.storage import stores
from hub.storage.orders import Stored
from hub.storage.search import BadSearch, Blinded, OrderSearch, blinded, search
from mappings.canonical import Buyer
from tests.hub.house import STORE_CAPABILITIES, add_connection
from tests.hub.samples import NOW, address, line, replace, sales


def placed(number: int, *lines, **more) -> Order:
    """The order of this number, placed so many hours after `NOW`."""
    said = sales(
        *lines,
        external_id=more.pop("external_id", f"X-{number}"),
        order_number=more.pop("order_number", f"N-{number}"),
        placed_at=NOW + timedelta(hours=number),
        buyer=more.pop("buyer", Buyer(reference=f"buyer-{number}")),
        ship_to=more.pop("ship_to", address(telephone=f"1380000{number:04}", street=(f"Street {number}",))),
        **more.pop("sales", {}),
    )
    return Order(
        order_id=f"o{number:04}",
        connection_id=more.pop("connection_id", "store"),
        store_id=more.pop("store_id", "brand-store"),
        sales=said,
        skus={each.line_id: each.sku for each in said.lines},
        **more,
    )


def parcel(number: int, carrier: str, tracking_number: str) -> Consignment:
    return Consignment(
        consignment_id=f"o{number:04}-{tracking_number}",
        location_id="wh",
        lines=(),
        stage=Parcel.BOOKED,
        carrier=carrier,
        tracking_number=tracking_number,
    )


def save(house, *orders: Order) -> None:
    stored = [Stored(order=each) for each in orders]
    house.run(lambda uow: house.books.orders.save(uow, stored, house.now, {}))


def look(house, wanted: OrderSearch, *, limit: int = 50, after: str = "") -> searching.OrderPage:
    index = house.run(house.books.connections.open_index)
    return house.run(lambda uow: search(uow, blinded(wanted, index), limit=limit, after=after))


def found(house, **wanted) -> list[str]:
    return [each.id for each in look(house, OrderSearch(**wanted)).orders]


def every_page(house, wanted: OrderSearch, limit: int) -> list[str]:
    ids, after = [], ""
    while True:
        page = look(house, wanted, limit=limit, after=after)
        ids += [each.id for each in page.orders]
        after = page.after
        if not after:
            return ids


HELD = (Reason(code="address", text="lacks the street"), Reason(code="unpaid", text='"code":"total"'))


@pytest.fixture
def orders(house):
    """Four orders of two stores; the second store has two connections."""

    def more_stores(uow):
        stores.add_store(uow, stores.Store(store_id="second", name="Second", policy=StorePolicy()))
        for connection_id in ("a", "b"):
            add_connection(uow, house, connection_id, "store", "plain", STORE_CAPABILITIES)
            uow.change("UPDATE connections SET store_id = 'second' WHERE id = :id", id=connection_id)

    house.run(more_stores)
    save(
        house,
        placed(1, line(sku="RED"), line("l2", "RED", 3), buyer=Buyer(reference="Ann", email="a@example.com")),
        placed(2, line(sku="RED-XL"), line("l2", "RED"), connection_id="a", store_id="second"),
        placed(
            3,
            line(sku="BLUE"),
            connection_id="b",
            store_id="second",
            stage=Stage.ON_HOLD,
            reasons=HELD,
            sales={"currency": "EUR", "total": Decimal("1000.00")},
        ),
        placed(
            4,
            line(sku="BLUE", quantity=2),
            stage=Stage.DISPATCHED,
            consignments=(parcel(4, "swift", "T-41"), parcel(4, "swift", "T-42")),
        ),
    )
    return house


CASES = [
    ({}, "4321"),
    ({"number": "N-3"}, "3"),
    ({"number": "N-*"}, "4321"),
    ({"number": "N"}, ""),
    ({"external_id": "X-2"}, "2"),
    ({"external_id": "X-*"}, "4321"),
    ({"sku": "RED"}, "21"),
    ({"sku": "RED*"}, "21"),
    ({"sku": "B*"}, "43"),
    ({"tracking": "T-42"}, "4"),
    ({"tracking": "T-*"}, "4"),
    ({"carrier": "swift"}, "4"),
    ({"buyer": "ann "}, "1"),
    ({"email": "A@example.com"}, "1"),
    ({"phone": "+86 138 0000 0002"}, "2"),
    ({"address": "200040 street 3"}, "3"),
    ({"address": "street 3"}, ""),
    ({"stage": "received"}, "21"),
    ({"hold_reason": "unpaid"}, "3"),
    ({"hold_reason": "total"}, ""),
    ({"hold_reason": "un_aid"}, ""),
    ({"hold_reason": "address", "stage": "on_hold"}, "3"),
    ({"store": "second"}, "32"),
    ({"store": "brand-store"}, "41"),
    ({"connection": "a"}, "2"),
    ({"placed_from": NOW + timedelta(hours=2)}, "432"),
    ({"placed_until": NOW + timedelta(hours=2)}, "1"),
    ({"store": "second", "placed_from": NOW + timedelta(hours=3)}, "3"),
    ({"stage": "received", "placed_until": NOW + timedelta(hours=2)}, "1"),
    ({"currency": "CNY"}, "421"),
    ({"amount_from": Decimal("20"), "currency": "CNY"}, "421"),
    ({"amount_from": Decimal("20.01"), "amount_to": Decimal("1000"), "currency": "CNY"}, "1"),
    ({"amount_to": Decimal("20.00"), "currency": "CNY"}, "42"),
    ({"amount_from": Decimal("999.99"), "currency": "EUR"}, "3"),
    ({"sku": "RED*", "store": "second"}, "2"),
    ({"sku": "BLUE", "tracking": "T-*", "carrier": "swift"}, "4"),
    ({"phone": "13800000003", "connection": "a"}, ""),
    ({"number": "N-*", "external_id": "X-1*", "buyer": "ann"}, "1"),
]


@pytest.mark.parametrize(("wanted", "numbers"), CASES)
def test_filters_find_exactly_what_they_say(orders, wanted, numbers):
    assert found(orders, **wanted) == [f"o000{number}" for number in numbers]


def test_pages_one_after_another_are_the_whole(orders):
    for wanted, numbers in CASES:
        for limit in (1, 2, 3):
            whole = [f"o000{number}" for number in numbers]
            assert every_page(orders, OrderSearch(**wanted), limit) == whole, (wanted, limit)


def test_order_that_comes_in_meanwhile_moves_no_page(house):
    save(house, *(placed(number) for number in range(1, 8)))
    first = look(house, OrderSearch(), limit=3)
    save(house, placed(9))

    second = look(house, OrderSearch(), limit=3, after=first.after)

    assert [each.id for each in (*first.orders, *second.orders)] == [f"o000{n}" for n in (7, 6, 5, 4, 3, 2)]


def test_page_that_looked_at_enough_is_cut_and_goes_on(house, monkeypatch):
    monkeypatch.setattr(searching, "LEAST_LOOKS", 4)
    monkeypatch.setattr(searching, "LOOKS_PER_ORDER", 2)
    save(house, *(placed(number) for number in range(1, 10)))
    wanted = OrderSearch(amount_from=Decimal(11), currency="CNY")
    save(house, placed(0, line(quantity=2)))

    first = look(house, wanted, limit=1)

    assert (first.orders, first.is_cut, first.looked_at) == ([], True, 4)
    assert every_page(house, wanted, 1) == ["o0000"]


def test_page_that_is_full_after_looking_at_enough_is_not_cut(house, monkeypatch):
    monkeypatch.setattr(searching, "LEAST_LOOKS", 2)
    monkeypatch.setattr(searching, "LOOKS_PER_ORDER", 1)
    save(house, *(placed(number) for number in range(1, 4)))

    page = look(house, OrderSearch(currency="CNY"), limit=2)

    assert ([each.id for each in page.orders], page.is_cut, bool(page.after)) == (
        ["o0003", "o0002"],
        False,
        True,
    )


def test_narrower_way_is_walked(house, monkeypatch):
    monkeypatch.setattr(searching, "LEAST_LOOKS", 4)
    save(house, *(placed(number, line(sku="RARE" if number == 1 else "RED")) for number in range(1, 30)))

    page = look(house, OrderSearch(sku="RARE", store="brand-store", stage="received"), limit=1)

    assert ([each.id for each in page.orders], page.looked_at, page.after) == (["o0001"], 1, "")


def test_masked_address_is_not_looked_up(house):
    save(house, placed(1, ship_to=address(masked=True)), placed(2, ship_to=None))

    assert found(house, address="200040 南京西路 100号") == []
    assert set(house.rows("SELECT address_index FROM orders")) == {("",)}


def test_address_is_found_however_it_is_spaced(house):
    save(house, placed(1, ship_to=address()), placed(2, ship_to=address(postal_code="")))

    assert found(house, address="200040, 南京西路１００号") == ["o0001"]
    assert found(house, address="静安区 南京西路 100号") == ["o0002"]


def test_changed_personal_values_are_found_anew(house):
    save(house, placed(1))
    (stored,) = house.run(lambda uow: house.books.orders.by_ids(uow, ["o0001"])).values()
    moved = replace(stored.order, sales=replace(stored.order.sales, ship_to=address(street=("New 1",))))
    house.run(lambda uow: house.books.orders.save(uow, [replace(stored, order=moved)], house.now, {}))

    assert (found(house, address="200040 Street 1"), found(house, address="200040 new 1")) == ([], ["o0001"])


REFUSED = [
    ({"number": "*"}, "number '\\*' is every order"),
    ({"stage": "sleeping"}, "stage 'sleeping' is not known: use received"),
    ({"hold_reason": "a%"}, "hold_reason 'a%' is not a code"),
    ({"hold_reason": "unpaid", "stage": "closed"}, "stage 'closed' has no hold reasons"),
    ({"store": "nowhere"}, "store 'nowhere' is not known: `orderhub stores list`"),
    ({"connection": "nowhere"}, "connection 'nowhere' is not known: `orderhub connections list`"),
    ({"placed_from": NOW, "placed_until": NOW}, "placed_until .* is not after placed_from: exchange them"),
    ({"amount_from": Decimal(1)}, "amount_from 1 means nothing without a currency"),
    ({"amount_to": Decimal("NaN"), "currency": "EUR"}, "amount_to NaN is not an amount"),
    ({"amount_from": Decimal(2), "amount_to": Decimal(1), "currency": "EUR"}, "amount_to 1 is less than"),
    ({"currency": "euro"}, "currency 'euro' is not a code"),
    ({"phone": " "}, "phone holds nothing to look for"),
]


@pytest.mark.parametrize(("wanted", "words"), REFUSED)
def test_search_that_makes_no_sense_names_field_value_and_remedy(house, wanted, words):
    with pytest.raises(BadSearch, match=words):
        look(house, OrderSearch(**wanted))


@pytest.mark.parametrize("limit", [0, 1_001])
def test_limit_is_bounded(house, limit):
    with pytest.raises(BadSearch, match=f"limit {limit} is out of range: use 1 to 1000"):
        look(house, OrderSearch(), limit=limit)


def test_cursor_of_another_search_is_refused(house):
    save(house, placed(1), placed(2))
    received = OrderSearch(stage="received")
    after = look(house, received, limit=1).after

    for wanted, cursor in (
        (OrderSearch(stage="closed"), after),
        (OrderSearch(), after),
        (received, after[:-3]),
        (OrderSearch(), "é"),
    ):
        with pytest.raises(BadSearch, match="belongs to another search"):
            look(house, wanted, after=cursor)


def test_nothing_personal_is_in_a_blinded_search_or_its_cursor(house):
    save(house, placed(1), placed(2))
    index = house.run(house.books.connections.open_index)
    plain = OrderSearch(buyer="ann", phone="13800001234", email="ann@example.com", address="200040 street 1")

    hidden = blinded(plain, index)

    assert isinstance(hidden, Blinded)
    for value in ("ann", "1380000", "example", "street"):
        assert value not in msgspec.json.encode(hidden).decode()
