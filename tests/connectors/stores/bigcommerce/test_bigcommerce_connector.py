"""What is special about BigCommerce: unfinished checkouts, addresses, quotas, safety stock, thin webhooks."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors.kit import InvalidSignature, Misconfigured, RateLimited, Rejected, Transient, Unsupported
from connectors.kit.messages import WebhookRequest
from connectors.kit.standard_webhooks import signature
from connectors.stores.bigcommerce.twin import CLIENT_SECRET
from connectors.stores.bigcommerce.twin_state import INCOMPLETE
from connectors.stores.bigcommerce.webhooks import WANTED_SCOPES
from mappings.canonical import PaymentStatus, StockLevel

HOOK = "https://hub.example/hook"


async def pulled(desk: Any, bookmark: str = "") -> tuple[list[str], str]:
    pages = [page async for page in desk.connector.pull_orders(bookmark)]
    marks = [page.bookmark for page in pages if page.bookmark]
    return [one.external_id for page in pages for one in page.deliveries], marks[-1] if marks else bookmark


async def test_unfinished_checkout_is_no_order_until_it_is_finished(desk):
    order_id = desk.place()
    desk.known(order_id).status = INCOMPLETE
    assert await pulled(desk) == ([], "2026-03-02T08:00:00.000Z")
    assert await desk.connector.fetch_orders([order_id]) == []
    assert await desk.connector.list_order_ids(desk.clock(), desk.clock() + timedelta(hours=1)) == []

    desk.clock.advance(timedelta(days=1))
    desk.store.set_status(desk.known(order_id), 11)
    assert (await pulled(desk, "2026-03-02T08:00:00.000Z"))[0] == [order_id]


@pytest.mark.parametrize("is_inclusive", [True, False])
async def test_pages_are_complete_whether_or_not_min_id_belongs_to_them(desk, is_inclusive):
    ids = [desk.place() for _ in range(7)]
    desk.twin.interface.min_id_is_inclusive = is_inclusive
    pages = [page async for page in desk.connect(page_size=3).pull_orders("")]

    assert [one.external_id for page in pages for one in page.deliveries] == ids


async def test_refund_lines_come_with_the_order(desk):
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 1))
    desk.twin.refund_line(order_id, 0, 1)
    order = await desk.order(order_id)

    assert (order.payment_status, str(order.refunded)) == (PaymentStatus.PARTIALLY_REFUNDED, "10.59")
    assert [line.quantity_open for line in order.lines] == [1, 1]


async def test_parcel_for_two_addresses_cannot_be_expressed(desk):
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 1))
    shipment = await desk.shipment(order_id)
    elsewhere = await desk.shipment(desk.place(("SKU-2", 1)))
    both = await desk.shipment(order_id, lines=(*shipment.lines, *elsewhere.lines))
    with pytest.raises(Unsupported):
        await desk.connector.push_fulfilment(both, "key")

    assert desk.known(order_id).shipments == []


async def test_cancelled_order_is_not_shipped(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.cancel_order(order_id)
    with pytest.raises(Rejected):
        await desk.connector.push_fulfilment(shipment, "key")


@pytest.mark.parametrize(
    ("carrier", "told"),
    [
        ("usps", ("usps", "", "")),
        ("sf-express", ("", "sf-express", "")),
        ("harbour-pigeons", ("", "", "https://track.example/T-1")),
    ],
)
async def test_carrier_is_told_in_the_words_that_make_a_link(desk, carrier, told):
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, carrier=carrier), "key")
    fields = desk.known(order_id).shipments[0].fields

    assert (fields["shipping_provider"], fields["tracking_carrier"], fields["tracking_link"]) == told


async def test_safety_stock_is_added_to_what_may_be_sold(desk):
    item = desk.store.by_sku["SKU-1"]
    level = StockLevel(listing_id=str(item.variant), sku="SKU-1", available=5, as_of=desk.clock())

    assert (await desk.connector.push_stock([level], "key"), item.safety, item.on_hand) == ([], 2, 7)
    assert desk.twin.stock_shown()["SKU-1"] == 5


async def test_item_that_spoils_a_whole_call_is_named_and_the_others_are_set(desk):
    levels = [
        StockLevel(listing_id=str(item.variant), sku=item.sku, available=available, as_of=desk.clock())
        for item, available in zip(desk.store.by_sku.values(), (4, -9, 6), strict=True)
    ]
    refused = await desk.connector.push_stock(levels, "key")

    assert [it.listing_id for it in refused] == [levels[1].listing_id]
    assert desk.twin.stock_shown() == {"SKU-0": 4, "SKU-1": 100, "SKU-2": 6}


async def test_steady_work_never_exceeds_the_quota(desk):
    ids = [desk.place() for _ in range(400)]
    started = desk.clock()
    assert len(await desk.connector.fetch_orders(ids)) == 400
    assert [request for request in desk.rig.wire.sent if request.method != "GET"] == []

    assert len(desk.rig.wire.sent) == 400
    assert 400 / (desk.clock() - started).total_seconds() >= 0.95 * 150 / 30


async def test_a_conflict_with_another_change_passes(desk):
    desk.rig.wire.instead = lambda number: httpx.Response(409, json={"status": 409, "title": "Conflict"})
    with pytest.raises(Transient, match="another change"):
        await desk.connector.check()


async def test_quota_names_when_it_is_over(desk):
    desk.rig.wire.instead = lambda number: throttled(40_000)
    with pytest.raises(RateLimited) as raised:
        await desk.connector.check()

    assert raised.value.retry_after == timedelta(seconds=40)


def throttled(milliseconds: int) -> Any:
    return httpx.Response(429, headers={"X-Rate-Limit-Time-Reset-Ms": str(milliseconds)}, content=b"{}")


async def test_unknown_location_is_a_setting_at_fault(desk):
    with pytest.raises(Misconfigured) as raised:
        await desk.connect(location_id=7).check()

    assert raised.value.setting == "location_id"


def hooked(body: dict[str, Any], moment: datetime, secret: str = CLIENT_SECRET) -> WebhookRequest:
    content, seconds = json.dumps(body).encode(), str(int(moment.timestamp()))
    headers = {"webhook-id": "msg_1", "webhook-timestamp": seconds}
    return WebhookRequest(
        headers={**headers, "webhook-signature": f"v1,old {signature(secret, 'msg_1', seconds, content)}"},
        body=content,
    )


def event(**changes: Any) -> dict[str, Any]:
    data = {"type": "order", "id": 250}
    return {"scope": "store/order/updated", "producer": "stores/twin", "data": data, **changes}


def test_signature_of_our_own_vector():
    body = (
        b'{"store_id":"11111","producer":"stores/abcde","scope":"store/order/statusUpdated",'
        b'"data":{"type":"order","id":173331},"hash":"3f9ea420af83450d7ef9f78b08c8af25b2213637"}'
    )
    signed = signature("bc_client_secret", "msg_1", "1760000000", body)
    assert signed == "v1,3M2zJaGQ4UVgNtXXniwC1cMAKHFy6COBbeUGLQg6Lzs="


def test_genuine_event_is_a_notice(desk):
    receipt = desk.connector.receive(hooked(event(), desk.clock()))
    assert [notice.external_id for notice in receipt.notices] == ["250"]


@pytest.mark.parametrize("off", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_replayed_event_is_refused(desk, off):
    with pytest.raises(InvalidSignature):
        desk.connector.receive(hooked(event(), desk.clock() - off))


def test_event_of_another_store_of_the_same_account_is_refused(desk):
    with pytest.raises(InvalidSignature):
        desk.connector.receive(hooked(event(producer="stores/other"), desk.clock()))


def test_event_about_no_order_is_acknowledged(desk):
    stock = {"type": "product", "id": 167, "inventory": {"value": 1}}
    assert desk.connector.receive(hooked(event(data=stock), desk.clock())).notices == ()


async def test_hooks_that_were_switched_off_are_switched_on_and_doubles_go(desk):
    await desk.connector.register_webhooks(HOOK)
    hooks = desk.twin.interface.hooks
    first = next(iter(hooks.values()))
    first["is_active"] = False
    hooks[1] = {**first, "id": 1}
    hooks[2] = {**first, "id": 2, "destination": "https://elsewhere.example"}
    await desk.connector.register_webhooks(HOOK)
    here = [hook for hook in hooks.values() if hook["destination"] == HOOK]

    assert sorted(hook["scope"] for hook in here) == sorted(WANTED_SCOPES)
    assert all(hook["is_active"] for hook in here)
    assert 2 in hooks


async def test_webhooks_need_the_client_secret(desk):
    with pytest.raises(Misconfigured) as raised:
        await desk.connect(client_secret="").register_webhooks(HOOK)

    assert raised.value.setting == "client_secret"
