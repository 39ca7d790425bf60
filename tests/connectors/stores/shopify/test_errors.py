"""Shopify's refusals under the hub's names."""

from datetime import timedelta

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.conformance.rig import BASE_URL
from connectors.kit.outside import Outside
from connectors.stores.shopify import documents
from connectors.stores.shopify.client import ShopifyClient
from connectors.stores.shopify.settings import ShopifySettings

SETTINGS = ShopifySettings(shop="acme.myshopify.com", access_token="shpat_x", endpoint=BASE_URL)


@pytest.fixture
def client_answering(desk):
    """A client whose every request gets the same answer, and the waits it made."""

    def make(status: int, content: object, **headers: str) -> tuple[ShopifyClient, list[float]]:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        transport = httpx.MockTransport(lambda _: httpx.Response(status, json=content, headers=headers))
        usual = desk.rig.outside()
        outside = Outside(
            http=httpx.AsyncClient(transport=transport),
            now=usual.now,
            sleep=sleep,
            budget=usual.budget,
            credentials=usual.credentials,
            jitter=usual.jitter,
        )
        return ShopifyClient(SETTINGS, outside), waits

    return make


def refused(code: str) -> dict[str, object]:
    return {"data": None, "errors": [{"message": "no", "extensions": {"code": code}}]}


async def read(client: ShopifyClient) -> object:
    return await client.read(documents.CHECK_CONNECTION, {}, dict[str, object], cost=1)


async def write(client: ShopifyClient) -> object:
    return await client.attempt(documents.SET_STOCK, {}, at="inventorySetQuantities")


@pytest.mark.parametrize(
    ("status", "content", "on_read", "on_write"),
    [
        (200, refused("THROTTLED"), RateLimited, RateLimited),
        (200, refused("ACCESS_DENIED"), AuthenticationFailed, AuthenticationFailed),
        (200, refused("INTERNAL_SERVER_ERROR"), Transient, OutcomeUnknown),
        (200, refused("MAX_COST_EXCEEDED"), Rejected, Rejected),
        (200, refused("undefinedField"), Rejected, Rejected),
        (200, refused("SHOP_INACTIVE"), Misconfigured, Misconfigured),
        (200, {"errors": [{"message": "no code"}]}, Rejected, Rejected),
        (
            401,
            {"errors": "[API] Invalid API key or access token"},
            AuthenticationFailed,
            AuthenticationFailed,
        ),
        (402, {"errors": "Unavailable Shop"}, Misconfigured, Misconfigured),
        (423, {"errors": "Locked"}, Misconfigured, Misconfigured),
        (403, {"errors": "Unavailable Shop"}, AuthenticationFailed, AuthenticationFailed),
        (404, {"errors": "Not Found"}, Misconfigured, Misconfigured),
        (429, {"errors": "Too Many Requests"}, RateLimited, RateLimited),
        (500, {"errors": "Internal"}, Transient, OutcomeUnknown),
        (503, "busy", Transient, OutcomeUnknown),
        (200, "html", UnexpectedPayload, OutcomeUnknown),
        (200, {"data": {"shop": 1}}, None, OutcomeUnknown),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_refusals_are_named(client_answering, status, content, on_read, on_write):
    client, _ = client_answering(status, content)
    for call, error in ((read, on_read), (write, on_write)):
        if error is not None:
            with pytest.raises(error) as caught:
                await call(client)
            assert type(caught.value) is error
            assert "shpat_x" not in str(caught.value)


async def test_throttled_waits_as_long_as_the_bucket_needs(client_answering):
    cost = {
        "requestedQueryCost": 878,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 128, "restoreRate": 100},
    }
    client, waits = client_answering(200, {**refused("THROTTLED"), "extensions": {"cost": cost}})
    with pytest.raises(RateLimited) as caught:
        await read(client)
    assert caught.value.retry_after == timedelta(seconds=7.5)
    assert 7.5 in waits


async def test_user_errors_of_a_write_are_a_refusal(client_answering):
    error = {"field": ["fulfillment"], "message": "Fulfillment order is closed."}
    client, _ = client_answering(200, {"data": {"fulfillmentCreate": {"userErrors": [error]}}})
    with pytest.raises(Rejected, match=r"Fulfillment order is closed\."):
        await client.write(documents.CREATE_FULFILMENT, {}, at="fulfillmentCreate")


async def test_null_payload_of_a_write_is_not_taken_for_done(client_answering):
    client, _ = client_answering(200, {"data": {"fulfillmentCreate": None}})
    with pytest.raises(OutcomeUnknown):
        await client.write(documents.CREATE_FULFILMENT, {}, at="fulfillmentCreate")


async def test_twin_throttles_in_shopifys_way_and_the_pull_goes_on(desk):
    placed = [desk.place() for _ in range(30)]
    desk.twin._points = 0.0
    started = desk.clock()
    arrived, _ = await desk.pull()
    assert arrived == placed
    assert desk.clock() - started >= timedelta(seconds=8)
