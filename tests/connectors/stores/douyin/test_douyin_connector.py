"""What is strange about Douyin: signed JSON, pages from zero, units of lines, keys that repeat harmlessly."""

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
    WebhookRequest,
)
from connectors.stores.douyin.gateway import parameter_text, sign
from connectors.stores.douyin.refusals import classify
from connectors.stores.douyin.webhooks import signature
from mappings.canonical import StockLevel
from mappings.stores.douyin import read_order

SEARCH = "order.searchList"
SEND = "order.logisticsAddMultiPack"


def vectors(contracts):
    found = json.loads((contracts / "cn-signature-vectors.json").read_text())
    return [it for it in found if it["platform"] == "douyin"]


def test_signature_vectors(contracts):
    signed = [it for it in vectors(contracts) if "param_json" in it and it["case"].startswith("v2")]
    assert len(signed) == 2
    for it in signed:
        text = parameter_text(json.loads(it["param_json"]))
        assert text == it["param_json"]
        assert sign(it["app_key"], it["secret"], it["method"], text, it["timestamp"]) == it["sign"]


def test_push_signature_vector(contracts):
    (vector,) = [it for it in vectors(contracts) if it["case"] == "push event-sign md5"]
    assert signature(vector["app_key"], vector["body"].encode(), vector["secret"]) == vector["sign"]


def test_parameters_are_sorted_inside_too():
    assert parameter_text({"b": [{"z": 1, "a": "<é>"}], "a": True}) == '{"a":true,"b":[{"a":"<é>","z":1}]}'


async def pulled(rig, bookmark=""):
    return [it async for page in rig.connect().pull_orders(bookmark) for it in page.deliveries]


async def test_windows_follow_each_other_with_two_minutes_of_overlap(rig, buy, sent):
    buy()
    rig.clock.advance(timedelta(hours=2))
    bookmark = rig.clock() - timedelta(minutes=70)
    await pulled(rig, bookmark.isoformat())
    asked = [(call["update_time_start"], call["update_time_end"]) for call in sent(SEARCH)]
    assert asked[0][0] == int(bookmark.timestamp()) - 120
    assert all(end == start for (_, end), (start, _) in pairwise(asked))


async def test_pages_are_counted_from_zero_and_read_from_the_last(rig, buy, sent):
    for _ in range(101):
        buy(("TEA-S", 1))
    listed = await rig.connector.list_order_ids(rig.clock() - timedelta(hours=1), rig.clock())
    assert len(listed) == 101
    assert [call["page"] for call in sent(SEARCH)] == [0, 1, 0]


async def test_rows_are_whole_orders_and_cost_no_further_call(rig, buy, sent):
    order_id = buy()
    rig.clock.advance(timedelta(minutes=1))
    (delivery,) = await pulled(rig)
    assert read_order(delivery.document).external_id == order_id
    assert not sent("order.orderDetail")


async def test_receivers_arrive_masked_with_their_cipher_texts(rig, buy):
    (delivery,) = await rig.connector.fetch_orders([buy()])
    address = read_order(delivery.document).ship_to
    assert (address.masked, address.name, address.token_platform) == (True, "林**", "douyin")
    assert json.loads(address.receiver_token)["phone"].startswith("$$")


async def test_ended_token_is_replaced_once_for_writes_too(rig, buy, parcel, sent):
    shipment = parcel(buy())
    await rig.connector.check()
    rig.twin.expire_tokens()
    await rig.connector.push_fulfilment(shipment, "k")
    assert len(sent("token.create")) == 2
    assert [effect.kind for effect in rig.twin.effects] == ["fulfilment"]


async def test_token_that_is_not_granted_asks_for_a_person(rig):
    rig.overrides["shop_id"] = "5"
    with pytest.raises(AuthenticationFailed):
        await rig.connect().check()


@pytest.mark.parametrize("life", [604800, 1_800_000_000])
async def test_end_of_a_token_may_be_a_duration_or_an_instant(rig, life):
    token = {"access_token": "a", "expires_in": life, "refresh_token": "r"}
    rig.wire.instead = lambda number: httpx.Response(200, json={"err_no": 0, "data": {"total": 0, **token}})
    await rig.connect().check()
    ends = (await rig.credentials.current())["ends_at"]
    assert ends[:4] in ("2026", "2027")


