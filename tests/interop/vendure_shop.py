"""What people do at a Vendure: buyers through the Shop API, an administrator who looks at the truth.

Nothing here uses orderhub's connector, so that it can contradict it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

ADMIN = {"username": "superadmin", "password": "superadmin"}

BUYER = {
    "firstName": "Inês",
    "lastName": "d’Água",
    "emailAddress": "ines@buyer.example",
    "phoneNumber": "+351 21 000 0000",
}

ADDRESS = {
    "fullName": "Inês d’Água",
    "company": "Oficina «Norte» & Filhos",
    "streetLine1": "Rua do Século 79",
    "streetLine2": "2.º esq.",
    "city": "Lisboa",
    "province": "Lisboa",
    "postalCode": "1200-433",
    "countryCode": "PT",
    "phoneNumber": "+351 21 000 0000",
}

ONE_EACH = httpx.Limits(max_keepalive_connections=0)
"""Node ends connections that rest for 5 s: on a slow machine just when the next request is on its way."""

_REFUSAL = "... on ErrorResult { errorCode message }"

ADD_ITEM = f"""
mutation AddItem($id: ID!, $quantity: Int!) {{
  addItemToOrder(productVariantId: $id, quantity: $quantity) {{ __typename {_REFUSAL} }}
}}"""

APPLY_COUPON = f"""
mutation Coupon($code: String!) {{ applyCouponCode(couponCode: $code) {{ __typename {_REFUSAL} }} }}"""

SET_CUSTOMER = f"""
mutation Customer($input: CreateCustomerInput!) {{
  setCustomerForOrder(input: $input) {{ __typename {_REFUSAL} }}
}}"""

SET_ADDRESS = f"""
mutation Address($input: CreateAddressInput!) {{
  setOrderShippingAddress(input: $input) {{ __typename {_REFUSAL} }}
}}"""

SHIPPING_METHODS = "query Methods { eligibleShippingMethods { id code } }"

SET_SHIPPING = f"""
mutation Shipping($ids: [ID!]!) {{
  setOrderShippingMethod(shippingMethodId: $ids) {{ __typename {_REFUSAL} }}
}}"""

ARRANGE_PAYMENT = f"""
mutation Arrange {{ transitionOrderToState(state: "ArrangingPayment") {{ __typename {_REFUSAL} }} }}"""

PAY = f"""
mutation Pay($input: PaymentInput!) {{
  addPaymentToOrder(input: $input) {{
    __typename {_REFUSAL} ... on Order {{ id code lines {{ id productVariant {{ sku }} }} }}
  }}
}}"""

LOGIN = f"""
mutation Login($username: String!, $password: String!) {{
  login(username: $username, password: $password) {{ __typename {_REFUSAL} }}
}}"""

VARIANTS = "query Variants { productVariants(options: { take: 100 }) { items { id sku } } }"

ORDER = """
query Order($id: ID!) {
  order(id: $id) {
    id code state active orderPlacedAt updatedAt currencyCode totalWithTax
    lines { id quantity orderPlacedQuantity productVariant { sku } }
    payments { id state amount }
    fulfillments { id state method trackingCode lines { orderLineId quantity } }
  }
}"""

ORDER_IDS = "query Ids { orders(options: { take: 100, filter: { active: { eq: false } } }) { items { id } } }"

STOCK = """
query Stock($sku: String!) {
  productVariants(options: { filter: { sku: { eq: $sku } } }) {
    items { stockLevels { stockOnHand stockAllocated } }
  }
}"""

CANCEL = f"""
mutation Cancel($input: CancelOrderInput!) {{
  cancelOrder(input: $input) {{ __typename {_REFUSAL} }}
}}"""

REFUND = f"""
mutation Refund($input: RefundOrderInput!) {{
  refundOrder(input: $input) {{ __typename {_REFUSAL} ... on Refund {{ id }} }}
}}"""

SETTLE_REFUND = f"""
mutation SettleRefund($input: SettleRefundInput!) {{
  settleRefund(input: $input) {{ __typename {_REFUSAL} }}
}}"""

SETTLE = f"""
mutation Settle($id: ID!) {{ settlePayment(id: $id) {{ __typename {_REFUSAL} }} }}"""

CREATE_COUPON = f"""
mutation Coupon($input: CreatePromotionInput!) {{
  createPromotion(input: $input) {{ __typename {_REFUSAL} }}
}}"""


class Refused(AssertionError):
    """Vendure did not do what a test expected it to do."""


class GraphQLSession:
    """One signed-in (or anonymous) visitor of one API; keeps the newest token, as Vendure asks."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self._client = client
        self._path = path
        self._headers: dict[str, str] = {}

    def send(self, document: str, **variables: Any) -> Any:
        """The value of the document's only root field; raises `Refused` for errors of any kind."""
        query = {"query": document, "variables": variables}
        response = self._client.post(self._path, json=query, headers=self._headers)
        if token := response.headers.get("vendure-auth-token"):
            self._headers = {"Authorization": f"Bearer {token}"}
        answer = response.json()
        if answer.get("errors"):
            raise Refused(str(answer["errors"][0]["message"]))
        (value,) = answer["data"].values()
        if isinstance(value, dict) and value.get("errorCode"):
            raise Refused(f"{value['errorCode']}: {value['message']}")
        return value


