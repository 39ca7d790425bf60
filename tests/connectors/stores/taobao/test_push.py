"""Parcels and stock reach the platform once, by the right call, and refusals are understood."""

import httpx
import msgspec
import pytest

from connectors.kit import OutcomeUnknown, Rejected, Unsupported
from connectors.kit.twin import Fault
from mappings.canonical import StockLevel

OFFLINE = "taobao.logistics.offline.send"


def fulfilments(rig):
    return [effect for effect in rig.twin.effects if effect.kind == "fulfilment"]


async def test_a_parcel_ships_the_trade(rig, buy, parcel):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert rig.twin.book.trades[order_id].status == "WAIT_BUYER_CONFIRM_GOODS"
    assert fulfilments(rig)[0].details["carrier"] == "SF"


async def test_a_trade_with_one_child_is_never_split(rig, buy, parcel, sent):
    order_id = buy(("KETTLE", 1))
    assert rig.twin.book.trades[order_id].children[0].oid == order_id
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert "is_split" not in sent(OFFLINE)[0]


async def test_a_known_parcel_is_not_told_again(rig, buy, parcel, sent):
    order_id = buy()
    for _ in range(2):
        await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert len(sent(OFFLINE)) == 1


async def test_children_may_leave_one_after_the_other(rig, buy, parcel):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id, {0: 2}), "k1")
    assert rig.twin.book.trades[order_id].status == "SELLER_CONSIGNED_PART"
    rest = parcel(order_id, {1: 3}, tracking_number="SF1000000000002", completes_order=True)
    await rig.connector.push_fulfilment(rest, "k2")
    assert rig.twin.book.trades[order_id].status == "WAIT_BUYER_CONFIRM_GOODS"


async def test_units_of_a_child_may_leave_one_after_the_other(rig, buy, parcel):
    order_id = buy(("KETTLE", 3))
    first = parcel(order_id, {0: 1})
    await rig.connector.push_fulfilment(first, "k1")
    await rig.connector.push_fulfilment(parcel(order_id, {0: 1}, tracking_number="SF1000000000002"), "k2")
    await rig.connector.push_fulfilment(first, "k1")
    last = parcel(order_id, {0: 1}, tracking_number="SF1000000000003", completes_order=True)
    await rig.connector.push_fulfilment(last, "k3")
    assert [effect.details["quantities"] for effect in fulfilments(rig)] == [{order_id: 1}] * 3
    assert rig.twin.book.trades[order_id].status == "WAIT_BUYER_CONFIRM_GOODS"
    assert await rig.connector.find_fulfilment(first)


async def test_cash_on_delivery_is_sent_online(rig, buy, parcel, sent):
    order_id = buy(cash_on_delivery=True, paid=False)
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert len(sent("taobao.logistics.online.send")) == 1
    assert await rig.connector.find_fulfilment(parcel(order_id))


async def test_a_pickup_ordered_elsewhere_is_confirmed(rig, buy, parcel):
    order_id = buy(cash_on_delivery=True, paid=False)
    trade = rig.twin.book.trades[order_id]
    trade.pickup, trade.cod_status = "SF", "ACCEPTED_BY_COMPANY"
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert trade.parcels[0].number == "SF1000000000001"


async def test_an_order_shipped_with_another_number_is_rejected(rig, buy, parcel):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id), "k")
    with pytest.raises(Rejected, match="does not carry this number") as caught:
        await rig.connector.push_fulfilment(parcel(order_id, tracking_number="SF9"), "k2")
    assert caught.value.code.endswith(":B04") and not caught.value.already_done


async def test_already_shipped_with_our_number_counts_as_done(rig, buy, parcel):
    """Somebody records the parcel between our look and our call."""
    order_id = buy()
    other = rig.connect()

    async def told_meanwhile(request):
        await other.push_fulfilment(parcel(order_id), "k")

    looks = []
    inner = rig.wire.handle_async_request

    async def between(request):
        looks.append(request)
        if b"offline.send" in request.content and len(looks) == 2:
            await told_meanwhile(request)
        return await inner(request)

    rig.wire.handle_async_request = between
    with pytest.raises(Rejected) as caught:
        await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert caught.value.already_done
    assert len(fulfilments(rig)) == 1


