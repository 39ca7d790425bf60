"""What is special about JD: the signature, split orders, whole parcels, hundred pages, tokens."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    OutcomeUnknown,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.jd import PLUGIN
from connectors.stores.jd.gateway import sign
from mappings.canonical import LineQuantity, PostalAddress, Shipment
from mappings.documents import form_fields
from mappings.stores.jd import read_order

ADDRESS = PostalAddress(
    name="林小满", telephone="13800000001", country="CN", province="广东省", city="广州市"
)


class Desk:
    def __init__(self) -> None:
        self.rig = Rig(PLUGIN)
        self.twin: Any = self.rig.twin
        self.connector: Any = self.rig.connector
        self.twin.offer(
            [Product(sku=f"T-{it}", title="Tea", price=Decimal("9.9"), stock=9) for it in range(3)]
        )

    def place(self, *items: tuple[str, int]) -> str:
        purchase = Purchase(buyer_reference="b", ship_to=ADDRESS, items=items or (("T-0", 2),))
        order_id: str = self.twin.place_order(purchase)
        return order_id

    async def shipment(self, order_id: str, **changes: Any) -> Shipment:
        (delivery,) = await self.connector.fetch_orders([order_id])
        lines = read_order(delivery.document).lines
        usual: dict[str, Any] = {
            "shipment_id": "S-1",
            "order_external_id": order_id,
            "carrier": "yto",
            "tracking_number": "YT-1",
            "shipped_at": self.rig.clock(),
            "lines": tuple(LineQuantity(line_id=it.line_id, quantity=it.quantity) for it in lines),
        }
        return Shipment(**{**usual, **changes})

    def sent(self, method: str) -> list[dict[str, str]]:
        posted = [it for it in self.rig.wire.sent if it.method == "POST"]
        forms = [form_fields(request.content) for request in posted]
        return [form for form in forms if form["method"] == method]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_signature_of_the_published_vector():
    business = (
        '{"dateType":"0","end_date":"2026-09-11 00:00:00","optional_fields":"orderId,orderState,modified",'
        '"order_state":"WAIT_SELLER_STOCK_OUT","page":"1","page_size":"100","sortType":"0",'
        '"start_date":"2026-09-10 00:00:00"}'
    )
    parameters = {
        "method": "jingdong.pop.order.enSearch",
        "app_key": "testkey",
        "access_token": "testtoken",
        "timestamp": "2026-09-11 00:05:00",
        "v": "2.0",
        "format": "json",
        "360buy_param_json": business,
    }
    assert sign(parameters, "testsecret") == "AFC422A687B77082E3C6BC32B837610E"


async def test_order_that_jd_split_is_read_again_beside_its_parts(desk):
    order_id = desk.place(("T-0", 1), ("T-1", 1))
    desk.rig.clock.advance(timedelta(minutes=5))
    parts = desk.twin.shop.split(desk.twin.shop.orders[order_id])
    desk.rig.clock.advance(timedelta(minutes=5))
    pages = [page async for page in desk.connector.pull_orders("2026-03-02T08:00:00+00:00")]
    assert {it.external_id for page in pages for it in page.deliveries} >= {part.id for part in parts}
    assert [it.external_id for page in pages for it in page.notices] == [order_id]
    (whole,) = await desk.connector.fetch_orders([order_id])
    assert read_order(whole.document).cancelled_at


async def test_part_of_an_order_is_unsupported_and_nothing_is_sent(desk):
    order_id = desk.place(("T-0", 2))
    shipment = await desk.shipment(order_id)
    part = (LineQuantity(line_id=shipment.lines[0].line_id, quantity=1),)
    with pytest.raises(Unsupported):
        await desk.connector.push_fulfilment(await desk.shipment(order_id, lines=part), "key")
    assert desk.sent("jingdong.pop.order.shipment") == []


async def test_number_that_jd_knows_is_not_told_again(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    for _ in range(2):
        await desk.connector.push_fulfilment(shipment, "key")
    assert len(desk.sent("jingdong.pop.order.shipment")) == 1


async def test_parcel_of_which_jd_does_not_say_that_it_is_told_is_unknown(desk):
    shipment = await desk.shipment(desk.place())
    silent = httpx.Response(200, content=b'{"jingdong_pop_order_shipment_responce":{"code":"0","r":{}}}')
    desk.rig.wire.spoil = lambda number, answer: silent if b"shipment_responce" in answer.content else answer
    with pytest.raises(OutcomeUnknown):
        await desk.connector.push_fulfilment(shipment, "key")


async def test_number_that_somebody_else_told_is_not_replaced(desk):
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, tracking_number="BY-HAND"), "key")
    ours = await desk.shipment(order_id, tracking_number="YT-2", former_numbers=("YT-1",))
    with pytest.raises(Rejected):
        await desk.connector.push_fulfilment(ours, "key")
    assert desk.twin.shop.orders[order_id].number == "BY-HAND"


async def test_already_shipped_is_done_if_the_number_is_ours(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    stale = (await desk.connector.fetch_orders([order_id]))[0].document
    desk.rig.wire.clear()
    desk.twin.shop.ship(desk.twin.shop.orders[order_id], "463", "YT-1")
    envelope = b'{"jingdong_pop_order_enGet_responce":{"code":"0","orderDetailInfo":{"orderInfo":%s}}}'
    old = httpx.Response(200, content=envelope % stale)
    desk.rig.wire.instead = lambda number: old if number == 0 else None
    await desk.connector.push_fulfilment(shipment, "key")
    assert [len(desk.sent(f"jingdong.pop.order.{it}")) for it in ("enGet", "shipment")] == [2, 1]


async def test_time_is_signed_anew_in_each_attempt(desk):
    await desk.connector.check()
    desk.rig.wire.clear()
    busy = httpx.Response(200, content='{"error_response":{"code":"43","zh_desc":"系统繁忙"}}'.encode())
    desk.rig.wire.instead = lambda number: busy
    with pytest.raises(Transient):
        await desk.connector.check()
    times = [form["timestamp"] for form in desk.sent("jingdong.pop.order.enSearch")]
    assert len(times) == 3
    assert len(set(times)) > 1


async def test_method_that_is_busy_is_asked_again(desk):
    desk.place()
    await desk.connector.check()
    said = '{"x_responce":{"r":{"apiResult":{"success":false,"chineseErrCode":"系统繁忙，请稍后"}}}}'
    desk.rig.wire.instead = lambda number: httpx.Response(200, content=said.encode())
    with pytest.raises(Transient):
        await desk.connector.check()


async def test_token_that_ended_is_replaced_and_kept(desk):
    await desk.connector.check()
    desk.twin.expire_tokens()
    await desk.connector.check()
    await desk.connector.check()
    assert len([it for it in desk.rig.wire.sent if it.url.path == "/oauth2/refresh_token"]) == 2


async def test_shop_that_withdrew_its_consent_must_give_it_anew(desk):
    desk.twin.refresh_token = "another"
    with pytest.raises(AuthenticationFailed):
        await desk.connector.check()


async def test_answer_of_the_login_that_is_neither_is_no_refusal(desk):
    desk.rig.wire.instead = lambda number: httpx.Response(200, content=b"{}")
    with pytest.raises(UnexpectedPayload):
        await desk.connector.check()


async def test_orders_behind_the_hundredth_page_are_reached_in_smaller_windows(desk, monkeypatch):
    monkeypatch.setattr("connectors.stores.jd.connector.REACHABLE", 2)
    monkeypatch.setattr("connectors.stores.jd.connector.PAGE_SIZE", 1)
    monkeypatch.setattr("connectors.stores.jd.twin.LAST_PAGE", 2)
    ids = set()
    for _ in range(9):
        ids.add(desk.place())
        desk.rig.clock.advance(timedelta(minutes=1))
    pages = [page async for page in desk.connector.pull_orders("2026-03-02T08:00:00+00:00")]
    assert {it.external_id for page in pages for it in page.deliveries} == ids