@dataclass(frozen=True, kw_only=True)
class PlacedOrder:
    """An order that a buyer paid for (or authorised): line ids and quantities by SKU."""

    id: str
    code: str
    lines: Mapping[str, str]
    quantities: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What Vendure says of a variant, over all of its stock locations."""

    on_hand: int
    allocated: int

    @property
    def saleable(self) -> int:
        return self.on_hand - self.allocated


class VendureShop:
    """Buyers and an administrator of the server at `url`."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30, verify=False, limits=ONE_EACH)
        self.admin = GraphQLSession(self._client, "/admin-api")
        self.admin.send(LOGIN, **ADMIN)
        variants = self.admin.send(VARIANTS)["items"]
        self.variant_ids: Mapping[str, str] = {variant["sku"]: variant["id"] for variant in variants}

    def close(self) -> None:
        self._client.close()

    def place_order(
        self,
        items: Sequence[tuple[str, int]],
        *,
        settled: bool = True,
        shipping: str = "parcel",
        coupon: str = "",
        customer: Mapping[str, str] = BUYER,
        address: Mapping[str, str] = ADDRESS,
    ) -> PlacedOrder:
        """A guest fills a cart with (SKU, units), and pays at once or lets the payment be authorised."""
        buyer = self.fill_cart(items)
        if coupon:
            buyer.send(APPLY_COUPON, code=coupon)
        buyer.send(SET_CUSTOMER, input=customer)
        buyer.send(SET_ADDRESS, input=address)
        methods = {method["code"]: method["id"] for method in buyer.send(SHIPPING_METHODS)}
        buyer.send(SET_SHIPPING, ids=[methods[shipping]])
        buyer.send(ARRANGE_PAYMENT)
        method = "pay-at-once" if settled else "pay-on-shipping"
        order = buyer.send(PAY, input={"method": method, "metadata": {}})
        lines = {line["productVariant"]["sku"]: line["id"] for line in order["lines"]}
        return PlacedOrder(id=order["id"], code=order["code"], lines=lines, quantities=dict(items))

    def fill_cart(self, items: Sequence[tuple[str, int]]) -> GraphQLSession:
        """A new buyer with these things in the cart, not ordered yet."""
        buyer = GraphQLSession(self._client, "/shop-api")
        for sku, quantity in items:
            buyer.send(ADD_ITEM, id=self.variant_ids[sku], quantity=quantity)
        return buyer

    def order(self, order_id: str) -> dict[str, Any]:
        """State, lines, payments and fulfilments in Vendure's own words."""
        order: dict[str, Any] = self.admin.send(ORDER, id=order_id)
        return order

    def fulfilments(self, order_id: str) -> list[tuple[str, str, str, dict[str, int]]]:
        """(state, method, tracking code, units by line id) of each fulfilment, oldest first."""
        return [
            (
                fulfilment["state"],
                fulfilment["method"],
                fulfilment["trackingCode"],
                {line["orderLineId"]: line["quantity"] for line in fulfilment["lines"]},
            )
            for fulfilment in sorted(self.order(order_id)["fulfillments"], key=lambda one: int(one["id"]))
        ]

    def order_ids(self) -> set[str]:
        """The orders placed so far (100 at most)."""
        return {order["id"] for order in self.admin.send(ORDER_IDS)["items"]}

    def stock(self, sku: str) -> Stock:
        levels = self.admin.send(STOCK, sku=sku)["items"][0]["stockLevels"]
        return Stock(
            on_hand=sum(level["stockOnHand"] for level in levels),
            allocated=sum(level["stockAllocated"] for level in levels),
        )

    def cancel_order(self, order_id: str) -> None:
        """All of it, shipping included, as the merchant's support would."""
        self.admin.send(CANCEL, input={"orderId": order_id, "cancelShipping": True, "reason": "changed mind"})

    def cancel_units(self, order: PlacedOrder, sku: str, quantity: int) -> None:
        """Some units of one line."""
        lines = [{"orderLineId": order.lines[sku], "quantity": quantity}]
        self.admin.send(CANCEL, input={"orderId": order.id, "lines": lines, "reason": "sold out"})

    def refund(self, order: PlacedOrder, amount: int, units: Mapping[str, int]) -> None:
        """Give back `amount` (in hundredths) for units by SKU. Each call is another refund.

        `shipping` and `adjustment` are deprecated, but PostgreSQL refuses a refund without them (3.7.3).
        """
        asked = {
            "paymentId": self.order(order.id)["payments"][0]["id"],
            "amount": amount,
            "lines": [{"orderLineId": order.lines[sku], "quantity": units[sku]} for sku in units],
            "shipping": 0,
            "adjustment": 0,
        }
        refund = self.admin.send(REFUND, input=asked)
        self.admin.send(SETTLE_REFUND, input={"id": refund["id"], "transactionId": "by hand"})

    def settle_payment(self, order_id: str) -> None:
        """Collect an authorised payment."""
        self.admin.send(SETTLE, id=self.order(order_id)["payments"][0]["id"])

    def create_coupon(self, code: str, percent: int) -> None:
        """A promotion on the whole order for those who know `code`."""
        discount = {
            "code": "order_percentage_discount",
            "arguments": [{"name": "discount", "value": str(percent)}],
        }
        promotion = {
            "enabled": True,
            "couponCode": code,
            "conditions": [],
            "actions": [discount],
            "translations": [{"languageCode": "en", "name": code}],
        }
        self.admin.send(CREATE_COUPON, input=promotion)
