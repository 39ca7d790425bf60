"""Bodies that leave, and what answers mean."""

from datetime import UTC, datetime

import msgspec
import pytest

from mappings.canonical import LineQuantity, Shipment, StockLevel
from mappings.documents import completed, decode
from mappings.parcels import find_parcel
from mappings.stores.woocommerce import answers, outward

NOW = datetime(2026, 3, 2, 8, 0, 59, 999_999, tzinfo=UTC)


def shipment(**changes):
    usual = {
        "shipment_id": "S-1",
        "order_external_id": "727",
        "carrier": "ups",
        "carrier_name": "UPS",
        "tracking_number": "1Z1",
        "shipped_at": NOW,
        "lines": (LineQuantity(line_id="315", quantity=2),),
    }
    return Shipment(**{**usual, **changes})


def level(listing_id, available=1):
    return StockLevel(listing_id=listing_id, sku="S", available=available, as_of=NOW)


def meta_of(body):
    return {one["key"]: one["value"] for one in body["meta_data"]}


def test_time_is_utc_in_whole_seconds_without_suffix():
    assert outward.wire_time(NOW) == "2026-03-02T08:00:59"


def test_fulfilment_names_known_carriers_by_key_and_others_by_name():
    known = meta_of(outward.fulfilment_body(shipment()))
    other = meta_of(outward.fulfilment_body(shipment(carrier="sf-express", carrier_name="SF Express")))
    assert known["_items"] == [{"item_id": 315, "qty": 2}]
    assert (known["_shipment_provider"], known.get("_provider_name")) == ("ups", None)
    assert (other["_shipment_provider"], other["_provider_name"]) == ("other", "SF Express")


def test_correction_replaces_values_under_their_ids():
    meta = [{"id": 11, "key": "_items", "value": [{"item_id": 315, "qty": 2}]},
            {"id": 12, "key": "_tracking_number", "value": "OLD"},
            {"id": 13, "key": "_tracking_url", "value": "https://old"}]  # fmt: skip
    former = answers.fulfilled(msgspec.convert({"id": 5, "meta_data": meta}, answers.FulfilmentAnswer))
    body = outward.fulfilment_body(shipment(), former)
    ids = {one["key"]: one.get("id") for one in body["meta_data"]}
    assert (ids["_items"], ids["_tracking_number"], ids["_shipment_provider"]) == (11, 12, None)
    assert meta_of(body)["_tracking_url"] == ""


def test_parcel_is_found_by_number_and_units_or_by_number_where_no_units_are_kept():
    same = answers.KnownParcel(id="1", tracking_number="1Z1", quantities={"315": 2})
    fewer = answers.KnownParcel(id="2", tracking_number="1Z1", quantities={"315": 1})
    noted = answers.KnownParcel(id="3", tracking_number="1Z1")
    assert find_parcel([fewer, same], shipment(), ("1Z1",)) is same
    assert find_parcel([fewer], shipment(), ("1Z1",)) is None
    assert find_parcel([noted], shipment(), ("1Z1",)) is noted
    assert find_parcel([noted], shipment(), ()) is None


def test_tracking_extension_takes_unknown_carriers_as_custom_ones():
    assert outward.tracking_body(shipment(carrier="usps"))["tracking_provider"] == "USPS"
    body = outward.tracking_body(shipment(carrier_name="UPS", tracking_url="https://ups/1Z1"))
    assert body == {
        "custom_tracking_provider": "UPS",
        "custom_tracking_link": "https://ups/1Z1",
        "tracking_number": "1Z1",
        "date_shipped": "2026-03-02",
    }


def test_note_tells_its_number_and_no_other():
    note = outward.note_body(shipment(tracking_url="https://ups/1Z12"), to_customer=True)["note"]
    assert outward.note_tells(note, "1Z1")
    assert not outward.note_tells(note, "1Z")


def test_stock_goes_in_one_batch_per_list():
    levels = [
        level("93"),
        level("22:23"),
        level("22:24"),
        level("94"),
        level("x"),
        level("22:"),
        level("٣"),
        level(""),
    ]
    batches = outward.stock_batches(levels)
    assert {path: [it.listing_id for it in batch] for path, batch in batches.items()} == {
        "products/batch": ["93", "94"],
        "products/22/variations/batch": ["22:23", "22:24"],
        "": ["x", "22:", "٣", ""],
    }
    body = outward.stock_body(batches["products/22/variations/batch"])
    assert body["update"][0] == {"id": 23, "manage_stock": True, "stock_quantity": 1}


def test_refusals_keep_their_place_in_the_answer():
    error = {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID."}
    answer = decode(
        msgspec.json.encode({"update": [{"id": 93}, {"id": 9, "error": error}]}), answers.BatchAnswer
    )
    (refusal,) = outward.stock_refusals([level("93"), level("9")], answer)
    assert refusal.listing_id == "9"
    assert "Invalid ID." in refusal.reason


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a":1}', b'{"a":1}'),
        (b"[]", b"[]"),
        (b"<br />Notice: x [0] in y\n" + b'[{"a":1}]', b'[{"a":1}]'),
        (b"Warning: array {x} here" + b'{"a":[1]}', b'{"a":[1]}'),
        (b"<html></html>", b"<html></html>"),
        (b"Notice [", b"Notice ["),
        (b"", b""),
    ],
)
def test_php_notices_before_the_json_are_cut_off(content, expected):
    assert answers.readable(content) == expected


def test_completed_document_keeps_its_own_bytes():
    assert completed(b'{"id": 1}\n', refund_details=[msgspec.Raw(b"[ 1 ]")]) == (
        b'{"id": 1,"refund_details":[[ 1 ]]}'
    )
