"""What the gateway answers: `{"<method>_responce": {…}}` (sic) or `{"error_response": {…}}`, always in a 200.

Inside stands an object of the method's own name, which says itself whether it is a refusal.
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Raw

from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.stores.jd.wire import Id, Wire

T = TypeVar("T")

ENVELOPES = ("_responce", "_response")
REFUSED = "refused"
LONGEST_LIFE = 366 * 24 * 3600


class Fault(WireDocument):
    code: Id = ""
    zh_desc: str | None = None
    en_desc: str | None = None


class ApiResult(Wire):
    """`englishErrCode` often holds Chinese."""

    success: bool | None = None
    number_code: Id | None = None
    chinese_err_code: str | None = None
    english_err_code: str | None = None

    @property
    def words(self) -> str:
        return self.chinese_err_code or self.english_err_code or ""


class _Told(ApiResult):
    api_result: ApiResult | None = None


class Answer(WireDocument):
    """As much of an answer as says whether it is a refusal. Codes of a method's own have `refused ` in front
    of them: the gateway has the same numbers."""

    code: str
    message: str

    @property
    def is_success(self) -> bool:
        return not self.code


class _Envelope(WireDocument):
    error_response: Fault | None = None


def read_answer(content: bytes) -> Answer:
    fault = decode(content, _Envelope).error_response
    if fault is not None:
        return Answer(code=str(fault.code) or "error", message=fault.zh_desc or fault.en_desc or "")
    for name, inner in _inside(content).items():
        if not bytes(inner).startswith(b"{"):
            continue
        told = decode(bytes(inner), _Told)
        said = told.api_result or told
        if said.success is False:
            return Answer(code=f"{REFUSED} {said.number_code or name}", message=said.words)
    return Answer(code="", message="")


def _inside(content: bytes) -> dict[str, Raw]:
    for name, inner in decode(content, dict[str, Raw]).items():
        if name.endswith(ENVELOPES):
            return decode(bytes(inner), dict[str, Raw])
    raise MappingError("$", "holds no response")


def unwrap(content: bytes, shape: type[T]) -> T:
    """The only object inside the envelope, beside its code."""
    for inner in _inside(content).values():
        if bytes(inner).startswith(b"{"):
            return decode(bytes(inner), shape)
    raise MappingError("$", "holds no result")


class Token(WireDocument):
    """Of the login address, which refuses in words of its own or in the gateway's. It lasts `expires_in`
    seconds, about a month."""

    access_token: str = ""
    refresh_token: str = ""
    expires_in: Annotated[int, Meta(ge=0, le=LONGEST_LIFE)] = 0
    told: Id | None = msgspec.field(name="code", default=None)
    msg: str | None = None
    error: str | None = None
    error_response: Fault | None = None

    @property
    def is_success(self) -> bool:
        return bool(self.access_token)

    @property
    def code(self) -> str:
        if self.error_response is not None:
            return str(self.error_response.code)
        return f"{REFUSED} {self.told or self.error or ''}".strip()

    @property
    def message(self) -> str:
        return self.msg or self.error or ""


def read_token(content: bytes) -> Token:
    """`MappingError` for what is neither a token nor a refusal."""
    token = decode(content, Token)
    if not (token.access_token or token.told or token.error or token.error_response):
        raise MappingError("$.access_token", "is missing")
    return token


class OrdersPage(Wire):
    """enSearch: rows are whole orders, as they came."""

    total: int = msgspec.field(name="orderTotal")
    order_info_list: tuple[Raw, ...] | None = None


class OneOrder(Wire):
    """enGet: the document is empty where there is no order."""

    order_info: Raw = Raw()

    @property
    def document(self) -> bytes:
        found = bytes(self.order_info)
        return b"" if found == b"null" else found


class SkuPage(WireDocument):
    """jingdong.sku.read.searchSkuList."""

    total: int = msgspec.field(name="totalItem")
    data: tuple[Raw, ...] | None = None


class Done(Wire):
    """A write: it says that it succeeded, somewhere."""

    api_result: ApiResult | None = None
    success: bool | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.api_result.success if self.api_result else self.success)
