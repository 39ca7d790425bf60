"""Which orders may share a parcel."""

import pytest

from hub.domain.dispatch import follow
from hub.domain.order import Stage
from hub.domain.sharing import apart, groups, merge
from tests.hub.samples import address, consignment, facts, order, replace, sales, shipped, snapshot

HIDDEN = address(masked=True, name="王*", street=(), receiver_token="t", token_platform="plain")


def to(where, **more):
    return order(sales=sales(ship_to=where), **more)


def test_spelling_does_not_keep_parcels_apart():
    spelt = address(street=("南京西路  100号",), telephone="138-0000-1234")
    assert apart(to(address()), to(spelt)) == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "李雷"},
        {"telephone": "13900001234"},
        {"street": ("南京西路 101号",)},
        {"postal_code": "200041"},
    ],
)
def test_another_receiver_does(changed):
    assert "different receivers" in apart(to(address()), to(address(**changed)))


def test_equal_tokens_of_one_store_are_one_receiver():
    assert apart(to(HIDDEN), to(HIDDEN)) == ""


def test_tokens_of_two_stores_cannot_be_compared():
    other = replace(to(HIDDEN), connection_id="other-store")
    assert "only within one store" in apart(to(HIDDEN), other)


def test_a_token_is_not_compared_with_an_address():
    assert "tokens differ" in apart(to(HIDDEN), to(address()))


def test_no_address_is_no_receiver():
    assert "no delivery address" in apart(to(None), to(None))


def test_only_the_consignment_that_is_booked_is_followed():
    shown = snapshot(carriers=[facts("carrier", "carrier", {"BooksShipments", "SubscribesTracking"})])
    lead, passenger = consignment(1, shared_as="o1-1"), consignment(2, shared_as="o1-1")
    given = shipped(to(address()), Stage.RELEASED, lead, passenger)
    assert [len(follow(given, each, shown)) for each in (lead, passenger)] == [1, 0]


def test_groups_hold_what_belongs_together():
    here, there = address(), address(street=("北京路 1号",))
    orders = [to(each, order_id=f"o{number}") for number, each in enumerate([here, there, here, HIDDEN])]
    assert [[each.order_id for each in group] for group in groups(orders)] == [["o0", "o2"]]


@pytest.mark.parametrize(
    "other",
    [
        {"carrier_connection_id": "", "department_id": "east"},  # carriers are asked for their price
        {"service": "express"},
    ],
)
def test_only_what_goes_with_one_carrier_and_service_is_put_together(other):
    usual = {"carrier_connection_id": other.get("carrier_connection_id", "carrier")}
    one = shipped(order(order_id="o1"), Stage.RELEASED, consignment(1, **usual))
    two = shipped(
        order(order_id="o2"),
        Stage.RELEASED,
        replace(consignment(1, **{**usual, **other}), consignment_id="o2-1"),
    )

    with pytest.raises(ValueError, match="no two of them wait"):
        merge([one, two], {}, snapshot())
