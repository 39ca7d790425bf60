"""What is special about Magento: signed queries, stock that it promised itself, tracks that are corrected."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from connectors.kit import AuthenticationFailed, Misconfigured, Rejected
from connectors.kit.oauth1 import oauth_signature
from connectors.stores.magento.refusals import classify
from mappings.canonical import LineQuantity


def test_signature_of_our_own_vector():
    signed = {
        "searchCriteria[pageSize]": "50",
        "oauth_consumer_key": "ck1",
        "oauth_nonce": "nonce123",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": "1760000000",
        "oauth_token": "at1",
        "oauth_version": "1.0",
    }
    address = "https://shop.example.com/rest/default/V1/orders"
    assert (
        oauth_signature("GET", address, signed, "cs1", "ats1")
        == "R8yJ51mRO9COQx8j0dR+/covxwztskdESKivyWTWrBw="
    )


async def test_spaces_of_times_travel_as_magento_signs_them(desk):
    desk.place()
    assert [page async for page in desk.connector.pull_orders("2026-03-02T08:00:00.000Z")]
    queries = [request.url.query.decode() for request in desk.rig.wire.sent]

    assert any("2026-03-02%2007%3A55%3A00" in query for query in queries)
    assert not any("+" in query for query in queries)


async def test_every_attempt_has_a_nonce_of_its_own(desk):
    desk.rig.wire.instead = lambda number: httpx.Response(503) if number == 0 else None
    await desk.connector.check()
    signed = [request.headers["authorization"] for request in desk.rig.wire.sent]

    assert len(signed) == len(set(signed)) == 3


async def test_nonce_that_was_used_before_is_signed_anew(desk):
    words = b'{"message":"The nonce is already being used by the consumer with key %1.","parameters":["k"]}'
    desk.rig.wire.instead = lambda number: httpx.Response(401, content=words) if number == 0 else None
    await desk.connector.check()

    assert len(desk.rig.wire.sent) == 3


@pytest.mark.parametrize("setting", ["consumer_secret", "access_token", "access_token_secret"])
async def test_each_wrong_secret_is_refused(desk, setting):
    with pytest.raises(AuthenticationFailed):
        await desk.connect(**{setting: "wrong"}).check()


async def test_unknown_source_is_a_setting_at_fault(desk):
    with pytest.raises(Misconfigured) as raised:
        await desk.connect(source_code="moon").check()

    assert (raised.value.setting, "moon" in str(raised.value)) == ("source_code", True)


def test_refusals_say_what_their_parameters_fill_in():
    body = b'{"message":"No such entity with %fieldName = %1","parameters":{"fieldName":"orderId","1":"7"}}'
    assert "No such entity with orderId = 7" in str(classify(httpx.Response(404, content=body), False))


def test_missing_route_is_no_missing_order():
    body = b'{"message":"Request does not match any route."}'
    assert isinstance(classify(httpx.Response(404, content=body), False), Misconfigured)


async def test_stock_counts_what_magento_promised_itself(desk):
    desk.place(("SKU-0", 4))
    assert await desk.connector.push_stock([desk.level("SKU-0", 10)], "key") == []

    assert (desk.store.products["SKU-0"].quantity, desk.twin.stock_shown()["SKU-0"]) == (14, 10)


async def test_stock_out_of_stock_is_counted_as_nothing(desk):
    product = desk.store.products["SKU-0"]
    product.in_stock = 0
    assert await desk.connector.push_stock([desk.level("SKU-0", 10)], "key") == []

    assert (product.quantity, product.in_stock, desk.twin.stock_shown()["SKU-0"]) == (10, 1, 10)


async def test_nothing_left_is_out_of_stock(desk):
    await desk.connector.push_stock([desk.level("SKU-0", 0)], "key")
    assert (desk.store.products["SKU-0"].quantity, desk.store.products["SKU-0"].in_stock) == (0, 0)


async def test_sku_with_slashes_and_commas_is_one_sku(desk):
    sku = "SKU/2 with, odd & signs"
    assert await desk.connector.push_stock([desk.level(sku, 3), desk.level("SKU-0", 4)], "key") == []
    assert (desk.twin.stock_shown()[sku], desk.twin.stock_shown()["SKU-0"]) == (3, 4)
    assert any("SKU/2" in unquote(request.url.raw_path.decode()) for request in desk.rig.wire.sent)


async def test_variant_is_one_line_and_ships_under_its_parent(desk):
    order_id = desk.place(("SKU-1", 2))
    order = await desk.order(order_id)
    assert [(it.line_id, it.listing_id, it.quantity) for it in order.lines] == [
        (str(desk.known(order_id).items[0].id), "SKU-1", 2)
    ]
    await desk.connector.push_fulfilment(await desk.shipment(order_id), "key")

    assert desk.known(order_id).state == "complete"


async def test_only_what_has_an_sku_of_its_own_is_listed(desk):
    pages = [page async for page in desk.connect(page_size=2).pull_listings()]
    assert sorted(it.external_id for page in pages for it in page.deliveries) == sorted(desk.store.products)


async def corrected(desk: Any) -> tuple[str, Any]:
    order_id = desk.place()
    first = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(first, "key")
    later = await desk.shipment(order_id, lines=first.lines, tracking_number="T-2", former_numbers=("T-1",))
    return order_id, later


async def test_corrected_number_takes_the_former_track_away(desk):
    order_id, later = await corrected(desk)
    await desk.connector.push_fulfilment(later, "key")
    (shipment,) = desk.known(order_id).shipments

    assert [(track.number, track.carrier) for track in shipment.tracks] == [("T-2", "ups")]


async def test_interrupted_correction_is_finished(desk):
    order_id, later = await corrected(desk)
    (shipment,) = desk.known(order_id).shipments
    shipment.tracks.clear()
    await desk.connector.push_fulfilment(later, "key")

    assert [track.number for track in shipment.tracks] == ["T-2"]
    assert len(desk.known(order_id).shipments) == 1


async def test_bare_shipment_of_somebody_else_is_left_alone(desk):
    order_id = desk.place(("SKU-0", 2))
    (line,) = (await desk.shipment(order_id)).lines
    part = await desk.shipment(order_id, lines=(LineQuantity(line_id=line.line_id, quantity=1),))
    desk.store.ship(desk.known(order_id), {int(part.lines[0].line_id): 1}, [])
    await desk.connector.push_fulfilment(part, "key")

    assert [len(it.tracks) for it in desk.known(order_id).shipments] == [0, 1]


async def test_carrier_that_the_core_does_not_know_is_told_by_name(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id, carrier="sf-express", carrier_name="SF Express")
    await desk.connector.push_fulfilment(shipment, "key")
    (track,) = desk.known(order_id).shipments[0].tracks

    assert (track.carrier, track.title) == ("custom", "SF Express")


async def test_cancelled_order_is_not_shipped(desk):
    order_id = desk.place(paid=False)
    shipment = await desk.shipment(order_id)
    assert desk.twin.cancel_order(order_id)
    with pytest.raises(Rejected):
        await desk.connector.push_fulfilment(shipment, "key")


async def test_orders_of_a_pass_that_was_interrupted_are_not_read_twice(desk):
    ids = []
    for _ in range(5):
        ids.append(desk.place())
        desk.clock.advance(timedelta(hours=1))
    connector = desk.connect(page_size=2)
    pages = connector.pull_orders("")
    first = await anext(pages)
    rest = [
        one.external_id async for page in connector.pull_orders(first.bookmark) for one in page.deliveries
    ]

    assert [it.external_id for it in first.deliveries] == ids[:2]
    assert rest[:3] == ids[2:]


async def test_oversold_product_gets_what_is_missing_too(desk):
    desk.place(("SKU-0", 104))
    assert await desk.connector.push_stock([desk.level("SKU-0", 3)], "key") == []

    assert (desk.store.products["SKU-0"].quantity, desk.twin.stock_shown()["SKU-0"]) == (107, 3)


async def test_parcel_is_told_before_or_after_stock_is_counted(desk):
    order_id = desk.place(("SKU-0", 2))
    shipment = await desk.shipment(order_id)
    answer_at_once = desk.rig.wire.handle_async_request

    async def answer(request: httpx.Request) -> httpx.Response:
        found = await answer_at_once(request)
        for _ in range(200 if "salable" in request.url.path else 0):
            await asyncio.sleep(0)  # others run meanwhile
        return found

    desk.rig.wire.handle_async_request = answer
    counted = desk.connector.push_stock([desk.level("SKU-0", 10)], "key")
    await asyncio.gather(counted, desk.connector.push_fulfilment(shipment, "key"))

    assert desk.twin.stock_shown()["SKU-0"] == 10
