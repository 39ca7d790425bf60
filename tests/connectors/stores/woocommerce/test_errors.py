"""WooCommerce's refusals, named by what the hub does next."""

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

HTML = b"<!doctype html><html>Forbidden by the firewall</html>"


def refusal(status, code, message="No."):
    return httpx.Response(status, json={"code": code, "message": message, "data": {"status": status}})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            refusal(401, "woocommerce_rest_authentication_error", "Consumer key is invalid."),
            AuthenticationFailed,
        ),
        (refusal(401, "woocommerce_rest_cannot_view"), AuthenticationFailed),
        (refusal(403, "woocommerce_rest_cannot_view"), AuthenticationFailed),
        (refusal(401, "woocommerce_rest_authentication_error", "Invalid nonce - used."), Transient),
        (refusal(404, "rest_no_route"), Misconfigured),
        (refusal(404, "woocommerce_rest_shop_order_invalid_id"), Rejected),
        (refusal(400, "rest_invalid_param"), Rejected),
        (refusal(400, 0, "Invalid item."), Rejected),
        (refusal(500, "internal_server_error"), Transient),
        (httpx.Response(404, content=HTML), Misconfigured),
        (httpx.Response(403, content=HTML), AuthenticationFailed),
        (httpx.Response(429, content=HTML), RateLimited),
        (httpx.Response(503, content=HTML), Transient),
        (httpx.Response(200, content=HTML), UnexpectedPayload),
        (httpx.Response(200, content=b"{}"), UnexpectedPayload),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.status_code),
)
async def test_each_refusal_has_its_name(desk, answer, expected):
    desk.rig.wire.instead = lambda number: answer
    with pytest.raises(expected) as caught:
        await desk.connector.check()
    assert type(caught.value) is expected


async def test_platforms_code_is_kept(desk):
    desk.rig.wire.instead = lambda number: refusal(400, "rest_invalid_param", "Invalid parameter(s): status")
    with pytest.raises(Rejected, match="status") as caught:
        await desk.connector.fetch_orders(["1"])
    assert caught.value.code == "rest_invalid_param"


async def test_site_that_fails_during_a_write_leaves_the_outcome_open(desk):
    shipment = await desk.shipment(desk.place())
    desk.rig.wire.clear()
    desk.rig.wire.spoil = lambda number, answer: (
        refusal(500, "internal_server_error") if number == 2 else answer
    )
    with pytest.raises(OutcomeUnknown):
        await desk.connector.push_fulfilment(shipment, "key")
