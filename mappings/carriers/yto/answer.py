"""YTO answers: a list of scans, an object that names what was done, or an object that says no.

`success` may be a text; an order that was made or cancelled is told by its numbers and not by `success`.
"""

import msgspec

from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.structs import FrozenStruct


class _Answer(WireDocument, rename="camel"):
    success: bool | None = None
    code: str | int | None = None
    message: str | None = None
    reason: str | None = None
    mail_no: str | None = None
    logistics_no: str | None = None


class Answer(FrozenStruct):
    """One answer of any interface."""

    is_success: bool
    code: str = ""
    message: str = ""


def read_answer(content: bytes) -> Answer:
    """Any answer. Raises `MappingError` when it says neither yes nor no."""
    if content.lstrip().startswith(b"["):
        decode(content, tuple[msgspec.Raw, ...])
        return Answer(is_success=True)
    answer = decode(content, _Answer)
    is_done = bool(answer.success or answer.mail_no or answer.logistics_no)
    code, message = str(answer.code or ""), answer.message or answer.reason or ""
    if answer.success is None and not (is_done or code or message):
        raise MappingError("$.success", "is missing, and nothing else says yes or no")
    return Answer(is_success=is_done and answer.success is not False, code=code, message=message)
