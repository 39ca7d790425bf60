"""What people do at a Medusa: buyers through the Store API, an administrator who looks at the truth.

Nothing here uses orderhub's connector, so that it can contradict it.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.interop.medusa_server import ADMIN

BUYER = {
    "first_name": "Inês",
    "last_name": "d’Água",
    "address_1": "Rua do Século 79",
    "address_2": "2.º esq.",
    "city": "Lisboa",
    "postal_code": "1200-433",
    "country_code": "pt",
    "phone": "+351 21 000 0000",
}
GOODS = {"ROPE-10": 3.33, "TEA-250": 7.49}
STOCK = 1000

_PARCELS = (
    "id,status,payment_status,fulfillment_status,*fulfillments,*fulfillments.items,*fulfillments.labels"
)


class MedusaShop:
    """Its administrator's secret key is `api_key`; it sells `GOODS` with 23 % tax from one location."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)
        self._admin = {"authorization": ""}
        token = self._post("/auth/user/emailpass", ADMIN)["token"]
        self._admin = {"authorization": f"Bearer {token}"}
        self._open()
        key = self._post("/admin/api-keys", {"title": "hub", "type": "secret"})["api_key"]
        self.api_key: str = key["token"]

    def close(self) -> None:
        self._client.close()

    def _open(self) -> None:
        """Everything that a new Medusa needs before somebody can buy."""
        post = self._post
        self._channel = self._get("/admin/sales-channels")["sales_channels"][0]["id"]
        region = {"name": "Europe", "currency_code": "eur", "countries": ["pt"]}
        region |= {"payment_providers": ["pp_system_default"]}
        self._region = post("/admin/regions", region)["region"]["id"]
        tax = {"country_code": "pt", "provider_id": "tp_system"}
        post("/admin/tax-regions", {**tax, "default_tax_rate": {"rate": 23, "code": "IVA", "name": "IVA"}})
        self._location = self._open_location()
        key = post("/admin/api-keys", {"title": "shop", "type": "publishable"})["api_key"]
        post(f"/admin/api-keys/{key['id']}/sales-channels", {"add": [self._channel]})
        self._store = {"x-publishable-api-key": key["token"]}
        self.variants = {sku: self._offer(sku, price) for sku, price in GOODS.items()}

    def _open_location(self) -> str:
        post = self._post
        address = {"address_1": "Cais 1", "city": "Lisboa", "country_code": "pt"}
        place = post("/admin/stock-locations", {"name": "Cais", "address": address})["stock_location"]["id"]
        post(f"/admin/stock-locations/{place}/fulfillment-providers", {"add": ["manual_manual"]})
        post(f"/admin/stock-locations/{place}/sales-channels", {"add": [self._channel]})
        kinds = post(
            f"/admin/stock-locations/{place}/fulfillment-sets?fields=id,*fulfillment_sets",
            {"name": "shipping", "type": "shipping"},
        )["stock_location"]["fulfillment_sets"]
        zone = {"name": "PT", "geo_zones": [{"type": "country", "country_code": "pt"}]}
        made = post(f"/admin/fulfillment-sets/{kinds[0]['id']}/service-zones", zone)["fulfillment_set"]
        profiles = self._get("/admin/shipping-profiles")["shipping_profiles"]
        self._profile = (
            profiles[0]
            if profiles
            else post("/admin/shipping-profiles", {"name": "Default", "type": "default"})["shipping_profile"]
        )["id"]
        option = {
            "name": "Courier",
            "service_zone_id": made["service_zones"][0]["id"],
            "shipping_profile_id": self._profile,
            "provider_id": "manual_manual",
            "price_type": "flat",
            "type": {"label": "Courier", "description": "2 days", "code": "courier"},
            "prices": [{"currency_code": "eur", "amount": 4.9}],
            "rules": [
                {"attribute": "enabled_in_store", "value": "true", "operator": "eq"},
                {"attribute": "is_return", "value": "false", "operator": "eq"},
            ],
        }
        post("/admin/shipping-options", option)
        return str(place)

    def _offer(self, sku: str, price: float) -> str:
        variant = {"title": "one", "sku": sku, "manage_inventory": True, "options": {"Size": "one"}}
        product = {
            "title": sku.title(),
            "status": "published",
            "shipping_profile_id": self._profile,
            "sales_channels": [{"id": self._channel}],
            "options": [{"title": "Size", "values": ["one"]}],
            "variants": [{**variant, "prices": [{"currency_code": "eur", "amount": price}]}],
        }
        made = self._post("/admin/products", product)["product"]["variants"][0]["id"]
        self._post(
            f"/admin/inventory-items/{self._item(sku)['id']}/location-levels",
            {"location_id": self._location, "stocked_quantity": STOCK},
        )
        return str(made)

    def _item(self, sku: str) -> Mapping[str, Any]:
        found = self._get(f"/admin/inventory-items?sku={sku}&fields=id,*location_levels")
        item: Mapping[str, Any] = found["inventory_items"][0]
        return item

    def place_order(self, units: Mapping[str, int], *, captured: bool = True) -> str:
        """A cart with address and courier, paid for; its payment is authorised, and captured by the shop."""
        post = self._post
        items = [{"variant_id": self.variants[sku], "quantity": count} for sku, count in units.items()]
        cart = post(
            "/store/carts",
            {"region_id": self._region, "email": "ines@buyer.example", "items": items}
            | {"shipping_address": BUYER, "billing_address": BUYER, "sales_channel_id": self._channel},
        )["cart"]["id"]
        options = self._get(f"/store/shipping-options?cart_id={cart}")["shipping_options"]
        post(f"/store/carts/{cart}/shipping-methods", {"option_id": options[0]["id"]})
        collection = post("/store/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        session = {"provider_id": "pp_system_default"}
        post(f"/store/payment-collections/{collection}/payment-sessions", session)
        order_id = str(post(f"/store/carts/{cart}/complete", {})["order"]["id"])
        if captured:
            self.capture(order_id)
        return order_id

    def _payment(self, order_id: str) -> str:
        order = self._get(f"/admin/orders/{order_id}?fields=*payment_collections.payments")["order"]
        return str(order["payment_collections"][0]["payments"][0]["id"])

    def capture(self, order_id: str) -> None:
        self._post(f"/admin/payments/{self._payment(order_id)}/capture", {})

    def refund(self, order_id: str, amount: float) -> None:
        self._post(f"/admin/payments/{self._payment(order_id)}/refund", {"amount": amount})

    def cancel(self, order_id: str) -> None:
        self._post(f"/admin/orders/{order_id}/cancel", {})

    def reduce(self, order_id: str, line_id: str, quantity: int) -> None:
        """An order edit to so many units, confirmed."""
        self._post("/admin/order-edits", {"order_id": order_id})
        edit = f"/admin/order-edits/{order_id}"
        self._post(f"{edit}/items/item/{line_id}", {"quantity": quantity})
        self._post(f"{edit}/request", {})
        self._post(f"{edit}/confirm", {})

    def order(self, order_id: str) -> Mapping[str, Any]:
        """Status and parcels, as the administration shows them."""
        order: Mapping[str, Any] = self._get(f"/admin/orders/{order_id}?fields={_PARCELS}")["order"]
        return order

    def available(self, sku: str) -> int:
        return sum(int(level["available_quantity"]) for level in self._item(sku)["location_levels"])

    def _get(self, path: str) -> Any:
        return self._answer(self._client.get(path, headers=self._headers(path)))

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._answer(self._client.post(path, json=body, headers=self._headers(path)))

    def _headers(self, path: str) -> Mapping[str, str]:
        return self._store if path.startswith("/store") else self._admin

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.url.path}: {response.status_code} {response.text}"
        return response.json()
