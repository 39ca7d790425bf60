"""The twin refuses what Medusa refuses, in its words, and accounts for stock as Medusa does."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.kit.conformance.rig import BASE_URL
from connectors.stores.medusa.twin import API_KEY
from connectors.stores.medusa.twin_state import LOCATIONS
from mappings.stores.medusa import unknown_order_fields
from mappings.stores.medusa.queries import ORDER_FIELDS

LABEL = {"tracking_number": "T-1", "tracking_url": "#", "label_url": ""}


class Admin:
    """Somebody who talks to the twin without the connector."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.shop = store.shop
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(store.twin), base_url=BASE_URL)
        self.headers = {"authorization": f"Basic {API_KEY}"}

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self.client.get(f"/admin/{path}", params=parameters, headers=self.headers)

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self.client.post(f"/admin/{path}", json=body, headers=self.headers)

    async def ids(self, **parameters: Any) -> list[str]:
        return [it["id"] for it in (await self.get("orders", **parameters)).json()["orders"]]

    async def fulfil(self, order_id: str, units: int, **more: Any) -> httpx.Response:
        line = self.shop.orders[order_id].lines[0].id
        return await self.post(
            f"orders/{order_id}/fulfillments", {"items": [{"id": line, "quantity": units}], **more}
        )

    async def added(self, units: int = 1) -> tuple[str, dict[str, Any]]:
        """The path of a new fulfilment, and a shipment's body."""
        order_id = self.store.buy()
        await self.fulfil(order_id, units)
        order = self.shop.orders[order_id]
        items = [{"id": order.lines[0].id, "quantity": units}]
        path = f"orders/{order_id}/fulfillments/{order.fulfilments[-1].id}"
        return path, {"items": items, "labels": [LABEL]}

    @property
    def tea(self) -> tuple[int, int]:
        """Stocked and reserved."""
        level = self.shop.by_sku["TEA-100"].levels[LOCATIONS[0]]
        return level.stocked, level.reserved


@pytest.fixture
def admin(store: Any) -> Admin:
    return Admin(store)


def assert_as(answer: httpx.Response, genuine: Any, *ids: tuple[str, str]) -> None:
    """The same status and words, but for the ids."""
    said = answer.text
    for ours, theirs in ids:
        said = said.replace(ours, theirs)
    assert answer.status_code == genuine["status"]
    assert httpx.Response(200, text=said).json() == genuine["response"]


async def test_without_key_the_genuine_refusal(admin: Admin, sample: Callable[[str], Any]):
    for wrong in ("", "Basic sk_bad", f"Bearer {API_KEY}"):
        admin.headers = {"authorization": wrong}
        assert_as(await admin.get("orders"), sample("unauthenticated"))


async def test_over_fulfilling_is_refused_as_genuinely(admin: Admin, sample: Callable[[str], Any]):
    order_id = admin.store.buy()
    await admin.fulfil(order_id, 2)
    genuine = sample("fulfillment_over_error")
    line = admin.shop.orders[order_id].lines[0]
    genuine_line = genuine["request"]["body"]["items"][0]["id"]
    goods = genuine["response"]["message"].partition(" - ")[2]
    assert_as(await admin.fulfil(order_id, 1), genuine, (line.id, genuine_line), ("TEA-100", goods))


async def test_more_units_than_open_are_refused(admin: Admin):
    answer = await admin.fulfil(admin.store.buy(), 3)
    assert (answer.status_code, answer.json()["type"]) == (400, "invalid_data")
    assert "exceeds the reserved quantity" in answer.json()["message"]


async def test_second_shipment_is_refused_as_genuinely(admin: Admin, sample: Callable[[str], Any]):
    path, body = await admin.added()
    assert (await admin.post(f"{path}/shipments", body)).status_code == 200
    assert_as(await admin.post(f"{path}/shipments", body), sample("shipment_again"))


async def test_label_without_addresses_is_refused(admin: Admin, sample: Callable[[str], Any]):
    path, body = await admin.added()
    answer = await admin.post(f"{path}/shipments", {**body, "labels": [{"tracking_number": "X"}]})
    genuine = sample("shipment_label_invalid")
    assert answer.status_code == genuine["status"]
    wanted = genuine["response"]["message"].removeprefix("Invalid request: ").split("; ")
    assert sorted(answer.json()["message"].removeprefix("Invalid request: ").split("; ")) == sorted(wanted)


async def test_negative_stock_is_refused(admin: Admin, sample: Callable[[str], Any]):
    entry = {
        "inventory_item_id": admin.shop.by_sku["TEA-100"].item_id,
        "location_id": LOCATIONS[0],
        "stocked_quantity": -5,
    }
    answer = await admin.post("inventory-items/location-levels/batch", {"update": [entry]})
    genuine = sample("stock_negative")
    assert_as(answer, genuine, ("update, 0, stocked_quantity", "stocked_quantity"))


async def test_unknown_order_is_not_found_as_genuinely(admin: Admin, sample: Callable[[str], Any]):
    body = {"items": [{"id": "ordli_1", "quantity": 1}]}
    assert_as(await admin.post("orders/order_nope/fulfillments", body), sample("order_not_found"))


