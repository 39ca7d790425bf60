"""What the gateway answers: `{"<name>_response": {…}}` or `{"error_response": {…}}`, always inside a 200."""

from typing import TypeVar

import msgspec

from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.stores.pinduoduo.listing import Goods, Sku
from mappings.stores.pinduoduo.wire import Id

T = TypeVar("T")


class Fault(WireDocument):
    error_code: Id = ""
    error_msg: str | None = None
    sub_msg: str | None = None


class Answer(WireDocument):
    """As much of an answer as says whether it is a refusal."""

    error_response: Fault | None = None

    @property
    def is_success(self) -> bool:
        return self.error_response is None

    @property
    def code(self) -> str:
        return str(self.error_response.error_code) if self.error_response else ""

    @property
    def message(self) -> str:
        fault = self.error_response
        return (fault.sub_msg or fault.error_msg or "") if fault else ""


def read_answer(content: bytes) -> Answer:
    return decode(content, Answer)


def unwrap(content: bytes, shape: type[T]) -> T:
    """The object inside the envelope."""
    for name, inner in decode(content, dict[str, msgspec.Raw]).items():
        if name.endswith("_response"):
            return decode(bytes(inner), shape)
    raise MappingError("$", "holds no response")


class Token(WireDocument):
    """pdd.pop.auth.token.refresh; `expires_at` is an instant in seconds."""

    access_token: str
    expires_at: int
    refresh_token: str


class OrdersPage(WireDocument):
    """pdd.order.number.list.increment.get and pdd.order.list.get: rows are whole orders, as they came."""

    total: int = msgspec.field(name="total_count")
    changed: list[msgspec.Raw] | None = msgspec.field(name="order_sn_list", default=None)
    made: list[msgspec.Raw] | None = msgspec.field(name="order_list", default=None)

    @property
    def documents(self) -> list[tuple["Head", bytes]]:
        rows = [bytes(raw) for raw in self.changed or self.made or []]
        return [(decode(row, Head), row) for row in rows]


class Head(WireDocument):
    order_sn: str
    created_time: str

    def is_created_within(self, start: str, end: str) -> bool:
        """In `[start, end)`, Beijing wall clock?"""
        return start <= self.created_time.replace("T", " ", 1) < end


class OneOrder(WireDocument):
    """pdd.order.information.get."""

    order_info: msgspec.Raw


class GoodsRow(Goods):
    sku_list: list[msgspec.Raw] | None = None


class GoodsPage(WireDocument):
    """pdd.goods.list.get."""

    total: int = msgspec.field(name="total_count")
    goods_list: list[GoodsRow] | None = None


class Company(WireDocument):
    id: Id
    logistics_company: str = ""


class Companies(WireDocument):
    """pdd.logistics.companies.get."""

    logistics_companies: list[Company]


class Done(WireDocument):
    is_success: bool = False


def variants(row: GoodsRow) -> list[tuple[str, bytes]]:
    """SKU id and document of each SKU, as `read_listing` expects it."""
    goods = msgspec.json.encode(Goods(goods_id=row.goods_id, goods_name=row.goods_name))
    skus = [bytes(raw) for raw in row.sku_list or []]
    return [(str(decode(sku, Sku).sku_id), b'{"goods":' + goods + b',"sku":' + sku + b"}") for sku in skus]
