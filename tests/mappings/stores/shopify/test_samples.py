"""What became of each genuine sample: the canonical order, a notice, or a shape that this hub never meets.

Pulls are GraphQL; the only REST-shaped bodies that arrive are webhooks, and those are read as hints.
"""

from pathlib import Path

import msgspec
import pytest

from connectors.kit import Notice, Topic, WebhookRequest
from connectors.kit.signing import hmac_base64
from connectors.stores.shopify.settings import ShopifySettings
from connectors.stores.shopify.webhooks import receive
from mappings.stores.shopify import read_order

EXPECTED = Path(__file__).parent / "expected"

GOLDEN = {"graphql_order_450789469.constructed.json"}

NOTICES = {
    "rest_order_cancelled_refunded.json": 450789469,
    "rest_order_fulfilled_tracking.json": 1073459975,
    "rest_order_paid_eur.json": 1073459976,
    "rest_order_partially_paid.json": 1073459980,
    "rest_orders_list_partially_refunded.json": 450789469,
}

NEVER_MET = {
    **dict.fromkeys(
        (f"rest_fulfillment_order_test_{n}_get.json" for n in (1, 2, 3, 4)),
        "fulfilment orders are read over GraphQL",
    ),
    **dict.fromkeys(
        (f"rest_fulfillment_test_{n}_get.json" for n in (1, 2, 3, 4)), "fulfilments are read over GraphQL"
    ),
    **dict.fromkeys(
        (f"rest_inventory_level_test_{n}.json" for n in ("1_get", "2_get", "3_get", "4_post")),
        "stock is written over GraphQL and never read",
    ),
    **dict.fromkeys(
        (f"rest_refund_test_{n}.json" for n in ("1_get", "2_post", "3_post", "4_get")),
        "answers of the REST refund interface; the webhook refunds/create names its order",
    ),
}


@pytest.fixture(scope="session")
def samples(contracts) -> Path:
    return contracts / "shopify" / "samples"


def test_every_sample_is_accounted_for(samples):
    assert {path.name for path in samples.iterdir()} == GOLDEN | set(NOTICES) | set(NEVER_MET)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_graphql_orders_become_the_canonical_order(samples, name):
    answer = msgspec.json.decode((samples / name).read_bytes())
    (node,) = answer["data"]["orders"]["nodes"]
    order = read_order(msgspec.json.encode(node))
    assert msgspec.json.decode(msgspec.json.encode(order)) == msgspec.json.decode(
        (EXPECTED / name).read_bytes()
    )
    assert order.expected_total() == order.total


@pytest.mark.parametrize("name", sorted(NOTICES))
def test_rest_orders_as_webhooks_become_notices(samples, name):
    sample = msgspec.json.decode((samples / name).read_bytes())
    body = msgspec.json.encode(sample["order"] if "order" in sample else sample["orders"][0])
    headers = {"x-shopify-topic": "orders/updated", "x-shopify-hmac-sha256": hmac_base64("hush", body)}
    settings = ShopifySettings(shop="some-shop.myshopify.com", client_id="c", client_secret="hush")
    receipt = receive(WebhookRequest(headers=headers, body=body), settings)
    assert receipt.notices == (Notice(topic=Topic.ORDER, external_id=f"gid://shopify/Order/{NOTICES[name]}"),)


def test_rest_refund_as_webhook_names_its_order(samples):
    sample = msgspec.json.decode((samples / "rest_refund_test_4_get.json").read_bytes())
    body = msgspec.json.encode(sample["response"]["refund"])
    headers = {"x-shopify-topic": "refunds/create", "x-shopify-hmac-sha256": hmac_base64("hush", body)}
    settings = ShopifySettings(shop="some-shop.myshopify.com", client_id="c", client_secret="hush")
    (notice,) = receive(WebhookRequest(headers=headers, body=body), settings).notices
    assert notice.external_id == "gid://shopify/Order/450789469"
