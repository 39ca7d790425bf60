"""SF Express answers: a gateway envelope around a business envelope, the inner one as JSON inside JSON."""

import msgspec

from mappings.documents import WireDocument, decode
from mappings.structs import FrozenStruct


class _Envelope(WireDocument, rename="camel"):
    """`apiResultData` is a JSON string on the wire; an object is taken too (SF's own logs show it so)."""

    api_result_code: str
    api_error_msg: str | None = None
    api_result_data: msgspec.Raw = msgspec.Raw(b"null")


class _Business(WireDocument, rename="camel"):
    success: bool = False
    error_code: str | None = None
    error_msg: str | None = None
    msg_data: msgspec.Raw = msgspec.Raw(b"null")


class Result(FrozenStruct):
    """Both layers as one: `code` is the gateway's unless that says A1000, then the business code."""

    code: str
    message: str
    data: bytes

    @property
    def is_success(self) -> bool:
        return self.code == SUCCESS


class Token(WireDocument, rename="camel"):
    """What the OAuth2 address answers; `expires_in` counts seconds."""

    api_result_code: str
    api_error_msg: str | None = None
    access_token: str = ""
    expires_in: int = 0


GATEWAY_SUCCESS = "A1000"
SUCCESS = "S0000"


def read_result(content: bytes) -> Result:
    """An answer of the service address. Raises `MappingError` when either layer is unreadable."""
    envelope = decode(content, _Envelope)
    if envelope.api_result_code != GATEWAY_SUCCESS:
        return Result(code=envelope.api_result_code, message=envelope.api_error_msg or "", data=b"null")
    inner = bytes(envelope.api_result_data)
    business = decode(decode(inner, str).encode() if inner.startswith(b'"') else inner, _Business)
    code = business.error_code or ""
    if code == SUCCESS and not business.success:
        code = ""
    return Result(code=code, message=business.error_msg or "", data=bytes(business.msg_data))


def read_token(content: bytes) -> Token:
    """An answer of the OAuth2 address, success or not."""
    return decode(content, Token)
