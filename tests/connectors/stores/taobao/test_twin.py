"""The twin refuses what the platform refuses."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.kit import AuthenticationFailed, Transient
from connectors.stores.taobao.gateway import sign
from connectors.stores.taobao.twin_state import wall_clock

FIVE = "receiver_name,receiver_address,created,receiver_mobile,receiver_phone"


@pytest.fixture
def call(rig):
    """A hand-made call; `...` leaves a parameter out, `sign` may be given wrong."""

    async def send(method, **given):
        settings = rig.settings()
        usual = {
            "method": method,
            "app_key": settings.app_key,
            "session": settings.session_key.get_secret_value(),
            "timestamp": wall_clock(rig.clock()),
            "format": "json",
            "v": "2.0",
            "sign_method": "md5",
        }
        form = {name: value for name, value in {**usual, **given}.items() if value is not ...}
        form.setdefault(
            "sign", sign(form, settings.app_secret.get_secret_value(), form.get("sign_method", "md5"))
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.twin)) as client:
            answer = await client.post(settings.gateway, data=form)
        assert answer.status_code == 200
        if answer.text.startswith("<"):
            return answer.text
        return msgspec.json.decode(answer.content.replace(b"\n", b" "))

    return send


def code(answer):
    return answer["error_response"]["code"]


def window(rig, minutes=30):
    end = rig.clock()
    return {
        "fields": "tid,modified",
        "start_modified": wall_clock(end - timedelta(minutes=minutes)),
        "end_modified": wall_clock(end),
    }


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"method": "taobao.no.such"}, 22),
        ({"app_key": ...}, 28),
        ({"app_key": "1"}, 29),
        ({"timestamp": ...}, 30),
        ({"timestamp": "soon"}, 31),
        ({"timestamp": "2026-03-02 15:40:00"}, 31),
        ({"v": ...}, 32),
        ({"v": "1.0"}, 33),
        ({"format": "xml"}, 23),
        ({"sign": "X"}, 25),
        ({"session": "other"}, 27),
        ({"fields": ...}, 40),
        ({"start_modified": ...}, 40),
        ({"start_modified": "2026-03-02"}, 41),
        ({"start_modified": "2026-02-28 16:00:00"}, 41),
        ({"page_size": "101"}, 41),
        ({"page_no": "0"}, 41),
        ({"pagesize": "10"}, 41),
    ],
)
async def test_calls_that_are_amiss_are_refused(rig, call, given, refusal):
    given = {**window(rig), **given}
    method = given.pop("method", "taobao.trades.sold.increment.get")
    assert code(await call(method, **given)) == refusal


async def test_a_blank_session_is_refused_in_xml(rig, call):
    answer = await call("taobao.trades.sold.increment.get", **window(rig), session=...)
    assert "<code>27</code>" in answer and "session-is-blank" in answer


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
async def test_all_signature_methods_are_understood(rig, call, method):
    answer = await call("taobao.trades.sold.increment.get", **window(rig), sign_method=method)
    assert "trades_sold_increment_get_response" in answer


async def test_lists_are_newest_first_and_leave_out_other_kinds(rig, buy, call):
    first, second = buy(), buy()
    rig.twin.kind_of_next = "tmall_i18n"
    buy()
    answer = (await call("taobao.trades.sold.increment.get", **window(rig)))[
        "trades_sold_increment_get_response"
    ]
    assert [str(row["tid"]) for row in answer["trades"]["trade"]] == [second, first]
    assert answer["total_results"] == 2


async def test_with_has_next_there_is_no_total(rig, buy, call):
    buy()
    buy()
    asked = {**window(rig), "use_has_next": "true", "page_size": "1"}
    answer = (await call("taobao.trades.sold.increment.get", **asked))["trades_sold_increment_get_response"]
    assert answer["has_next"] is True and "total_results" not in answer


@pytest.mark.parametrize(
    ("fields", "include", "made"),
    [
        (f"tid,oaid,{FIVE}", "true", True),
        (f"tid,oaid,{FIVE}", "false", False),
        ("tid,oaid,created", "true", False),
    ],
)
async def test_a_token_needs_five_fields_and_the_wish_for_it(rig, buy, call, fields, include, made):
    answer = await call("taobao.trade.fullinfo.get", tid=buy(), fields=fields, include_oaid=include)
    assert ("oaid" in answer["trade_fullinfo_get_response"]["trade"]) is made


async def test_more_calls_than_allowed_are_banned(rig, call):
    codes = [await call("taobao.logistics.companies.get", fields="code") for _ in range(41)]
    assert "error_response" not in codes[39]
    assert codes[40]["error_response"]["sub_msg"] == "This ban will last for 1 more seconds"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"tid": "1"}, "B01"),
        ({"company_code": "PIGEON"}, "B56"),
        ({"out_sid": "!"}, "B60"),
        ({"is_split": "1"}, "CD25"),
        ({"sub_tid": "1"}, "CD25"),
        ({"is_split": "1", "sub_tid": "1"}, "B06"),
    ],
)
async def test_shipments_that_are_amiss_are_refused(buy, call, changes, fault):
    usual = {"tid": buy(), "company_code": "SF", "out_sid": "SF1000000000001"}
    answer = await call("taobao.logistics.offline.send", **{**usual, **changes})
    assert answer["error_response"]["sub_code"] == f"isv.logistics-offline-service-error:{fault}"


async def test_states_that_forbid_shipping(rig, buy, call):
    parcel = {"company_code": "SF", "out_sid": "SF1000000000001"}
    unpaid, cod, shipped, cancelled = buy(paid=False), buy(cash_on_delivery=True), buy(), buy()
    rig.twin.cancel_order(cancelled)
    await call("taobao.logistics.offline.send", tid=shipped, **parcel)
    faults = []
    for tid in (unpaid, cod, shipped, cancelled):
        answer = await call("taobao.logistics.offline.send", tid=tid, **parcel)
        faults.append(answer["error_response"]["sub_code"].rpartition(":")[2])
    assert faults == ["B02", "B98", "B04", "B02"]


async def test_rules_of_a_split(rig, buy, call):
    tid = buy()
    first, second = (child.oid for child in rig.twin.book.trades[tid].children)
    parcel = {"tid": tid, "company_code": "SF", "out_sid": "SF1000000000001"}
    await call("taobao.logistics.offline.send", **parcel, is_split="1", sub_tid=first)
    again = await call("taobao.logistics.offline.send", **parcel, is_split="1", sub_tid=first)
    whole = await call("taobao.logistics.offline.send", **parcel)
    assert [it["error_response"]["sub_code"][-4:] for it in (again, whole)] == ["CD19", "CD22"]
    assert second in rig.twin.orders()[0].quantities


async def test_one_number_serves_one_addressee(rig, buy, call):
    parcel = {"company_code": "SF", "out_sid": "SF1000000000001"}
    first, same, other = buy(), buy(), buy()
    address = rig.twin.book.trades[first].ship_to
    rig.twin.change_address(other, msgspec.structs.replace(address, name="陈小明"))
    await call("taobao.logistics.offline.send", tid=first, **parcel)
    assert "error_response" not in await call("taobao.logistics.offline.send", tid=same, **parcel)
    answer = await call("taobao.logistics.offline.send", tid=other, **parcel)
    assert answer["error_response"]["sub_code"].endswith(":B60")


async def test_pickup_first_and_number_later(rig, buy, call):
    tid = buy(cash_on_delivery=True)
    assert code(await call("taobao.logistics.online.confirm", tid=tid, out_sid="SF1000000000001")) == 15
    await call("taobao.logistics.online.send", tid=tid, company_code="SF")
    assert rig.twin.book.trades[tid].status == "WAIT_SELLER_SEND_GOODS"
    await call("taobao.logistics.online.confirm", tid=tid, out_sid="SF1000000000001")
    assert rig.twin.book.trades[tid].status == "WAIT_BUYER_CONFIRM_GOODS"


@pytest.mark.parametrize(
    "given",
    [
        {"skuid_quantities": "1:2:3"},
        {"skuid_quantities": ""},
        {"skuid_quantities": "5000000000001:-1"},
        {"skuid_quantities": ";".join(["5000000000001:1"] * 21)},
        {"skuid_quantities": "1:1"},
    ],
)
async def test_stock_that_is_amiss_changes_nothing(rig, call, given):
    answer = await call("taobao.skus.quantity.update", num_iid="700000000001", **given)
    assert "error_response" in answer
    assert set(rig.twin.stock_shown().values()) == {1000}


async def test_an_ended_session_needs_the_seller(rig):
    rig.twin.expire_tokens()
    with pytest.raises(AuthenticationFailed):
        await rig.connector.check()
    rig.twin.sign_in_again()
    await rig.connect().check()


async def test_a_clock_that_is_wrong_is_named(rig):
    rig.skew = timedelta(minutes=11)
    with pytest.raises(Transient, match="clock"):
        await rig.connector.check()


def test_what_buyers_may_still_do(rig, buy):
    unpaid, paid = buy(paid=False), buy()
    twin = rig.twin
    assert not twin.refund_line(unpaid, 0, 2)
    twin.pay_order(unpaid)
    assert not twin.refund_line(paid, 0, 1)
    assert twin.refund_line(paid, 0, 2) and twin.refund_line(paid, 1, 3)
    assert [order.cancelled for order in twin.orders()] == [False, True]
    assert not twin.cancel_order(paid) and not twin.change_address(paid, twin.book.trades[paid].ship_to)
    assert twin.cancel_order(unpaid)
    assert twin.stock_shown()["TEA-S"] == 1000


async def test_goods_are_received(rig, buy, parcel):
    order_id = buy()
    assert not rig.twin.confirm_receipt(order_id)
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert rig.twin.confirm_receipt(order_id) and rig.twin.orders()[0].delivered


def test_drift_moves_some_trade(rig, buy):
    rig.twin.drift()
    order_id = buy()
    rig.twin.drift()
    assert rig.twin.book.trades[order_id].memo


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("taobao.tmc.messages.consume", {"quantity": "9"}),
        ("taobao.tmc.messages.consume", {"quantity": "201"}),
        ("taobao.tmc.messages.consume", {"group_name": "nobody-made-it"}),
        ("taobao.tmc.messages.confirm", {"s_message_ids": "1,x"}),
        ("taobao.tmc.messages.confirm", {"s_message_ids": ",".join(["1"] * 201)}),
        ("taobao.tmc.group.add", {"group_name": "default-2", "nicks": "示例旗舰店"}),
    ],
)
async def test_wrong_argument_of_the_message_service_is_refused(call, method, given):
    await call("taobao.tmc.user.permit")

    assert code(await call(method, **given)) == 41


async def test_shop_that_was_not_enabled_cannot_be_grouped(call):
    assert code(await call("taobao.tmc.group.add", group_name="g", nicks="示例旗舰店")) == 15


async def test_messages_are_queued_once_the_shop_is_enabled(call, buy):
    async def waiting():
        answer = await call("taobao.tmc.messages.consume", quantity="10")
        return answer["tmc_messages_consume_response"]["messages"].get("tmc_message", [])

    buy()
    assert await waiting() == []

    await call("taobao.tmc.user.permit", topics="taobao_trade_TradeBuyerPay")
    buy()
    assert [it["topic"] for it in await waiting()] == ["taobao_trade_TradeBuyerPay"]
    assert await waiting() == [], "handed out, and hidden for a while"


async def test_correction_is_refused_as_the_platform_refuses_it(rig, call, buy, parcel):
    order_id = buy()

    async def fault(**given):
        usual = {"tid": order_id, "company_code": "SF", "out_sid": "SF9000000000009"}
        answer = await call("taobao.logistics.consign.resend", **{**usual, **given})
        return answer["error_response"]["sub_code"].rpartition(":")[2]

    assert await fault(tid="1") == "B01"
    assert await fault() == "B27", "not shipped yet"
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert await fault(out_sid="SF1000000000001") == "P07", "nothing changed"
    assert await fault(company_code="NOBODY") == "B56"
    assert await fault(out_sid="#") == "B60"
    assert await fault(is_split="1", sub_tid=order_id) == "P22"
    rig.clock.advance(timedelta(days=51))
    assert await fault() == "B02", "too late"
