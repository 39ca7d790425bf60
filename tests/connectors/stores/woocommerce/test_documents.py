"""The twin writes what the genuine samples write: no field that none of them has, none that all of them have
is missing."""

import json
from functools import reduce

import httpx
import pytest

from connectors.kit.conformance.rig import BASE_URL
from connectors.stores.woocommerce.twin_rest import KEY, SECRET

CORE = "wp-json/wc/v3"

SAMPLES = {
    "orders/{}": ("docs_order_01.json", "docs_order_04.json", "ios_order-with-subscription-renewal.json"),
    "orders/{}/refunds": ("docs_refund_03.json", "ios_order-560-all-refunds.json"),
    "orders/{}/notes": ("docs_order_note_03.json",),
    "webhooks": ("docs_webhook_03.json",),
    "orders/{}/shipment-trackings": ("ios_shipment_tracking_new.json", "ios_shipment_tracking_single.json"),
}

LINKS = {"_links"}
"""Ways to other documents, which nobody follows here."""


@pytest.fixture
def genuine(contracts):
    def documents(names):
        for name in names:
            sample = json.loads((contracts / "woocommerce" / "samples" / name).read_bytes())
            sample = sample.get("data", sample) if isinstance(sample, dict) else sample
            yield from sample if isinstance(sample, list) else [sample]

    return documents


async def written(desk, path):
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 1))
    desk.twin.refund_line(order_id, 0, 1)
    for body in ({"parcel_records": "notes"}, {"parcel_records": "shipment-tracking"}):
        desk.rig.overrides.update(body)
        await desk.rig.connect().push_fulfilment(await desk.shipment(order_id), "key")
    await desk.connector.register_webhooks("https://hub.example/hook")
    space = "wp-json/wc-shipment-tracking/v3" if "trackings" in path else CORE
    async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.twin)) as client:
        answer = await client.get(f"{BASE_URL}/{space}/{path.format(order_id)}", auth=(KEY, SECRET))
    body = answer.json()
    return body[0] if isinstance(body, list) else body


def compare(ours, theirs, where="$"):
    """Fields of objects, and of the first object in lists of objects."""
    names = [set(one) for one in theirs]
    assert set(ours) <= set.union(*names), f"{where}: no sample has {set(ours) - set.union(*names)}"
    missing = reduce(set.intersection, names) - set(ours) - LINKS
    assert not missing, f"{where}: every sample has {missing}"
    for name, value in ours.items():
        inner = [one[name] for one in theirs if one.get(name)]
        if isinstance(value, dict) and inner:
            compare(value, inner, f"{where}.{name}")
        elif isinstance(value, list) and value and inner:
            compare(value[0], [one for each in inner for one in each], f"{where}.{name}[]")


@pytest.mark.parametrize("path", sorted(SAMPLES))
async def test_twins_documents_have_the_fields_of_genuine_ones(desk, genuine, path):
    compare(await written(desk, path), list(genuine(SAMPLES[path])))
