"""What is strange about Pinduoduo: signed forms, short windows read again, orders that come once made."""

import json
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    Unsupported,
)
from connectors.kit.twin import Fault
from connectors.stores.pinduoduo.gateway import sign
from connectors.stores.pinduoduo.refusals import classify
from mappings.canonical import LineQuantity, StockLevel
from mappings.stores.pinduoduo import read_order

CHANGED = "pdd.order.number.list.increment.get"
SEND = "pdd.logistics.online.send"


async def pulled(rig, bookmark=""):
    return [it async for page in rig.connect().pull_orders(bookmark) for it in page.deliveries]


def test_signature_vector(contracts):
    found = json.loads((contracts / "cn-signature-vectors.json").read_text())
    (vector,) = [it for it in found if it["platform"] == "pinduoduo" and it["case"] == "md5"]
    assert sign(vector["params"], vector["secret"]) == vector["sign"]


async def test_windows_are_half_an_hour_and_begin_four_minutes_earlier(rig, buy, sent):
    buy()
    rig.clock.advance(timedelta(hours=2))
    bookmark = rig.clock() - timedelta(minutes=70)
    await pulled(rig, bookmark.isoformat())
    asked = [(int(call["start_updated_at"]), int(call["end_updated_at"])) for call in sent(CHANGED)]
    assert asked[0] == (int(bookmark.timestamp()) - 240, int(bookmark.timestamp()) + 1560)
    assert all(end == start for (_, end), (start, _) in pairwise(asked))


async def test_rows_are_whole_orders_and_cost_no_further_call(rig, buy, sent):
    order_id = buy()
    (delivery,) = await pulled(rig)
    assert read_order(delivery.document).external_id == order_id
    assert not sent("pdd.order.information.get")


async def test_page_is_read_from_the_last_to_the_first(rig, buy, sent):
    for _ in range(101):
        buy(("TEA-S", 1))
    assert len({it.external_id for it in await pulled(rig)}) == 101
    first = sent(CHANGED)[0]["start_updated_at"]
    numbers = [call["page"] for call in sent(CHANGED)]
    assert first and numbers.count("2") == sum(a == "1" and b == "2" for a, b in pairwise(numbers))


async def test_unpaid_orders_are_not_shown(rig, buy):
    order_id = buy(paid=False)
    assert await pulled(rig) == []
    assert await rig.connector.fetch_orders([order_id]) == []
    rig.twin.pay_order(order_id)
    rig.clock.advance(timedelta(minutes=1))
    assert [it.external_id for it in await pulled(rig)] == [order_id]


async def test_order_that_was_made_late_is_listed_by_its_creation(rig, buy):
    start = rig.clock()
    order_id = buy(paid=False)
    rig.clock.advance(timedelta(hours=30))
    rig.twin.pay_order(order_id)
    rig.clock.advance(timedelta(minutes=1))
    assert await rig.connector.list_order_ids(start, start + timedelta(minutes=1)) == [order_id]


async def test_receivers_arrive_masked_with_their_cipher_texts(rig, buy):
    (delivery,) = await rig.connector.fetch_orders([buy()])
    address = read_order(delivery.document).ship_to
    assert (address.masked, address.token_platform) == (True, "pinduoduo")
    assert set(json.loads(address.receiver_token)) == {"name", "phone", "address"}


async def test_receiver_is_empty_while_an_order_is_reviewed(rig, buy):
    rig.twin.review_next = True
    (delivery,) = await rig.connector.fetch_orders([order_id := buy()])
    order = read_order(delivery.document)
    assert order.platform_hold and order.ship_to.name == ""
    rig.twin.clear_review(order_id)
    (delivery,) = await rig.connector.fetch_orders([order_id])
    assert not read_order(delivery.document).platform_hold


async def test_requests_are_signed_anew_in_each_attempt(rig, sent):
    await rig.connector.check()
    rig.wire.clear()
    rig.twin.faults.forced.append(Fault.TIMEOUT_BEFORE)
    await rig.connector.check()
    first, second = sent(CHANGED)
    assert first["timestamp"] != second["timestamp"] and first["sign"] != second["sign"]


