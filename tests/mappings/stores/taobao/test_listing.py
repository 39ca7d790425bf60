"""Items and SKUs become listings."""

import json

import pytest

from mappings.canonical import Listing
from mappings.errors import MappingError
from mappings.stores.taobao import read_listing

ITEM = {"num_iid": 700000000001, "title": "Shirt", "outer_id": "SHIRT", "barcode": "6901234567892"}
SKU = {
    "sku_id": "5001",
    "outer_id": "SHIRT-M",
    "properties_name": "1627207:28341:颜色:黑色;20509:28315:尺码:M",
}


def read(item, sku=None):
    return read_listing(json.dumps({"item": item, "sku": sku}).encode())


def test_a_sku_has_its_own_code_and_names_its_properties():
    assert read(ITEM, SKU) == Listing(
        listing_id="700000000001:5001",
        sku="SHIRT-M",
        gtin="6901234567892",
        title="Shirt 颜色:黑色;尺码:M",
    )


def test_an_item_without_skus_is_its_own_listing():
    listing = read(ITEM)
    assert (listing.listing_id, listing.sku, listing.title) == ("700000000001", "SHIRT", "Shirt")


def test_a_sku_without_code_falls_back_to_the_item():
    assert read(ITEM, {**SKU, "outer_id": ""}).sku == "SHIRT"


def test_a_listing_without_its_item_is_refused():
    with pytest.raises(MappingError, match=r"^\$\.item\.num_iid: is missing"):
        read({"title": "Shirt"})
