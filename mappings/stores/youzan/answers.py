"""What the gateway answers: four envelopes, pages, companies, «it succeeded».

Refusals of the gateway are `gw_err_resp`, those of old interfaces `error_response`, business ones `success`
false with `code`; all inside a 200. Contents stand in `data`, in `response` (3.0.0), or bare.
"""

from typing import TypeVar

import msgspec

from mappings.documents import WireDocument, decode
from mappings.stores.youzan.listing import Sku
from mappings.stores.youzan.trade import Id

T = TypeVar("T")

_NOTHING = msgspec.Raw(b"")


class GatewayFault(WireDocument):
    err_code: Id = ""
    err_msg: str | None = None


class OldFault(WireDocument):
    code: Id = ""
    msg: str | None = None


class Answer(WireDocument):
    """Any answer; `code` 200 is a success, and so is none at all."""

    gw_err_resp: GatewayFault | None = None
    error_response: OldFault | None = None
    success: bool | None = None
    result_code: Id | None = msgspec.field(name="code", default=None)
    words: str | None = msgspec.field(name="message", default=None)
    msg: str | None = None
    data: msgspec.Raw = _NOTHING
    response: msgspec.Raw = _NOTHING

    @property
    def is_success(self) -> bool:
        if self.gw_err_resp or self.error_response or self.success is False:
            return False
        return str(self.result_code or 200) == "200"

    @property
    def code(self) -> str:
        if self.gw_err_resp:
            return str(self.gw_err_resp.err_code)
        return str(self.error_response.code if self.error_response else self.result_code or "")

    @property
    def message(self) -> str:
        if self.gw_err_resp:
            return self.gw_err_resp.err_msg or ""
        return (self.error_response.msg if self.error_response else self.words or self.msg) or ""


def read_answer(content: bytes) -> Answer:
    return decode(content, Answer)


def contents(content: bytes) -> bytes:
    """What stands in the envelope, as it came."""
    answer = decode(content, Answer)
    return bytes(answer.data) or bytes(answer.response) or content


class Token(WireDocument):
    """`expires` is an instant in milliseconds."""

    access_token: str
    expires: int
    refresh_token: str | None = None


class ListedInfo(WireDocument):
    tid: str
    created: str = ""


class ListedOrder(WireDocument):
    order_info: ListedInfo


class Row(WireDocument):
    full_order_info: ListedOrder


class TradesPage(WireDocument):
    """youzan.trades.sold.get."""

    total: int = msgspec.field(name="total_results")
    full_order_info_list: list[Row] | None = None

    @property
    def ids(self) -> list[str]:
        return [info.tid for info in self._infos]

    def created(self, start: str, end: str) -> list[str]:
        """Ids of those created in `[start, end)`, Beijing wall clock as the platform writes it."""
        return [info.tid for info in self._infos if start <= info.created < end]

    @property
    def _infos(self) -> list[ListedInfo]:
        return [row.full_order_info.order_info for row in self.full_order_info_list or []]


class ItemsPage(WireDocument):
    """youzan.items.onsale.get, youzan.items.inventory.get."""

    count: int
    items: list[msgspec.Raw] | None = None


class Skus(WireDocument):
    skus: list[msgspec.Raw] | None = None


class ItemDetail(WireDocument):
    """youzan.item.get."""

    item: Skus


class Company(WireDocument):
    id: Id
    name: str = ""


class Companies(WireDocument):
    """youzan.logistics.express.get."""

    companies: list[Company] = msgspec.field(name="allExpress")


class Done(WireDocument):
    """Two spellings of «it succeeded»."""

    snake: bool = msgspec.field(name="is_success", default=False)
    camel: bool = msgspec.field(name="isSuccess", default=False)

    @property
    def is_success(self) -> bool:
        return self.snake or self.camel


def variants(detail: ItemDetail) -> list[tuple[str, bytes]]:
    """Id and document of each SKU, as it came; none for an item without variants."""
    documents = [bytes(raw) for raw in detail.item.skus or []]
    named = [(str(decode(document, Sku).sku_id), document) for document in documents]
    return [(sku_id, document) for sku_id, document in named if sku_id != "0"]


def variant_document(item: bytes, sku: bytes | None) -> bytes:
    """One sellable variant as `read_listing` expects it."""
    return b'{"item":' + item + b',"sku":' + (sku or b"null") + b"}"