async def test_an_unanswered_parcel_is_unknown_and_found_later(rig, buy, parcel):
    order_id = buy()
    rig.wire.before = lambda number: (
        rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER) if number == 1 else None
    )
    with pytest.raises(OutcomeUnknown):
        await rig.connector.push_fulfilment(parcel(order_id), "k")
    assert await rig.connector.find_fulfilment(parcel(order_id))
    assert len(fulfilments(rig)) == 1


async def test_a_carrier_missing_in_our_table_is_asked_by_name(rig, buy, parcel, sent):
    order_id = buy()
    shipment = parcel(order_id, carrier="jtexpress", carrier_name="极兔速递")
    await rig.connector.push_fulfilment(shipment, "k")
    assert sent(OFFLINE)[0]["company_code"] == "CN40000000001"


async def test_a_carrier_that_nobody_knows_is_unsupported(rig, buy, parcel, sent):
    with pytest.raises(Unsupported, match="no company code"):
        await rig.connector.push_fulfilment(parcel(buy(), carrier="x", carrier_name="X"), "k")
    assert not sent(OFFLINE)


async def test_an_unknown_trade_is_rejected(rig, buy, parcel):
    shipment = parcel(buy(), order_external_id="1")
    with pytest.raises(Rejected, match="not known"):
        await rig.connector.push_fulfilment(shipment, "k")


async def test_a_no_inside_a_success_is_a_no(rig, buy, parcel):
    no = httpx.Response(200, content=b'{"logistics_offline_send_response":{"shipping":{"is_success":false}}}')
    shipment = parcel(buy())
    rig.wire.instead = lambda number: no if number == 1 else None
    with pytest.raises(Rejected, match="did not succeed"):
        await rig.connector.push_fulfilment(shipment, "k")


def level(rig, sku, available):
    variant = rig.twin.shelves.by_sku[sku]
    listing = f"{variant.num_iid}:{variant.sku_id}" if variant.sku_id else variant.num_iid
    return StockLevel(listing_id=listing, sku=sku, available=available, as_of=rig.clock())


async def test_stock_of_skus_and_items_is_set(rig):
    levels = [level(rig, "TEA-S", 3), level(rig, "TEA-L", -1), level(rig, "KETTLE", 7)]
    assert await rig.connector.push_stock(levels, "k") == []
    assert rig.twin.stock_shown() == {"TEA-S": 3, "TEA-L": 0, "KETTLE": 7}
    assert len(rig.wire.sent) == 2


async def test_a_refused_sku_does_not_hide_the_others(rig):
    good = level(rig, "TEA-S", 3)
    gone = StockLevel(
        listing_id=good.listing_id.split(":")[0] + ":1", sku="GONE", available=1, as_of=rig.clock()
    )
    nonsense = StockLevel(listing_id="x", sku="X", available=1, as_of=rig.clock())
    refusals = await rig.connector.push_stock([good, gone, nonsense], "k")
    assert [refusal.listing_id for refusal in refusals] == ["x", gone.listing_id]
    assert rig.twin.stock_shown()["TEA-S"] == 3


def corrected(shipment, number="SF9000000000009", **changes):
    former = (shipment.tracking_number,)
    return msgspec.structs.replace(shipment, tracking_number=number, former_numbers=former, **changes)


async def test_corrected_number_is_resent(rig, buy, parcel, sent):
    order_id = buy()
    await rig.connector.push_fulfilment(parcel(order_id), "k")

    for _ in range(2):
        await rig.connector.push_fulfilment(corrected(parcel(order_id), carrier="zto"), "k2")

    (call,) = sent("taobao.logistics.consign.resend")
    assert (call["out_sid"], call["company_code"], "sub_tid" in call) == ("SF9000000000009", "ZTO", False)
    assert len(fulfilments(rig)) == 1


@pytest.mark.parametrize("how", ["split", "cod"])
async def test_number_that_cannot_be_corrected_is_left_to_a_person(rig, buy, parcel, sent, how):
    order_id = buy(cash_on_delivery=how == "cod")
    told = parcel(order_id, {0: 2} if how == "split" else None)
    await rig.connector.push_fulfilment(told, "k")

    with pytest.raises(Unsupported, match="seller's back office"):
        await rig.connector.push_fulfilment(corrected(told), "k2")

    assert not sent("taobao.logistics.consign.resend")


async def test_former_number_that_was_never_told_is_no_correction(rig, buy, parcel, sent):
    await rig.connector.push_fulfilment(corrected(parcel(buy())), "k")

    assert len(fulfilments(rig)) == 1 and not sent("taobao.logistics.consign.resend")