@pytest.mark.parametrize(
    ("entry", "verb", "status"),
    [
        ({"inventory_item_id": "iitem_0"}, "create", 404),
        ({"location_id": LOCATIONS[1]}, "update", 404),
        ({}, "create", 400),
        ({"colour": "red"}, "update", 400),
        ({"stocked_quantity": "7"}, "update", 400),
        ({"stocked_quantity": True}, "update", 400),
    ],
)
async def test_unfit_stock_is_refused_and_nothing_of_it_written(
    admin: Admin, entry: dict[str, Any], verb: str, status: int
):
    known = {"location_id": LOCATIONS[0], "stocked_quantity": 7}
    mug, tea = ({**known, "inventory_item_id": admin.shop.by_sku[it].item_id} for it in ("MUG-1", "TEA-100"))
    body = {"create": [], "update": [mug]}
    body[verb].append({**tea, **entry})
    answer = await admin.post("inventory-items/location-levels/batch", body)
    assert answer.status_code == status
    assert admin.store.twin.stock_shown() == {"MUG-1": 100, "TEA-100": 100}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"items": []}, "too small"),
        ({"items": [{"id": "ordli_1"}]}, "'items, 0, quantity' is required"),
        ({"items": [{"id": "ordli_1", "quantity": "1"}]}, "'items, 0, quantity' is required"),
        ({"items": [{"id": "ordli_0", "quantity": 1}]}, "does not exist in order"),
        ({"items": [{"id": "ordli_1", "quantity": 1}], "x": 1}, "Unrecognized fields: 'x'"),
        ({}, "Field 'items' is required"),
        ([], "Expected type"),
    ],
)
async def test_unfit_fulfilment_is_refused(admin: Admin, body: Any, words: str):
    answer = await admin.post(f"orders/{admin.store.buy()}/fulfillments", body)
    assert (answer.status_code, answer.json()["type"]) == (400, "invalid_data")
    assert words in answer.json()["message"]


async def test_fulfilment_moves_reserved_units_out_and_its_cancellation_back(admin: Admin):
    path, body = await admin.added(2)
    assert admin.tea == (98, 0)
    assert (await admin.post(f"{path}/cancel", {})).status_code == 200
    assert admin.tea == (100, 2)
    assert (await admin.post(f"{path}/shipments", body)).json()["type"] == "not_allowed"


async def test_shipped_fulfilment_cannot_be_cancelled_nor_its_order(admin: Admin):
    path, body = await admin.added()
    await admin.post(f"{path}/shipments", body)
    assert "already been shipped" in (await admin.post(f"{path}/cancel", {})).json()["message"]
    order_id = path.split("/")[1]
    assert not admin.store.twin.cancel_order(order_id)


async def test_delivery_can_be_marked_once_also_before_the_shipment(admin: Admin):
    path, _ = await admin.added()
    assert [(await admin.post(f"{path}/mark-as-delivered", {})).status_code for _ in "12"] == [200, 400]


async def test_unknown_fulfilment_breaks_the_server(admin: Admin):
    path, body = await admin.added()
    answer = await admin.post(f"{path}0/shipments", body)
    assert (answer.status_code, answer.json()["code"]) == (500, "unknown_error")


async def test_parameters_that_do_not_exist_are_ignored(admin: Admin):
    ids = [admin.store.buy() for _ in range(2)]
    for name in ("updated_at[gte]", "updated_after", "updated_at[$since]"):
        assert await admin.ids(**{name: "2040-01-01T00:00:00Z"}) == ids
    assert await admin.ids(**{"updated_at[$gte]": "yesterday"}) == ids
    assert await admin.ids(**{"updated_at[$gte]": "2040-01-01T00:00:00Z"}) == []


@pytest.mark.parametrize(("name", "value"), [("order", "colour"), ("limit", "-1")])
async def test_parameters_that_break_the_server(admin: Admin, name: str, value: str):
    assert (await admin.get("orders", **{name: value})).status_code == 500


async def test_page_is_twenty_and_its_size_a_number(admin: Admin):
    for _ in range(21):
        admin.store.buy()
    assert len(await admin.ids()) == 20
    assert (await admin.get("orders", limit="many")).status_code == 400


async def test_variants_take_no_operators_for_ids(admin: Admin):
    answer = await admin.get("product-variants", **{"id[$gt]": "variant_0"})
    assert (answer.status_code, answer.json()["type"]) == (400, "invalid_data")


async def test_order_is_as_complete_as_a_genuine_one(admin: Admin, sample: Callable[[str], Any]):
    """No field of a line or a shipping method that a server sends is missing, and none is there beside."""
    admin.store.buy()
    (ours,) = (await admin.get("orders", fields=ORDER_FIELDS)).json()["orders"]
    genuine = sample("orders_list")["response"]["orders"][0]
    unselected = {"raw_compare_at_unit_price", "variant"}
    assert ours["items"][0].keys() ^ genuine["items"][0].keys() <= unselected
    assert ours["shipping_methods"][0].keys() ^ genuine["shipping_methods"][0].keys() <= {"description"}
    document = (await admin.get("orders", fields=ORDER_FIELDS)).content
    (delivery,) = await admin.store.connect().fetch_orders([ours["id"]])
    assert delivery.document in document
    assert unknown_order_fields(delivery.document) == set()


async def test_refunded_line_without_units_disappears(admin: Admin):
    order_id = admin.store.buy()
    assert admin.store.twin.refund_line(order_id, 0, 2)
    order = await admin.store.read(order_id)
    assert [line.sku for line in order.lines] == ["MUG-1"]
    assert order.refunded > 0
    assert order.expected_total() == order.total


async def test_cancelled_order_of_a_captured_payment_owes_nothing(admin: Admin):
    order_id = admin.store.buy()
    admin.store.twin.cancel_order(order_id)
    order = await admin.store.read(order_id)
    assert order.refunded == order.total > 0
    assert admin.tea == (100, 0)
