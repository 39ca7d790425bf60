"""ZTO answers: `status` says yes or no, since the codes of success differ by service (0000, SYS000)."""

import msgspec

from mappings.documents import WireDocument, decode
from mappings.structs import FrozenStruct


class _Answer(WireDocument, rename="camel"):
    status: bool
    status_code: str | None = None
    message: str | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")


class Answer(FrozenStruct):
    """One answer of any service; `result` as it came."""

    is_success: bool
    code: str
    message: str
    result: bytes


def read_answer(content: bytes) -> Answer:
    """Any answer. Raises `MappingError` when it is no JSON object that says yes or no."""
    answer = decode(content, _Answer)
    return Answer(
        is_success=answer.status,
        code=answer.status_code or "",
        message=answer.message or "",
        result=bytes(answer.result),
    )
