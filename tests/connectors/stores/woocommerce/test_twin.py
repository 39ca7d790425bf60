"""The twin refuses what WooCommerce refuses, in its words; and a buyer's acts have their effects."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.kit.conformance.rig import BASE_URL
from connectors.stores.woocommerce.twin_render import order_bytes
from connectors.stores.woocommerce.twin_rest import KEY, SECRET

CORE = f"{BASE_URL}/wp-json/wc/v3"
BASIC = httpx.BasicAuth(KEY, SECRET)


@pytest.fixture
def call(desk):
    """`await call("GET", "orders", per_page=5)` → (status, body, headers)."""

    async def send(method, path, *, auth=BASIC, body=None, **params):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.twin)) as client:
            url = path if path.startswith("http") else f"{CORE}/{path}"
            answer = await client.request(method, url, params=params, json=body, auth=auth)
        return answer.status_code, answer.json(), answer.headers

    return send


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        (None, "woocommerce_rest_cannot_view"),
        (httpx.BasicAuth("ck_other", SECRET), "woocommerce_rest_authentication_error"),
        (httpx.BasicAuth(KEY, "cs_other"), "woocommerce_rest_authentication_error"),
    ],
)
async def test_wrong_keys_are_refused(call, auth, code):
    status, body, _ = await call("GET", "orders", auth=auth)
    assert (status, body["code"], body["data"]) == (401, code, {"status": 401})


async def test_basic_keys_do_not_serve_over_plain_http(call):
    status, body, _ = await call("GET", f"{CORE}/orders".replace("https", "http"))
    assert (status, body["code"]) == (401, "woocommerce_rest_cannot_view")


@pytest.mark.parametrize(
    "params",
    [
        {"per_page": "101"}, {"per_page": "0"}, {"per_page": "x"}, {"page": "0"}, {"offset": "-1"},
        {"orderby": "total"}, {"order": "up"}, {"status": "no-such"}, {"modified_after": "yesterday"},
        {"include": "1,x"}, {"after": "2026-03-02T08:00:00", "dates_are_gmt": "maybe"},
    ],
)  # fmt: skip
async def test_bad_parameters_are_refused(call, params):
    status, body, _ = await call("GET", "orders", **params)
    assert (status, body["code"]) == (400, "rest_invalid_param")


async def test_unknown_parameters_are_ignored_and_pages_are_counted(call, desk):
    for _ in range(3):
        desk.place()
    status, body, headers = await call("GET", "orders", per_page="2", page="2", no_such="1")
    assert (status, len(body), headers["x-wp-total"], headers["x-wp-totalpages"]) == (200, 1, "3", "2")
    assert (await call("GET", "orders", per_page="2", page="9"))[1] == []


async def test_bounds_are_strict_in_gmt_or_the_shops_own_time_and_a_zone_is_ignored(call, desk):
    desk.place()
    moment = "2026-03-02T08:00:00"
    assert (await call("GET", "orders", modified_after=moment, dates_are_gmt="true"))[1] == []
    earlier = "2026-03-02T07:59:59+05:00"
    assert len((await call("GET", "orders", modified_after=earlier, dates_are_gmt="true"))[1]) == 1
    assert len((await call("GET", "orders", modified_after="2026-03-02T04:59:59"))[1]) == 1
    assert (await call("GET", "orders", modified_after="2026-03-02T05:00:00"))[1] == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("orders/1", "woocommerce_rest_shop_order_invalid_id"),
        ("orders/1/notes", "woocommerce_rest_order_invalid_id"),
        ("orders/1/fulfillments", "woocommerce_rest_order_invalid_id"),
        ("products/1/variations", "woocommerce_rest_product_invalid_id"),
    ],
)
async def test_unknown_things_are_not_found(call, path, code):
    status, body, _ = await call("GET", path)
    assert (status, body["code"]) == (404, code)


async def test_feature_that_is_off_has_no_route(call, desk):
    desk.twin.rest.features.clear()
    status, body, _ = await call("GET", f"orders/{desk.place()}/fulfillments")
    assert (status, body["code"]) == (404, "rest_no_route")


@pytest.mark.parametrize(
    "items", [None, [], {}, "x", [{"item_id": "1", "qty": 1}], [{"item_id": 1, "qty": 0}], [{"qty": 1}], [1]]
)
async def test_fulfilment_without_sound_items_is_refused(call, desk, items):
    body = {"meta_data": [{"key": "_items", "value": items}]}
    status, answer, _ = await call("POST", f"orders/{desk.place()}/fulfillments", body=body)
    assert (status, answer["code"]) == (400, 0)
    assert not desk.effects("fulfilment")


async def test_repeated_posts_make_doubles(call, desk):
    order_id = desk.place()
    for _ in range(2):
        await call("POST", f"orders/{order_id}/notes", body={"note": "Shipped"})
    assert len(desk.effects("note")) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders/{}/notes", {"note": ""}),
        ("orders/{}/notes", {"note": 5}),
        ("webhooks", {"topic": "order.paid", "delivery_url": "https://hub.example/"}),
        ("webhooks", {"topic": "order.updated", "delivery_url": "hub"}),
    ],
)
async def test_missing_or_wrong_fields_are_refused(call, desk, path, body):
    status, *_ = await call("POST", path.format(desk.place()), body=body)
    assert status == 400


async def test_own_status_must_be_known(call, desk):
    status, body, _ = await call("PUT", f"orders/{desk.place()}", body={"status": "delivered"})
    assert (status, body["code"]) == (400, "rest_invalid_param")


async def test_batch_takes_a_hundred_and_refuses_single_objects_inside_its_success(call, desk):
    many = [{"id": 1, "manage_stock": True, "stock_quantity": 1}] * 101
    assert (await call("POST", "products/batch", body={"update": many}))[0] == 413
    variation = next(it for it in desk.twin.shop.items.values() if it.parent)
    body = {"update": [{"id": variation.id, "manage_stock": True, "stock_quantity": 1}]}
    status, answer, _ = await call("POST", "products/batch", body=body)
    assert (status, answer["update"][0]["error"]["code"]) == (200, "woocommerce_rest_product_invalid_id")
    assert not desk.effects("stock")


async def test_webhooks_are_deleted_only_by_force_and_never_tell_their_secret(call):
    body = {"topic": "order.updated", "delivery_url": "https://hub.example/", "secret": "s"}
    _, made, _ = await call("POST", "webhooks", body=body)
    assert "secret" not in made
    status, refused, _ = await call("DELETE", f"webhooks/{made['id']}")
    assert (status, refused["code"]) == (501, "woocommerce_rest_trash_not_supported")
    assert (await call("DELETE", f"webhooks/{made['id']}", force="true"))[0] == 200
    assert (await call("PUT", f"webhooks/{made['id']}", body={"status": "active"}))[0] == 400


def test_stock_follows_the_orders_status(desk):
    order_id = desk.place(("SKU-0", 2))
    assert desk.twin.stock_shown()["SKU-0"] == 98
    assert desk.twin.refund_line(order_id, 0, 1)
    assert desk.twin.stock_shown()["SKU-0"] == 99
    assert desk.twin.cancel_order(order_id)
    assert desk.twin.stock_shown()["SKU-0"] == 100


def test_refund_of_everything_sets_the_status(desk):
    order = desk.known(desk.place(("SKU-0", 2)))
    desk.twin.shop.refund(order, {order.lines[0].id: 2}, order.total)
    assert order.status == "refunded"


def test_money_comes_with_processing_and_for_cash_with_completion(desk):
    transfer, cash = desk.place(paid=False), desk.place(paid=False, cash_on_delivery=True)
    assert (desk.known(transfer).status, desk.known(transfer).paid) == ("on-hold", None)
    assert (desk.known(cash).status, desk.known(cash).paid) == ("processing", None)
    desk.clock.advance(timedelta(minutes=1))
    desk.twin.pay_order(transfer)
    desk.twin.shop.set_status(desk.known(cash), "completed")
    assert desk.known(transfer).paid == desk.known(cash).paid == desk.clock()


async def test_buyer_cannot_undo_what_was_shipped(desk):
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, completes_order=False), "key")
    assert not desk.twin.cancel_order(order_id)
    assert not desk.twin.change_address(order_id, desk.known(order_id).address)
    assert not desk.twin.refund_line(order_id, 0, 1)


def test_documents_hold_the_shops_time_beside_gmt(desk):
    document = msgspec.json.decode(order_bytes(desk.known(desk.place())))
    times = (document["date_created"], document["date_created_gmt"])
    assert times == ("2026-03-02T05:00:00", "2026-03-02T08:00:00")
