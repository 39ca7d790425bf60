"""What is special about Saleor: global ids, approval, carriers in metadata, allocated stock, signed posts."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    InvalidSignature,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Transient,
    WebhookRequest,
)
from connectors.kit.signing import hmac_hex
from connectors.stores.saleor.documents import EVENT
from connectors.stores.saleor.twin import WEBHOOK_SECRET
from mappings.canonical import PaymentStatus, StockLevel
from mappings.stores.saleor.tables import WEBHOOK_EVENTS

HOOK = "https://hub.example/hook"


async def test_orders_are_paged_by_number_while_others_change(desk):
    ids = [desk.place() for _ in range(5)]
    pages = desk.connect(page_size=2).pull_orders("")
    first = await anext(pages)
    desk.clock.advance(timedelta(minutes=1))
    desk.store.touch(desk.known(ids[0]))
    rest = [one.external_id async for page in pages for one in page.deliveries]

    assert [it.external_id for it in first.deliveries] + rest == ids


async def test_interrupted_pass_goes_on_behind_its_cursor(desk):
    ids = [desk.place() for _ in range(5)]
    connector = desk.connect(page_size=2)
    first = await anext(connector.pull_orders(""))
    again = [it async for it in connector.pull_orders(first.bookmark)]

    assert [one.external_id for one in again[0].deliveries] == ids[2:4]


async def test_ids_that_are_no_orders_are_never_asked_for(desk):
    order_id = desk.place()
    odd = ["", "1", "not base64!", desk.store.by_sku["SKU-0"].id, order_id + "7", order_id]
    assert [it.external_id for it in await desk.connector.fetch_orders(odd)] == [order_id]


async def test_refund_before_shipping_leaves_the_rest_open(desk):
    order_id = desk.place(("SKU-0", 3))
    desk.twin.refund_line(order_id, 0, 1)
    order = await desk.order(order_id)

    assert (order.payment_status, str(order.refunded)) == (PaymentStatus.PARTIALLY_REFUNDED, "9.99")
    assert (order.lines[0].quantity_cancelled, order.lines[0].quantity_open) == (1, 2)


async def test_fulfilment_that_waits_is_approved(desk):
    desk.store.auto_approve = False
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id), "key")
    (fulfilment,) = desk.known(order_id).fulfilments

    assert (fulfilment.status, fulfilment.metadata) == ("FULFILLED", {"carrier": "UPS"})


async def test_parcel_without_its_carrier_is_not_told_yet(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.store.fulfil(desk.known(order_id), {it.line_id: it.quantity for it in shipment.lines}, "T-1")
    assert not await desk.connector.find_fulfilment(shipment)

    await desk.connector.push_fulfilment(shipment, "key")
    assert await desk.connector.find_fulfilment(shipment)
    assert len(desk.known(order_id).fulfilments) == 1


async def test_more_than_is_open_is_refused_in_saleors_words(desk):
    order_id = desk.place()
    first = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(first, "key")
    with pytest.raises(Rejected) as raised:
        await desk.connector.push_fulfilment(
            await desk.shipment(order_id, lines=first.lines, tracking_number="T-9"), "key"
        )
    assert raised.value.code in ("FULFILL_ORDER_LINE", "INVALID")


async def test_allocated_units_are_not_for_sale(desk):
    desk.place(("SKU-0", 4))
    assert await desk.connector.push_stock([desk.level("SKU-0", 10)], "key") == []

    assert (desk.store.by_sku["SKU-0"].quantity, desk.twin.stock_shown()["SKU-0"]) == (14, 10)


async def test_variant_without_stock_in_the_warehouse_is_named(desk):
    odd = StockLevel(listing_id="nonsense", sku="", available=1, as_of=desk.clock())
    refused = await desk.connector.push_stock([odd, desk.level("SKU-1", 3)], "key")

    assert ([it.listing_id for it in refused], desk.twin.stock_shown()["SKU-1"]) == (["nonsense"], 3)


async def test_unknown_warehouse_is_a_setting_at_fault(desk):
    with pytest.raises(Misconfigured) as raised:
        await desk.connect(warehouse_id="V2FyZWhvdXNlOjE=").check()

    assert raised.value.setting == "warehouse_id"


def failing(code: str, data: str = "null") -> Any:
    body = f'{{"data":{data},"errors":[{{"message":"m","extensions":{{"exception":{{"code":"{code}"}}}}}}]}}'
    return lambda number: httpx.Response(200, content=body.encode())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PermissionDenied", AuthenticationFailed),
        ("ExpiredSignatureError", AuthenticationFailed),
        ("QueryCostError", Misconfigured),
        ("GraphQLError", Rejected),
        ("OperationalError", Transient),
    ],
)
async def test_exceptions_of_saleor_have_their_names(desk, code, expected):
    desk.rig.wire.instead = failing(code)
    with pytest.raises(expected):
        await desk.connector.check()


async def test_write_during_which_saleor_fails_has_no_known_outcome(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.rig.wire.clear()
    desk.rig.wire.instead = lambda number: failing("OperationalError")(number) if number == 2 else None
    with pytest.raises(OutcomeUnknown):
        await desk.connector.push_fulfilment(shipment, "key")


async def test_one_webhook_stays_and_is_written(desk):
    await desk.connector.register_webhooks(HOOK)
    hooks = desk.twin.operations.webhooks
    (first,) = hooks.values()
    first |= {"isActive": False, "secretKey": "lost"}
    hooks["V2ViaG9vazo5OQ=="] = {**first, "id": "V2ViaG9vazo5OQ=="}
    hooks["V2ViaG9vazo5OA=="] = {**first, "id": "V2ViaG9vazo5OA==", "targetUrl": "https://elsewhere.example"}
    await desk.connector.register_webhooks(HOOK)

    (here,) = [hook for hook in hooks.values() if hook["targetUrl"] == HOOK]
    assert (here["isActive"], here["secretKey"], here["query"]) == (True, WEBHOOK_SECRET, EVENT)
    assert here["asyncEvents"] == list(WEBHOOK_EVENTS)
    assert len(hooks) == 2


def test_signature_of_our_own_vector():
    body = b'[{"type":"Order","id":"T3JkZXI6MQ=="}]'
    assert hmac_hex("abc", body) == "f84a27b4807e334da16a4a0a32a0051be737be1f3fda661fcd5c5fb918b1af97"


def signed(body: bytes) -> WebhookRequest:
    return WebhookRequest(headers={"saleor-signature": hmac_hex(WEBHOOK_SECRET, body)}, body=body)


def test_event_without_an_order_is_acknowledged(desk):
    assert desk.connector.receive(signed(b'{"product":{"id":"x"}}')).notices == ()
    assert desk.connector.receive(signed(b'{"order":null}')).notices == ()


async def test_webhooks_without_a_secret_are_not_registered(desk):
    with pytest.raises(Misconfigured, match="enter a secret"):
        await desk.connect(webhook_secret="").register_webhooks("https://hub.example/hook")


def test_post_is_refused_where_no_secret_was_agreed(desk):
    with pytest.raises(InvalidSignature):
        desk.connect(webhook_secret="").receive(
            WebhookRequest(headers={"saleor-signature": hmac_hex("", b"{}")}, body=b"{}")
        )