@pytest.mark.parametrize(
    ("code", "sub_code", "read", "write"),
    [
        (20000, "isp.service-error:1", Transient, OutcomeUnknown),
        (20001, "", Transient, OutcomeUnknown),
        (30001, "isv.app-permissions-insufficient", Misconfigured, Misconfigured),
        (30001, "dop.authorization-closed", AuthenticationFailed, AuthenticationFailed),
        (30002, "", Misconfigured, Misconfigured),
        (40003, "isv.access-token-expired", AuthenticationFailed, AuthenticationFailed),
        (40003, "isv.signature-invalid", AuthenticationFailed, AuthenticationFailed),
        (40003, "isv.idempotent-id-existed", type(None), type(None)),
        (50002, "isv.business-failed:1", Rejected, Rejected),
        (60000, "isv.traffic-limited", RateLimited, RateLimited),
        (90000, "", Transient, OutcomeUnknown),
    ],
)
def test_refusals_have_their_names(code, sub_code, read, write):
    answer = httpx.Response(200, json={"code": code, "msg": "m", "sub_code": sub_code, "data": None})
    assert (type(classify(answer, False)), type(classify(answer, True))) == (read, write)


async def test_units_leave_one_after_the_other(rig, buy, parcel):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id, {0: 1}), "k1")
    assert rig.twin.book.orders[order_id].order_status == 101
    rest = parcel(order_id, {0: 1, 1: 3}, tracking_number="SF1000000000002")
    await rig.connector.push_fulfilment(rest, "k2")
    assert rig.twin.book.orders[order_id].order_status == 3


async def test_repeated_key_is_no_second_parcel(rig, buy, parcel):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id, {0: 1}), "k1")
    await rig.connector.push_fulfilment(parcel(order_id, {0: 1}, tracking_number="SF1000000000009"), "k1")
    assert [it.number for it in rig.twin.book.orders[order_id].packs] == ["SF1000000000001"]


async def test_open_refund_refuses_the_parcel(rig, buy, parcel):
    order_id = buy()
    rig.twin.request_refund(order_id, 0)
    with pytest.raises(Rejected) as caught:
        await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert caught.value.code == "50002"


async def test_nonsense_is_no_listing(rig, sent):
    level = StockLevel(listing_id="7", sku="S", available=1, as_of=rig.clock())
    (refusal,) = await rig.connector.push_stock([level], "k")
    assert refusal.listing_id == "7" and not sent("sku.syncStock")


def pushed(rig, *messages):
    settings, body = rig.settings(), json.dumps(messages).encode()
    found = signature(settings.app_key, body, settings.app_secret.get_secret_value())
    return WebhookRequest(headers={"event-sign": found}, body=body)


def message(tag="101", **data):
    return {"tag": tag, "msg_id": "1", "data": json.dumps({"p_id": 690, **data})}


def test_push_names_each_order_once(rig):
    receipt = rig.connector.receive(
        pushed(rig, message(), message("206", shop_id=7000001), message(p_id="7"))
    )
    assert [it.external_id for it in receipt.notices] == ["690", "7"]
    assert receipt.reply.body == b'{"code":0,"msg":"success"}'


@pytest.mark.parametrize("told", [message("0"), message("400"), message(shop_id=2), message(p_id=None)])
def test_probes_other_shops_and_other_matters_are_only_acknowledged(rig, told):
    assert not rig.connector.receive(pushed(rig, told)).notices


def test_genuine_push_that_holds_nothing_is_not_readable(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(pushed(rig, {"tag": "101", "data": "<x>"}))


def test_unsigned_push_is_refused(rig):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(WebhookRequest(headers={}, body=b"[]"))


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        (SEARCH, {"update_time_start": 0, "update_time_end": 1, "page": 0, "size": 101}, 40002),
        (SEARCH, {"update_time_start": 0, "update_time_end": 1, "page": 600, "size": 100}, 40002),
        (SEARCH, {"strange": 1}, 40002),
        ("order.nothing", {}, 40002),
        ("order.orderDetail", {"shop_order_id": "1"}, 50002),
    ],
)
async def test_twin_refuses_what_the_platform_refuses(rig, method, parameters, code):
    await rig.connector.check()
    settings, text = rig.settings(), parameter_text(parameters)
    now = str(int(rig.clock().timestamp()))
    query = {
        "app_key": settings.app_key,
        "method": method,
        "timestamp": now,
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": sign(settings.app_key, settings.app_secret.get_secret_value(), method, text, now),
        "access_token": (await rig.credentials.current())["access_token"],
    }
    url = f"{settings.base_url}/{method.replace('.', '/')}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.twin)) as client:
        headers = {"content-type": "application/json"}
        answer = await client.post(url, params=query, content=text, headers=headers)
    assert answer.json()["code"] == code
