"""Keys: Basic, in the query, and OAuth over plain HTTP; and the vectors of the documentation."""

from datetime import timedelta

import pytest

from connectors.kit import AuthenticationFailed, Misconfigured
from connectors.kit.oauth1 import oauth_signature
from connectors.stores.woocommerce import PLUGIN

ADDRESS = "http://www.example.com/wp-json/wc/v3/orders"


def test_signature_of_the_documentation():
    params = {"oauth_consumer_key": "abc123", "oauth_signature_method": "HMAC-SHA1"}
    assert (
        oauth_signature("GET", ADDRESS, params, "cs_secret", digest="sha1") == "CDJ6tfoSNhTmB2G5fah6oMlzagA="
    )


def test_signature_with_times_in_the_query():
    params = {
        "modified_after": "2026-11-01T00:00:00",
        "oauth_consumer_key": "ck_abc",
        "oauth_nonce": "0123456789abcdef0123456789abcdef",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": "1760000000",
        "per_page": "100",
    }
    assert oauth_signature("GET", ADDRESS, params, "cs_def") == "7pePcukHTq2uvoUZIW7w8bl7lzDnaSWAjmk52Kv/Jpk="


async def test_plain_http_is_signed_and_shows_no_secret(new_desk):
    desk = new_desk(url="http://twin.example")
    order_id = desk.place()
    assert (await desk.pull())[0] == [order_id]
    assert "cs_twin_secret" not in str(desk.rig.wire.sent[-1].url)
    assert "authorization" not in desk.rig.wire.sent[-1].headers


async def test_plain_http_signs_writes_and_every_repetition_anew(new_desk):
    desk = new_desk(url="http://twin.example")
    order_id = desk.place()
    desk.twin.faults.forced.append("server_error")
    await desk.connector.push_fulfilment(await desk.shipment(order_id), "key")
    nonces = [request.url.params["oauth_nonce"] for request in desk.rig.wire.sent]
    assert len(set(nonces)) == len(nonces)


async def test_nonce_that_was_used_is_replaced(new_desk):
    desk = new_desk(url="http://twin.example")
    outside = desk.rig.outside()
    for _ in range(2):  # a restart: the same clock, count and draw
        await PLUGIN.connector(desk.rig.settings(), outside).check()
    first, again, *_ = [it.url.params["oauth_nonce"] for it in desk.sent("GET", "/orders")]
    assert first == again
    assert len(desk.sent("GET", "/orders")) == 3


async def test_clock_that_is_off_is_an_authentication_failure(new_desk):
    desk = new_desk(url="http://twin.example")
    desk.rig.skew = timedelta(minutes=16)
    with pytest.raises(AuthenticationFailed, match="timestamp"):
        await desk.connector.check()


async def test_keys_go_into_the_query_where_a_server_drops_the_header(new_desk):
    desk = new_desk()
    desk.twin.keys.drops_header = True
    with pytest.raises(AuthenticationFailed):
        await desk.connector.check()
    desk.rig.overrides["keys_in_query"] = True
    await desk.rig.connect().check()


async def test_read_only_keys_cannot_write(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.keys.permission = "read"
    with pytest.raises(AuthenticationFailed, match="write permissions"):
        await desk.connector.push_fulfilment(shipment, "key")


@pytest.mark.parametrize(
    ("records", "feature"), [("fulfillments", "fulfillments"), ("shipment-tracking", "shipment-tracking")]
)
async def test_check_sees_that_a_shop_keeps_no_parcels_in_this_way(new_desk, records, feature):
    desk = new_desk(parcel_records=records)
    await desk.connector.check()
    desk.twin.rest.features.remove(feature)
    with pytest.raises(Misconfigured) as caught:
        await desk.connector.check()
    assert caught.value.setting == "parcel_records"


async def test_shop_in_a_folder_is_reached_there(new_desk):
    desk = new_desk(url="https://twin.example/shop/")
    with pytest.raises(Misconfigured):  # the twin is not in a folder
        await desk.connector.check()
    assert desk.rig.wire.sent[0].url.path == "/shop/wp-json/wc/v3/orders"
