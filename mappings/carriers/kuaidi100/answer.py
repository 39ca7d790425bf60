"""Kuaidi100 answers: five ways to say «done» in one shape.

Queries say `status: "200"` (a success may carry `result: false` beside it), subscriptions and pick-up orders
`returnCode: "200"`, labels `code: 200`.
"""

import msgspec

from mappings.documents import WireDocument, decode
from mappings.structs import FrozenStruct


class _Answer(WireDocument, rename="camel"):
    status: str | int | None = None
    return_code: str | int | None = None
    code: str | int | None = None
    message: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Answer(FrozenStruct):
    """`code` is empty when the platform says neither yes nor no."""

    code: str
    message: str
    data: bytes


def read_answer(content: bytes) -> Answer:
    """Any answer of Kuaidi100. Raises `MappingError` when it is no JSON object."""
    answer = decode(content, _Answer)
    if str(answer.status) == "200":
        code = "200"
    else:
        given = (answer.return_code, answer.code, answer.status)
        code = next((str(value) for value in given if value not in (None, "")), "")
    return Answer(code=code, message=answer.message or "", data=bytes(answer.data))
