"""What is strange about Youzan: tokens in the query, windows that are halved, refusals in four envelopes."""

import json
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    InvalidSignature,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
    WebhookRequest,
)
from connectors.kit.conformance.rig import BASE_URL
from connectors.stores.youzan import connector as module
from connectors.stores.youzan.refusals import classify
from connectors.stores.youzan.webhooks import signature
from mappings.canonical import LineQuantity, StockLevel
from mappings.stores.youzan import read_order

SOLD = "youzan.trades.sold.get"
CONFIRM = "youzan.logistics.online.confirm"


async def pulled(rig, bookmark=""):
    return [it async for page in rig.connect().pull_orders(bookmark) for it in page.deliveries]


async def test_windows_follow_each_other_with_two_minutes_of_overlap(rig, buy, sent):
    buy()
    rig.clock.advance(timedelta(hours=20))
    await pulled(rig, (rig.clock() - timedelta(hours=13)).isoformat())
    asked = [(call["start_update"], call["end_update"]) for call in sent(SOLD)]
    assert asked[0][0] == "2026-03-02 22:58:20"
    assert asked[-1][1] == "2026-03-03 11:59:50"
    assert len(asked) == 3 and all(end == start for (_, end), (start, _) in pairwise(asked))


async def test_window_that_holds_more_than_can_be_reached_is_halved(rig, buy, sent, monkeypatch):
    monkeypatch.setattr(module, "REACHABLE", 5)
    ids = {buy(("KETTLE", 1)) for _ in range(40)}
    rig.clock.advance(timedelta(minutes=1))
    assert {it.external_id for it in await pulled(rig)} == ids
    assert len(sent(SOLD)) > 10


async def test_page_is_read_from_the_last_to_the_first(rig, buy, sent):
    for _ in range(120):
        buy(("KETTLE", 1))
    listed = await rig.connector.list_order_ids(rig.clock() - timedelta(hours=1), rig.clock())
    assert len(listed) == 120
    assert [call["page_no"] for call in sent(SOLD)] == [1, 3, 2, 1]


async def test_document_is_the_bare_trade(rig, buy):
    (delivery,) = await rig.connector.fetch_orders([order_id := buy()])
    assert set(json.loads(delivery.document)) >= {"full_order_info", "delivery_order", "refund_order"}
    assert (read_order(delivery.document).external_id, delivery.version) == (order_id, None)


async def test_token_travels_in_the_query_and_is_shared(rig):
    await rig.connector.check()
    await rig.connect().check()
    assert [it.url.path for it in rig.wire.sent].count("/auth/token") == 1
    assert all(it.url.params["access_token"] for it in rig.wire.sent if it.url.path != "/auth/token")


async def test_token_is_renewed_before_it_ends(rig):
    await rig.connector.check()
    rig.clock.advance(timedelta(days=6, hours=23, minutes=55))
    rig.wire.clear()
    await rig.connector.check()
    assert rig.wire.sent[0].url.path == "/auth/token"


async def test_refused_token_is_replaced_once_for_writes_too(rig, buy, parcel, sent):
    shipment = parcel(buy())
    await rig.connector.check()
    calls = []

    def before(number):
        if f"/{CONFIRM}/" in rig.wire.sent[number].url.path and not calls:
            calls.append(number)
            rig.twin.expire_tokens()

    rig.wire.before = before
    await rig.connector.push_fulfilment(shipment, "k")
    assert len(sent(CONFIRM)) == 2
    assert [effect.kind for effect in rig.twin.effects] == ["fulfilment"]