async def test_ended_token_is_renewed_once(rig, sent):
    await rig.connector.check()
    rig.twin.expire_tokens()
    await rig.connector.check()
    assert len(sent("pdd.pop.auth.token.refresh")) == 2


async def test_refused_refresh_token_asks_for_a_person(rig):
    rig.overrides["refresh_token"] = "old"
    with pytest.raises(AuthenticationFailed):
        await rig.connect().check()


@pytest.mark.parametrize(
    ("code", "read", "write"),
    [
        (10019, AuthenticationFailed, AuthenticationFailed),
        (20004, AuthenticationFailed, AuthenticationFailed),
        (30000, Misconfigured, Misconfigured),
        (52101, RateLimited, RateLimited),
        (70031, RateLimited, RateLimited),
        (52102, Transient, OutcomeUnknown),
        (50001, Rejected, Rejected),
        (21001, Rejected, Rejected),
    ],
)
def test_refusals_have_their_names(code, read, write):
    answer = httpx.Response(200, json={"error_response": {"error_code": code, "error_msg": "m"}})
    assert (type(classify(answer, False)), type(classify(answer, True))) == (read, write)


async def test_corrected_number_overwrites_the_former(rig, buy, parcel, sent):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id), "k1")
    corrected = parcel(order_id, tracking_number="SF1000000000002", former_numbers=("SF1000000000001",))
    await rig.connector.push_fulfilment(corrected, "k2")
    assert [call["redelivery_type"] for call in sent(SEND)] == ["1", "2"]
    assert rig.twin.book.orders[order_id].number == "SF1000000000002"


async def test_part_of_an_order_is_unsupported_before_anything_is_sent(rig, buy, parcel, sent):
    order_id = buy(("TEA-S", 2), ("TEA-L", 1))
    lines = parcel(order_id).lines[:1]
    for part in (lines, (LineQuantity(line_id=lines[0].line_id, quantity=1), *parcel(order_id).lines[1:])):
        with pytest.raises(Unsupported, match="one piece"):
            await rig.connector.push_fulfilment(parcel(order_id, lines=part), "k")
    assert not sent(SEND)


async def test_order_with_an_open_refund_is_refused(rig, buy, parcel):
    order_id = buy()
    rig.twin.request_refund(order_id)
    with pytest.raises(Rejected) as caught:
        await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert caught.value.code == "50001"


async def test_write_that_is_not_confirmed_is_unknown(rig, buy, parcel):
    shipment = parcel(buy())
    await rig.connector.check()
    silent = httpx.Response(200, json={"logistics_online_send_response": {"is_success": False}})
    rig.wire.spoil = lambda number, answer: (
        silent if SEND.encode() in rig.wire.sent[number].content else answer
    )
    with pytest.raises(OutcomeUnknown):
        await rig.connector.push_fulfilment(shipment, "k")
    assert await rig.connect().find_fulfilment(shipment)


async def test_nonsense_is_no_listing(rig, sent):
    level = StockLevel(listing_id="7", sku="S", available=1, as_of=rig.clock())
    (refusal,) = await rig.connector.push_stock([level], "k")
    assert refusal.listing_id == "7" and not sent("pdd.goods.quantity.update")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "pdd.nothing"}, 10001),
        ({"client_id": "x"}, 10016),
        ({"timestamp": "1"}, 10002),
        ({"sign": "x"}, 20004),
        ({"access_token": "x"}, 10019),
        ({"order_sn": ""}, 21001),
        ({"strange": "1"}, 21001),
        ({}, 50001),
    ],
)
async def test_twin_refuses_what_the_platform_refuses(rig, changes, code):
    await rig.connector.check()
    token = (await rig.credentials.current())["access_token"]
    settings = rig.settings()
    form = {
        "type": "pdd.order.information.get",
        "client_id": settings.client_id,
        "access_token": token,
        "timestamp": str(int(rig.clock().timestamp())),
        "order_sn": "1",
        **changes,
    }
    form.setdefault("sign", sign(form, settings.client_secret.get_secret_value()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.twin)) as client:
        answer = await client.post(settings.gateway, data=form)
    assert answer.json()["error_response"]["error_code"] == code
