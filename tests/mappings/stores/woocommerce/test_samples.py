"""What became of each genuine sample: the canonical orders, a refusal, an answer that we read, or a shape
that this hub never meets."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.woocommerce import answers, read_order, unknown_order_fields
from mappings.stores.woocommerce.wire import RefundDocument

EXPECTED = Path(__file__).parent / "expected"

GOLDEN = {
    *(f"docs_order_0{number}.json" for number in range(1, 7)),
    "android_2787_details.json",
    "ios_order-with-charge.json",
    "ios_order-with-gift-cards.json",
    "ios_order-with-subscription-renewal.json",
    "ios_order-without-data.json",
}
"""Orders alone, in a list, in the answer of a batch, or wrapped by the recorder."""

REFUSED = {
    "ios_order-alternative-types.json": "$.line_items[1].quantity",
    "ios_order-with-special-character-currency.json": "$.line_items[1].quantity",
}
"""Half a unit of a bundle: nobody can ship it, and the hub counts whole units."""

DETAILS = "docs_refund_03.json"
"""`GET /orders/723/refunds`: completes order 723 of the other samples."""

ANSWERS = {
    DETAILS: tuple[RefundDocument, ...],
    "ios_order-560-all-refunds.json": tuple[RefundDocument, ...],
    "docs_order_note_01.json": answers.NoteAnswer,
    "docs_order_note_03.json": tuple[answers.NoteAnswer, ...],
    "docs_webhook_01.json": answers.WebhookAnswer,
    "docs_webhook_03.json": tuple[answers.WebhookAnswer, ...],
    "docs_webhook_04.json": answers.WebhookAnswer,
    "docs_webhook_05.json": answers.WebhookAnswer,
    "ios_shipment_tracking_new.json": answers.TrackingAnswer,
    "ios_shipment_tracking_single.json": tuple[answers.TrackingAnswer, ...],
}

NEVER_MET = {
    **dict.fromkeys(
        ("docs_refund_01.json", "docs_refund_02.json", "docs_refund_04.json", "ios_refund-single.json"),
        "one refund alone: refunds are read as the list of their order, and never made or deleted",
    ),
    **dict.fromkeys(
        ("docs_order_note_02.json", "docs_order_note_04.json"), "one note alone, read or deleted"
    ),
    "docs_webhook_02.json": "one webhook alone, read by its id",
    "docs_webhook_06.json": "webhooks are written one by one, not in a batch",
}


@pytest.fixture(scope="session")
def samples(contracts) -> Path:
    return contracts / "woocommerce" / "samples"


def unwrapped(samples, name):
    sample = msgspec.json.decode((samples / name).read_bytes())
    return sample["data"] if isinstance(sample, dict) and "data" in sample else sample


def orders_of(samples, name):
    """Every order of a sample as the connector delivers it: completed by its refunds."""
    sample = unwrapped(samples, name)
    if "create" in sample:
        sample = sample["create"] + sample["update"] + sample["delete"]
    details = msgspec.json.decode((samples / DETAILS).read_bytes())
    for order in sample if isinstance(sample, list) else [sample]:
        more = {"refund_details": details} if order.get("refunds") else {}
        yield msgspec.json.encode({**order, **more})


def test_every_sample_is_accounted_for(samples):
    accounted = GOLDEN | set(REFUSED) | set(ANSWERS) | set(NEVER_MET)
    assert {path.name for path in samples.iterdir()} == accounted


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_orders_become_the_canonical_orders(samples, name):
    orders = [read_order(document) for document in orders_of(samples, name)]
    found = msgspec.json.decode(msgspec.json.encode(orders))
    assert found == msgspec.json.decode((EXPECTED / name).read_bytes())
    assert all(abs(order.expected_total() - order.total) <= order.rounding for order in orders)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_genuine_orders_show_no_drift(samples, name):
    assert [unknown_order_fields(document) for document in orders_of(samples, name)] == [set()] * len(
        list(orders_of(samples, name))
    )


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_half_units_are_refused(samples, name):
    (document,) = orders_of(samples, name)
    with pytest.raises(MappingError) as caught:
        read_order(document)
    assert caught.value.path == REFUSED[name]


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_answers_are_read(samples, name):
    assert decode(msgspec.json.encode(unwrapped(samples, name)), ANSWERS[name])


def test_refunds_of_order_560_name_its_lines(samples):
    document = msgspec.json.encode(unwrapped(samples, "ios_order-560-all-refunds.json"))
    units = Counter()
    for refund in decode(document, tuple[RefundDocument, ...]):
        for line in refund.line_items:
            units[line.meta_data[0].value] -= line.quantity
    assert units == {"64": 2, "59": 1, "63": 1, "65": 3, "60": 1}
