"""`orderhub ship quote`: what carriers would take for a parcel."""

import pytest

from mappings.canonical import PostalAddress

US = PostalAddress(
    name="Jo Doe",
    telephone="3105550100",
    country="US",
    province_code="CA",
    province="California",
    city="Redondo Beach",
    street=("179 N Harbor Dr",),
    postal_code="90277",
)


@pytest.fixture
def desk(armed, place_order, monkeypatch):
    """An order within the United States, a carrier that quotes, and one that cannot."""
    monkeypatch.setattr("tests.hub.cli.conftest.BUYER", US)
    armed.run(
        *[
            "locations",
            "add",
            "wh",
            "--name",
            "W",
            "--country",
            "us",
            "--province",
            "CA",
            "--city",
            "Oakland",
        ],
        *[
            "--street",
            "1 Dock St",
            "--contact",
            "Brand",
            "--telephone",
            "5105550100",
            "--postal-code",
            "94607",
        ],
    )
    armed.twin("ep", "carrier", "easypost")
    armed.run("connections", "add", "easypost", "--id", "ep", "--secrets-file", armed.settings_file("ep"))
    return armed


@pytest.fixture
def parcel(desk, place_order):
    order = place_order()
    desk.run("sync", "now")
    return desk.json("orders", "show", order)["parcels"][0]["parcel"]


def test_quotes_come_cheapest_first_and_nothing_is_booked(desk, parcel):
    for sku in ("SKU-1", "SKU-2"):
        desk.run("products", "set", sku, "--grams", "300")

    amounts = [float(each["quote"]["price"]["amount"]) for each in desk.json("ship", "quote", parcel)]

    assert len(amounts) > 1 and amounts == sorted(amounts)
    assert not desk.twins["ep"].parcels()


def test_carrier_that_gives_no_quote_says_why(desk, parcel):
    shown = desk.type("ship", "quote", parcel)

    assert "No carrier quoted" in shown.stdout
    assert "ep gave no quote: EasyPost cannot carry this request: $.weight_grams: is missing" in shown.stderr


def test_parcel_that_is_not_there_is_refused(desk):
    for name in ("nothing", "no-1", "-"):
        assert "there is no parcel" in desk.fail("ship", "quote", "--", name)
