"""What the gateway answers: envelopes, pages, refusals, slices of documents as they came.

Every answer is `{"<method>_response": {…, "request_id": …}}` or `{"error_response": {…}}`; some gateway
failures come as XML although JSON was asked for.
"""

import re
from datetime import datetime
from typing import TypeVar

import msgspec

from mappings.documents import WireDocument, decode, local_time
from mappings.errors import MappingError
from mappings.stores.taobao.trade import BEIJING, Id, many

T = TypeVar("T")

_BLANKS = bytes.maketrans(bytes(range(0x20)), b" " * 0x20)
_XML_FIELD = re.compile(r"<(code|msg|sub_code|sub_msg)>(.*?)</\1>", re.DOTALL)


class Refusal(WireDocument):
    """`error_response`. `sub_code` names the fault, `code` the layer it came from."""

    code: int
    msg: str = ""
    sub_code: str = ""
    sub_msg: str = ""


class _Refused(WireDocument):
    error_response: Refusal | None = None


class TradeRow(WireDocument):
    tid: Id


class TradeRows(WireDocument):
    trade: list[TradeRow] | TradeRow | None = None


class TradesPage(WireDocument):
    """taobao.trades.sold.get, taobao.trades.sold.increment.get: newest first."""

    total_results: int = 0
    trades: TradeRows | None = None

    @property
    def ids(self) -> list[str]:
        return [str(row.tid) for row in many(self.trades.trade)] if self.trades else []


class FullTrade(WireDocument):
    """taobao.trade.fullinfo.get."""

    trade: msgspec.Raw


class TradeVersion(WireDocument):
    """As much of a trade as a delivery says about it."""

    modified: str | None = None


def modified(trade: msgspec.Raw) -> datetime | None:
    """The trade's own version; null where it cannot be read (reading the order will say why)."""
    try:
        text = decode(bytes(trade), TradeVersion).modified
        return local_time(text, BEIJING, "$.modified") if text else None
    except MappingError:
        return None


class Items(WireDocument):
    item: msgspec.Raw = msgspec.Raw(b"[]")


class ItemsPage(WireDocument):
    """taobao.items.onsale.get, taobao.items.inventory.get."""

    total_results: int = 0
    items: Items | None = None


class Skus(WireDocument):
    sku: msgspec.Raw = msgspec.Raw(b"[]")


class DetailedItem(WireDocument):
    skus: Skus | None = None


class ItemDetail(WireDocument):
    """taobao.item.seller.get."""

    item: msgspec.Raw


class SkuStatus(WireDocument):
    """`status`: normal, or delete."""

    sku_id: Id
    status: str | None = None


class Company(WireDocument):
    code: str
    name: str = ""


class CompanyList(WireDocument):
    logistics_company: list[Company] | Company | None = None


class Companies(WireDocument):
    """taobao.logistics.companies.get."""

    logistics_companies: CompanyList | None = None

    def code_of(self, name: str) -> str:
        """The code of the carrier with this Chinese name, else empty."""
        companies = many(self.logistics_companies.logistics_company) if self.logistics_companies else []
        return next((company.code for company in companies if company.name == name), "")


class Parcel(WireDocument):
    """One logistics order; without `sub_tids` it holds the whole trade."""

    out_sid: str | None = None
    sub_tids: "SubTids | None" = None


class SubTids(WireDocument):
    number: list[Id] | Id | None = None


class Parcels(WireDocument):
    shipping: list[Parcel] | Parcel | None = None


class ParcelsOfTrade(WireDocument):
    """taobao.logistics.orders.get."""

    shippings: Parcels | None = None


class Success(WireDocument):
    is_success: bool | None = None
    success: bool | None = None


class Sent(WireDocument):
    """Answers of the send calls: `shipping.is_success`, or `result.success` (alibaba.ascp…)."""

    shipping: Success | None = None
    result: Success | None = None

    @property
    def is_success(self) -> bool:
        return any(
            part is not None and bool(part.is_success or part.success)
            for part in (self.shipping, self.result)
        )


class Done(WireDocument):
    """An answer of which only the arrival matters."""


def refusal_in(content: bytes) -> Refusal | None:
    """The refusal inside an answer, in JSON or XML; null for anything that is none.

    Raises `MappingError` for what is neither.
    """
    if content.lstrip()[:1] == b"<":
        fields = dict(_XML_FIELD.findall(content.decode(errors="replace")))
        if b"<error_response" not in content or not fields.get("code", "").isdigit():
            raise MappingError("$", "is XML, but no refusal")
        return Refusal(**{**fields, "code": int(fields["code"])})
    return decode(content.translate(_BLANKS), _Refused).error_response


def unwrap(content: bytes, shape: type[T]) -> T:
    """The object inside the envelope. Raw slices in it are blanked: `as_it_came` gives their true bytes."""
    envelope = decode(content.translate(_BLANKS), dict[str, msgspec.Raw])
    for name, inner in envelope.items():
        if name.endswith("_response"):
            return decode(bytes(inner), shape)
    raise MappingError("$", "holds no response")


def as_it_came(content: bytes, piece: msgspec.Raw) -> bytes:
    """The bytes of `content` where `piece` was read: control characters are only blanked, so places agree."""
    start = content.translate(_BLANKS).find(bytes(piece))
    return content[start : start + len(bytes(piece))]


def pieces(value: msgspec.Raw) -> list[msgspec.Raw]:
    """The elements of a list that may have come without its brackets."""
    return decode(bytes(value), list[msgspec.Raw]) if bytes(value)[:1] == b"[" else [value]


def variants(content: bytes) -> list[tuple[str, bytes]]:
    """Id and document of each SKU of a taobao.item.seller.get answer, as it came, without deleted ones."""
    item = decode(bytes(unwrap(content, ItemDetail).item), DetailedItem)
    skus = pieces(item.skus.sku) if item.skus else []
    named = ((decode(bytes(sku), SkuStatus), sku) for sku in skus)
    return [(str(sku.sku_id), as_it_came(content, raw)) for sku, raw in named if sku.status != "delete"]


def variant_document(item: bytes, sku: bytes | None) -> bytes:
    """One sellable variant as `read_listing` expects it."""
    return b'{"item":' + item + b',"sku":' + (sku or b"null") + b"}"
