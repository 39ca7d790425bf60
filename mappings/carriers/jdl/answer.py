"""JD Logistics answers: `code` 0 is a success, with the result in `data`."""

import msgspec

from mappings.documents import WireDocument, decode
from mappings.structs import FrozenStruct


class _Answer(WireDocument, rename="camel"):
    code: int
    success: bool | None = None
    msg: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Answer(FrozenStruct):
    """One answer of any path; `data` as it came."""

    is_success: bool
    code: str
    message: str
    data: bytes


def read_answer(content: bytes) -> Answer:
    """Any answer. Raises `MappingError` when it is no JSON object with a code."""
    answer = decode(content, _Answer)
    return Answer(
        is_success=answer.code == 0 and answer.success is not False,
        code=str(answer.code),
        message=answer.msg or "",
        data=bytes(answer.data),
    )
