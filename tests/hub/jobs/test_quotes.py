"""Carriers are asked what a parcel would cost before one is chosen; no parcel waits long for a price."""

from decimal import Decimal

import pytest

from connectors.kit import AuthenticationFailed, Rejected, Transient
from hub.domain.departments import Department, Offer
from hub.jobs.outbox import work_outbox
from hub.pipeline.resume import hold_orders
from hub.storage import shipping
from mappings.canonical import Money, RateQuote
from tests.hub.house import add_connection
from tests.hub.samples import CARRIER_CAPABILITIES, sales

TWO = ("carrier", "second")


def quotes(service, amount):
    price = Money(amount=Decimal(amount), currency="CNY")
    return [RateQuote(carrier="plain-carrier", service=service, price=price)]


@pytest.fixture
def asked(house):
    """Two carriers that quote, and an order whose parcel waits for their answers."""
    desk = Department(
        department_id="east", name="East", offers=tuple(Offer(carrier=each) for each in TWO), by_quote=True
    )

    def set_up(uow):
        able = CARRIER_CAPABILITIES | {"QuotesRates"}
        add_connection(uow, house, "second", "carrier", "plain-carrier", able)
        uow.change(
            "UPDATE connections SET capabilities = (SELECT c.capabilities FROM connections c"
            " WHERE c.id = 'second') WHERE id = 'carrier'"
        )
        shipping.save(uow, [desk], "test", house.now)

    house.run(set_up)
    house.take(sales())
    return house


def messages(house):
    return house.rows("SELECT verb, connection_id, state FROM outbox ORDER BY id")


async def test_the_cheaper_carrier_is_booked_with_the_service_that_it_quoted(hub, asked, desk):
    desk.will("quote", quotes("fast", "12"), quotes("slow", "9"))

    for connection in TWO:
        await work_outbox(hub, connection)

    assert messages(asked) == [
        ("quote", "carrier", "done"),
        ("quote", "second", "done"),
        ("book", "second", "done"),
    ]
    assert asked.rows("SELECT carrier_connection_id, service, department_id, stage FROM consignments") == [
        ("second", "slow", "east", "booked")
    ]
    reasons = asked.value("SELECT reasons FROM decisions WHERE step = 'quote'")
    assert "booking with second slow at 9 CNY" in reasons and "next would have been carrier fast" in reasons


async def test_the_first_answer_decides_nothing_yet(hub, asked, desk):
    desk.will("quote", quotes("fast", "12"))

    await work_outbox(hub, "carrier")

    assert messages(asked) == [("quote", "carrier", "done"), ("quote", "second", "open")]
    assert asked.value("SELECT stage FROM consignments") == "released"


@pytest.mark.parametrize("trouble", [Rejected("not there"), Transient("is down"), RuntimeError("a bug")])
async def test_carrier_that_cannot_say_is_not_waited_for(hub, asked, desk, trouble):
    desk.will("quote", trouble, quotes("slow", "9"))

    for connection in TWO:
        await work_outbox(hub, connection)

    assert asked.rows("SELECT carrier_connection_id, service FROM consignments") == [("second", "slow")]


async def test_carrier_that_lost_its_access_is_asked_when_it_is_back(hub, asked, desk):
    desk.will("quote", AuthenticationFailed("sign in again"))

    await work_outbox(hub, "carrier")

    assert messages(asked)[0] == ("quote", "carrier", "open")


async def test_order_that_is_stopped_meanwhile_is_asked_about_no_more(hub, asked, desk):
    order_id = asked.value("SELECT id FROM orders")
    asked.run(lambda uow: hold_orders(asked.books, uow, [order_id], "stop", "test", asked.now))

    for connection in TWO:
        await work_outbox(hub, connection)

    assert desk.calls == []
    assert asked.stock("RED") == (10, 0)