async def test_tool_application_refreshes_with_the_stored_token_first(rig):
    rig.overrides["refresh_token"] = "entered"
    granted, asked = ["a1", "a2"], []

    def answer(number):
        request = rig.wire.sent[number]
        if request.url.path != "/auth/token":
            return httpx.Response(200, content=b'{"data":{"total_results":0}}')
        asked.append(json.loads(request.content)["refresh_token"])
        ends = int((rig.clock() + timedelta(days=7)).timestamp() * 1000)
        data = {"access_token": granted[len(asked) - 1], "expires": ends, "refresh_token": "newer"}
        return httpx.Response(200, json={"code": 200, "success": True, "data": data})

    rig.wire.instead = answer
    for _ in range(2):
        await rig.connect().check()
        rig.clock.advance(timedelta(days=7))
    assert asked == ["entered", "newer"]


async def test_token_that_is_not_granted_asks_for_a_person(rig):
    rig.overrides["kdt_id"] = "5"
    with pytest.raises(AuthenticationFailed) as caught:
        await rig.connect().check()
    assert caught.value.code == "1105"


def named(content, write=False):
    return classify(httpx.Response(200, content=content), write)


@pytest.mark.parametrize(
    ("code", "read", "write"),
    [
        (4101, RateLimited, RateLimited),
        (4202, AuthenticationFailed, AuthenticationFailed),
        (4204, Misconfigured, Misconfigured),
        (4007, Misconfigured, Misconfigured),
        (5001, Rejected, Rejected),
        (5003, Transient, OutcomeUnknown),
    ],
)
def test_refusals_of_the_gateway_have_their_names(code, read, write):
    content = json.dumps({"gw_err_resp": {"err_code": code, "err_msg": "m"}}).encode()
    assert (type(named(content)), type(named(content, True))) == (read, write)


@pytest.mark.parametrize(
    ("code", "write"),
    [
        (-100, OutcomeUnknown),
        (106000001, OutcomeUnknown),
        (102510001, OutcomeUnknown),
        (123000042, RateLimited),
        (102570007, Rejected),
        (5000, Rejected),
    ],
)
def test_business_refusals_of_a_write_have_their_names(code, write):
    content = json.dumps({"code": code, "success": False, "message": "m", "data": None}).encode()
    assert type(named(content, True)) is write


async def test_lines_leave_one_after_the_other(rig, buy, parcel, sent):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id, 0), "k1")
    assert rig.twin.book.trades[order_id].status == "WAIT_SELLER_SEND_GOODS"
    await rig.connector.push_fulfilment(parcel(order_id, 1, tracking_number="SF1000000000002"), "k2")
    assert rig.twin.book.trades[order_id].status == "WAIT_BUYER_CONFIRM_GOODS"
    assert [call["oids"] for call in sent(CONFIRM)] == [
        line.oid for line in rig.twin.book.trades[order_id].lines
    ]


async def test_part_of_a_line_is_unsupported_before_anything_is_sent(rig, buy, parcel, sent):
    order_id = buy()
    part = (LineQuantity(line_id=rig.twin.book.trades[order_id].lines[0].oid, quantity=1),)
    with pytest.raises(Unsupported, match="travel together"):
        await rig.connector.push_fulfilment(parcel(order_id, lines=part), "k")
    assert not sent(CONFIRM)


async def test_refunded_line_stays_behind(rig, buy, parcel):
    order_id = buy()
    assert rig.twin.refund_line(order_id, 0, 2)
    await rig.connector.push_fulfilment(parcel(order_id, 1), "k")
    assert rig.twin.book.trades[order_id].status == "WAIT_BUYER_CONFIRM_GOODS"


async def test_sf_express_needs_the_senders_number(rig, buy, parcel):
    rig.overrides["sender_mobile"] = ""
    with pytest.raises(Misconfigured) as caught:
        await rig.connect().push_fulfilment(parcel(buy()), "k")
    assert caught.value.setting == "sender_mobile"


async def test_write_that_was_done_after_all_is_done(rig, buy, parcel):
    shipment = parcel(buy())
    repeated = b'{"code":102570007,"success":false,"message":"m","data":null}'
    rig.wire.spoil = lambda number, answer: (
        httpx.Response(200, content=repeated) if f"/{CONFIRM}/" in rig.wire.sent[number].url.path else answer
    )
    await rig.connector.push_fulfilment(shipment, "k")


