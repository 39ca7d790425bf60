"""What the gateway answers: `{"code": 10000, "data": …}`, in older forms `{"err_no": 0, "data": …}`."""

from typing import TypeVar

import msgspec

from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.stores.douyin.wire import Id

T = TypeVar("T")

SUCCESS = 10000
_NAMED_BY_SUB_CODE = (30001, 40003)


class Answer(WireDocument):
    """`sub_code` says more where one code has several meanings (permissions, signature and token)."""

    result: int | None = msgspec.field(name="code", default=None)
    err_no: int | None = None
    msg: str | None = None
    words: str | None = msgspec.field(name="message", default=None)
    sub_code: str | None = None
    sub_msg: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def is_success(self) -> bool:
        return self.result == SUCCESS or (self.result is None and self.err_no == 0)

    @property
    def code(self) -> str:
        if self.result in _NAMED_BY_SUB_CODE and self.sub_code:
            return self.sub_code
        return str(self.err_no if self.result is None else self.result)

    @property
    def message(self) -> str:
        return self.sub_msg or self.msg or self.words or ""


def read_answer(content: bytes) -> Answer:
    answer = decode(content, Answer)
    if answer.result is None and answer.err_no is None:
        raise MappingError("$.code", "is missing")
    return answer


def unwrap(content: bytes, shape: type[T]) -> T:
    """What stands in `data`."""
    return decode(bytes(decode(content, Answer).data), shape)


class Token(WireDocument):
    """`expires_in` is a number of seconds; a field list calls it an instant."""

    access_token: str
    expires_in: int
    refresh_token: str | None = None


class Head(WireDocument):
    order_id: str
    create_time: int


class OrdersPage(WireDocument):
    """order.searchList: rows are whole orders, as they came."""

    total: int
    shop_order_list: list[msgspec.Raw] | None = None

    @property
    def documents(self) -> list[tuple[Head, bytes]]:
        rows = [bytes(raw) for raw in self.shop_order_list or []]
        return [(decode(row, Head), row) for row in rows]


class OneOrder(WireDocument):
    """order.orderDetail."""

    shop_order_detail: msgspec.Raw


class Product(WireDocument):
    product_id: Id
    name: str | None = None


class ProductsPage(WireDocument):
    """product.listV2."""

    total: int
    data: list[Product] | None = None


class SkuHead(WireDocument):
    id: Id


class Company(WireDocument):
    name: str
    code: str


def variants(product: Product, rows: list[msgspec.Raw]) -> list[tuple[str, bytes]]:
    """SKU id and document of each SKU of sku.list, as `read_listing` expects it."""
    name = msgspec.json.encode(product.name)
    skus = [bytes(raw) for raw in rows]
    return [(str(decode(sku, SkuHead).id), b'{"name":' + name + b',"sku":' + sku + b"}") for sku in skus]
