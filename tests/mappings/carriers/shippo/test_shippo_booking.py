"""Shipment requests become Shippo's bodies; recorded answers become prices and bookings."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.shippo.booking import (
    Rate,
    Shipment,
    Terms,
    Transaction,
    Transactions,
    booking_of,
    cheapest,
    complaints,
    purchase,
    quotes,
    shipment_body,
)
from mappings.documents import decode
from mappings.errors import MappingError

HERE = PostalAddress(
    name="Laura",
    telephone="4155550100",
    country="US",
    province="California",
    province_code="CA",
    city="San Francisco",
    street=("215 Clayton St.", "Ste 1"),
    postal_code="94117",
)
REQUEST = ShipmentRequest(
    reference="R-1",
    order_number="N-1",
    sender=HERE,
    recipient=HERE,
    cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
    weight_grams=454,
)
TERMS = Terms(
    length=Decimal("30"),
    width=Decimal("20.5"),
    height=Decimal("10"),
    carrier_accounts="ca-1,",
    label_format="ZPLII",
)


@pytest.fixture
def sample(contracts):
    return lambda name, shape: decode((contracts / "shippo" / "samples" / f"{name}.json").read_bytes(), shape)


def test_a_request_is_rated_at_once_with_numbers_as_text():
    body = shipment_body(REQUEST, TERMS)
    assert body["parcels"] == [
        {
            "length": "30",
            "width": "20.5",
            "height": "10",
            "distance_unit": "cm",
            "weight": "454",
            "mass_unit": "g",
        }
    ]
    assert (body["async"], body["metadata"], body["carrier_accounts"]) == (False, "R-1", ["ca-1"])
    assert (body["address_to"]["street2"], body["address_to"]["state"]) == ("Ste 1", "CA")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"weight_grams": None}, "$.weight_grams"),
        ({"parcels": 2}, "$.parcels"),
        ({"reference": "R" * 101}, "$.reference"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="USD")}, "$.collect_on_delivery"),
        ({"recipient": msgspec.structs.replace(HERE, masked=True)}, "$.recipient"),
        ({"recipient": msgspec.structs.replace(HERE, country="CA")}, "$.recipient.country"),
        ({"recipient": msgspec.structs.replace(HERE, street=())}, "$.recipient.street"),
    ],
)
def test_what_cannot_be_expressed_is_refused_before_anything_is_sent(fields, path):
    with pytest.raises(MappingError) as caught:
        shipment_body(msgspec.structs.replace(REQUEST, **fields), TERMS)
    assert caught.value.path == path


def test_the_recorded_shipment_is_prices(sample):
    rated = sample("shipment-create-response", Shipment)
    found = quotes(rated)
    assert (found[0].carrier, found[0].price.currency) == ("usps", "USD")
    assert [it.price.amount for it in found] == sorted(Decimal(it.amount) for it in rated.rates)
    assert all(it.transit_days is not None for it in found)


def test_the_recorded_list_of_rates_is_read(contracts):
    class Rates(msgspec.Struct):
        results: list[Rate]

    content = (contracts / "shippo" / "samples" / "rates-list-response.json").read_bytes()
    assert len(decode(content, Rates).results) > 1


def test_the_cheapest_rate_of_the_service_is_bought(sample):
    shipment = sample("shipment-create-response", Shipment)
    assert cheapest(shipment, "fedex_2_day").amount == Decimal("22.73")
    assert cheapest(shipment, "") == min(shipment.rates, key=lambda rate: (rate.amount, rate.service))
    assert cheapest(shipment, "teleport") is None


@pytest.mark.parametrize("price", ["NaN", "1e30"])
def test_a_price_that_is_none_is_refused(price):
    rate = {
        "object_id": "r",
        "provider": "USPS",
        "servicelevel": {"token": "t"},
        "amount": price,
        "currency": "USD",
    }
    shipment = decode(msgspec.json.encode({"rates": [rate, rate]}), Shipment)
    for read in (quotes, lambda it: cheapest(it, "")):
        with pytest.raises(MappingError, match="not a possible amount"):
            read(shipment)


def test_a_purchase_waits_for_the_label_and_carries_our_reference(sample):
    rate = sample("rate-retrieve-response", Rate)
    assert purchase(rate, TERMS, "R-1") == {
        "rate": rate.object_id,
        "label_file_type": "ZPLII",
        "metadata": "R-1",
        "async": False,
    }


@pytest.mark.parametrize("name", ["transaction-create-queued-response", "transaction-retrieve-response"])
def test_a_recorded_purchase_that_is_queued_is_not_confirmed(sample, name):
    booking = booking_of(sample(name, Transaction), sample("rate-retrieve-response", Rate), "R-1")
    assert (booking.confirmed, booking.tracking_number, booking.label_url) == (False, "", "")


def test_the_recorded_list_holds_labels_and_failures(sample):
    page = sample("transactions-list-response", Transactions)
    bought = next(it for it in page.results if it.status == "SUCCESS")
    failed = next(it for it in page.results if it.status == "ERROR")
    rate = sample("rate-retrieve-response", Rate)
    booking = booking_of(bought, rate, "R-1")
    assert (booking.tracking_number, booking.confirmed) == ("9205590164917310132354", True)
    assert (booking.carrier, booking.service) == ("fedex", "fedex_2_day")
    assert complaints(failed.messages).startswith("USPS: The selected shipment date")
    with pytest.raises(MappingError, match="ERROR"):
        booking_of(failed, rate, "R-1")


def test_a_purchase_names_its_rate_by_id_or_in_short():
    plain, short = (
        decode(msgspec.json.encode({"object_id": "t", "status": "SUCCESS", "rate": rate}), Transaction)
        for rate in ("r-1", {"object_id": "r-1", "amount": "5.50", "provider": "USPS"})
    )
    assert plain.rate_id == short.rate_id == "r-1"


@pytest.mark.parametrize("status", ["SUCCESS", "REFUNDED", "REFUNDPENDING", "REFUNDREJECTED"])
def test_a_bought_label_has_its_number(sample, status):
    made = Transaction(object_id="t", status=status, rate="r", tracking_number="")
    with pytest.raises(MappingError) as caught:
        booking_of(made, sample("rate-retrieve-response", Rate), "R-1")
    assert caught.value.path == "$.tracking_number"
