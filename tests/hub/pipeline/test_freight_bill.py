"""What parcels should have cost: by their quote, else by the price list of their department."""

from decimal import Decimal

import pytest

from hub.domain.departments import Department, Offer
from hub.domain.freight import FreightTemplate, FreightZone
from hub.domain.reach import Reach
from hub.pipeline.freight_bill import expected_parcels
from hub.pipeline.resume import merge_orders
from hub.storage import products, shipping
from hub.storage.products import Product
from mappings.canonical import Money, RateQuote
from tests.hub.samples import line, sales


@pytest.fixture
def sent(house):
    """A parcel of 200 g with the number T1, of a department with a price list of 8 CNY."""
    zone = FreightZone(areas=(Reach(),), first_grams=1000, first_price=Decimal(8))
    desk = Department(
        department_id="east", name="East", offers=(Offer(carrier="carrier", service="std"),), freight="f"
    )

    def set_up(uow):
        shipping.save(uow, [FreightTemplate(name="f", currency="CNY", zones=(zone,)), desk], "li", house.now)
        products.save(uow, [Product(sku="RED", weight_grams=100)])

    house.run(set_up)
    house.take(sales(line(quantity=2)))
    house.run(lambda uow: uow.change("UPDATE consignments SET tracking_number = 'T1'"))
    return house


def expected(house, connection="carrier"):
    return house.run(lambda uow: expected_parcels(house.books, uow, connection, ["T1", "T404"]))


def test_price_list_says_what_a_parcel_should_cost(sent):
    found = expected(sent)

    assert found.keys() == {"T1"}
    assert (found["T1"].amount, found["T1"].currency, found["T1"].weight_grams) == (Decimal(8), "CNY", 200)
    assert not found["T1"].left


def test_quote_goes_before_the_price_list(sent):
    (desk,) = sent.run(shipping.setup).departments
    parcel = sent.value("SELECT id FROM consignments")
    quote = RateQuote(carrier="x", service="std", price=Money(amount=Decimal("6.5"), currency="CNY"))
    by_quote = Department(department_id="east", name="East", offers=desk.offers, freight="f", by_quote=True)

    def quoted(uow):
        shipping.save(uow, [by_quote], "li", sent.now)
        shipping.keep_quotes(uow, {(parcel, "carrier"): (quote,)}, sent.now)

    sent.run(quoted)

    assert expected(sent)["T1"].amount == Decimal("6.5")


def test_number_of_another_carrier_is_not_its_parcel(sent):
    assert expected(sent, "other") == {}


def test_department_that_is_gone_says_no_price(sent):
    sent.run(lambda uow: shipping.remove(uow, Department, ["east"]))

    assert expected(sent)["T1"].amount is None


def test_what_shares_a_parcel_is_weighed_together(sent):
    sent.take(sales(line(quantity=3), external_id="2", order_number="N-2"))
    orders = [row[0] for row in sent.rows("SELECT id FROM orders ORDER BY external_id DESC")]
    sent.run(lambda uow: merge_orders(sent.books, uow, orders, "li", sent.now))
    sent.run(lambda uow: uow.change("UPDATE consignments SET tracking_number = 'T1'"))

    assert expected(sent)["T1"].weight_grams == 500