async def test_shipped_under_another_number_is_no_success(rig, buy, parcel):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    with pytest.raises(Rejected) as caught:
        await rig.connector.push_fulfilment(parcel(order_id, tracking_number="SF1000000000009"), "k2")
    assert caught.value.code == "102570020"


@pytest.mark.parametrize("silent", [b'{"data":{}}', b'{"data":{"is_success":false}}', b'{"data":null}'])
async def test_write_that_is_not_confirmed_is_unknown(rig, buy, parcel, silent):
    shipment = parcel(buy())
    rig.wire.spoil = lambda number, answer: (
        httpx.Response(200, content=silent) if f"/{CONFIRM}/" in rig.wire.sent[number].url.path else answer
    )
    with pytest.raises(OutcomeUnknown):
        await rig.connector.push_fulfilment(shipment, "k")
    assert await rig.connect().find_fulfilment(shipment)


async def test_nonsense_is_no_listing(rig, sent):
    level = StockLevel(listing_id="x", sku="S", available=1, as_of=rig.clock())
    (refusal,) = await rig.connector.push_stock([level], "k")
    assert refusal.listing_id == "x" and not sent("youzan.item.quantity.update")


def pushed(rig, **changes):
    body = {"kdt_id": 1000001, "type": "trade_TradeClose", "msg": {"tid": "E1"}, "test": False, **changes}
    settings = rig.settings()
    content = json.dumps(body).encode()
    sign = signature(settings.client_id, content, settings.client_secret.get_secret_value())
    return WebhookRequest(headers={"event-sign": sign.upper()}, body=content)


def test_push_names_the_trade(rig):
    receipt = rig.connector.receive(pushed(rig))
    assert [it.external_id for it in receipt.notices] == ["E1"]
    assert receipt.reply.body == b'{"code":0,"msg":"success"}'


@pytest.mark.parametrize("changes", [{"test": True}, {"kdt_id": 2}, {"type": "ITEM_STATE"}])
def test_probes_other_shops_and_other_matters_are_only_acknowledged(rig, changes):
    receipt = rig.connector.receive(pushed(rig, **changes))
    assert not receipt.notices and b"success" in receipt.reply.body


def test_genuine_push_that_names_no_trade_is_not_readable(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(pushed(rig, msg={}))


def test_unsigned_push_is_refused(rig):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(WebhookRequest(headers={}, body=b"{}"))


def test_signature_vector(contracts):
    found = json.loads((contracts / "cn-signature-vectors.json").read_text())
    (vector,) = [it for it in found if it["platform"] == "youzan" and "sign" in it]
    assert signature(vector["client_id"], vector["body"].encode(), vector["secret"]) == vector["sign"]


@pytest.mark.parametrize(
    ("api", "body", "code"),
    [
        (f"{SOLD}/4.0.4", {"start_update": "2026-03-02", "end_update": "2026-03-02"}, 5001),
        (f"{SOLD}/4.0.4", {"start_update": "2026-01-01 00:00:00", "end_update": "2026-05-01 00:00:00"}, 5000),
        (f"{SOLD}/9.9.9", {}, 4005),
        ("youzan.trade.get/4.0.2", {"tid": "1"}, 106000004),
        ("youzan.trade.get/4.0.2", {"tid": "E1", "x": 1}, 5001),
        (f"{CONFIRM}/3.0.0", {"tid": "E1"}, 105000016),
    ],
)
async def test_twin_refuses_what_the_platform_refuses(rig, api, body, code):
    await rig.connector.check()
    token = (await rig.credentials.current())["access_token"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.twin)) as client:
        answer = await client.post(f"{BASE_URL}/api/{api}", params={"access_token": token}, json=body)
    told = answer.json()
    assert answer.status_code == 200
    assert (told["gw_err_resp"]["err_code"] if "gw_err_resp" in told else told["code"]) == code
