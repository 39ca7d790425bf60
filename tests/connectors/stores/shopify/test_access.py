"""Signing in: three kinds of tokens, renewed in time, by one, and never shown."""

from datetime import timedelta

import httpx
import pytest
from pydantic import ValidationError

from connectors.kit import AuthenticationFailed, Misconfigured
from connectors.stores.shopify.access import callback_is_genuine
from connectors.stores.shopify.settings import ShopifySettings

TOKEN = "oauth/access_token"


async def test_one_token_serves_for_a_day(desk):
    await desk.connector.check()
    desk.clock.advance(timedelta(hours=23))
    await desk.connector.check()
    assert desk.sent(TOKEN) == 1
    desk.clock.advance(timedelta(hours=1))
    await desk.connector.check()
    assert desk.sent(TOKEN) == 2


async def test_token_that_ends_early_is_renewed_also_for_a_write(desk):
    shipment = await desk.shipment(desk.place())
    desk.twin.expire_tokens()
    await desk.connector.push_fulfilment(shipment, "k")
    assert len(desk.effects("fulfilment")) == 1
    assert desk.sent(TOKEN) == 2


async def test_another_connector_uses_the_token_that_was_renewed(desk):
    await desk.connector.check()
    await desk.rig.connect().check()
    assert desk.sent(TOKEN) == 1


async def test_static_token_is_used_as_it_is(new_desk):
    desk = new_desk(access_token="shpat_static")
    desk.twin.issue_static_token()
    await desk.connector.check()
    assert desk.sent(TOKEN) == 0


async def test_refused_static_token_asks_for_a_new_installation(new_desk):
    desk = new_desk(access_token="shpat_wrong")
    with pytest.raises(AuthenticationFailed, match="install the app again") as caught:
        await desk.connector.check()
    assert "shpat_wrong" not in str(caught.value)


async def test_rotating_refresh_token_is_stored_and_followed(new_desk):
    desk = new_desk(refresh_token="shprt_0")
    for _ in range(3):
        await desk.connector.check()
        desk.clock.advance(timedelta(hours=1))
    stored = await desk.rig.credentials.current()
    assert stored["refresh_token"] == desk.twin.refresh_token
    assert desk.sent(TOKEN) == 3


async def test_former_refresh_token_is_tried_where_the_present_one_is_refused(new_desk):
    desk = new_desk(refresh_token="shprt_0")
    for _ in range(2):
        await desk.connector.check()
        desk.clock.advance(timedelta(hours=2))
    desk.twin.refresh_token = (await desk.rig.credentials.current())["former_refresh_token"]
    assert desk.twin.refresh_token != "shprt_0"
    await desk.connector.check()


async def test_refresh_token_entered_anew_replaces_the_stored_ones(new_desk):
    desk = new_desk(refresh_token="shprt_new")
    desk.rig.credentials._tokens = {"refresh_token": "shprt_dead", "former_refresh_token": "shprt_deader"}
    desk.twin.refresh_token = "shprt_new"
    await desk.connector.check()


async def test_wrong_client_secret_asks_to_sign_in_and_shows_nothing(new_desk):
    desk = new_desk(client_secret="guessed-secret")
    with pytest.raises(AuthenticationFailed) as caught:
        await desk.connector.check()
    assert "guessed-secret" not in str(caught.value)


async def test_missing_scopes_are_named(desk):
    desk.twin.scopes -= {"read_locations", "read_inventory"}
    with pytest.raises(AuthenticationFailed, match="read_locations") as caught:
        await desk.connector.check()
    assert "read_inventory" not in str(caught.value)  # write_inventory includes it


@pytest.mark.parametrize(
    ("overrides", "setting"),
    [({"location_id": "999"}, "location_id"), ({"shop": "other.myshopify.com"}, "shop")],
    ids=["location", "shop"],
)
async def test_wrong_settings_are_named(new_desk, overrides, setting):
    with pytest.raises(Misconfigured) as caught:
        await new_desk(**overrides).connector.check()
    assert caught.value.setting == setting


async def test_retired_version_asks_for_a_newer_hub(desk):
    def answered_in_the_next_version(_: int, answer: httpx.Response) -> httpx.Response:
        answer.headers["x-shopify-api-version"] = "2027-01"
        return answer

    desk.rig.wire.spoil = answered_in_the_next_version
    with pytest.raises(Misconfigured, match="update the hub"):
        await desk.connector.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"shop": "acme.example"},
        {"shop": "acme.myshopify.com", "client_secret": None},
        {"shop": "acme.myshopify.com", "location_id": "gid://shopify/Product/1"},
    ],
    ids=["domain", "no way to sign in", "not a location"],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        ShopifySettings(**{"client_id": "c", "client_secret": "s", **wrong})


def test_settings_take_what_people_paste():
    settings = ShopifySettings(shop="https://ACME.myshopify.com/", access_token="t", location_id="17")
    assert (settings.base_url, settings.location_id) == (
        "https://acme.myshopify.com",
        "gid://shopify/Location/17",
    )


@pytest.mark.parametrize(
    "query",
    [
        {
            "hmac": "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2",
            "timestamp": "1337178173",
            "code": "a94a110d86d2452eb3e2af4cfb8a3828",
            "shop": "some-shop.myshopify.com",
        },
        {
            "hmac": "b93b9f82996f6f8bf9f1b7bbddec284c8fabacdc4e12dc80550b4705f3003b1e",
            "ids": '["2", "1"]',
            "shop": "some-shop.myshopify.com",
        },
    ],
    ids=["plain", "with an array"],
)
def test_installation_callback_is_verified(query):
    """Vectors of Shopify/shopify_python_api, test/session_test.py."""
    assert callback_is_genuine(query, "hush")
    assert not callback_is_genuine({**query, "shop": "evil.myshopify.com"}, "hush")
    assert not callback_is_genuine(query, "hash")
    assert not callback_is_genuine({name: value for name, value in query.items() if name != "hmac"}, "hush")
