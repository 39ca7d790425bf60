"""Kdniao answers: `Success`, and where it is false a `ResultCode` (not everywhere) and a `Reason`."""

from mappings.documents import WireDocument, decode
from mappings.structs import FrozenStruct


class _Answer(WireDocument, rename="pascal"):
    success: bool
    result_code: str | int | None = None
    reason: str | None = None


class Answer(FrozenStruct):
    """One answer of any request type."""

    is_success: bool
    code: str
    message: str


def read_answer(content: bytes) -> Answer:
    """Any answer. Raises `MappingError` when it is no JSON object that says yes or no."""
    answer = decode(content, _Answer)
    return Answer(is_success=answer.success, code=str(answer.result_code or ""), message=answer.reason or "")
