"""What the API answers when it refuses: problem documents (RFC 9457) that name field, value and remedy."""

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
MOST_SHOWN = 100
"""Characters of a value that is told back."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="Name of the parameter, or path in the body.")
    value: str | int | float | bool | None = Field(None, description="What was given; null if it is private.")
    remedy: str = Field(description="What to do about it.")


class ProblemDocument(BaseModel):
    """RFC 9457, with all faults of the request at once."""

    type: str = Field("about:blank", description="No page describes problems one by one.")
    title: str
    status: int
    detail: str
    faults: list[Fault] = []


class Refused(Exception):
    """Ends a request with a problem document; what was written in its transaction is undone."""

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = list(faults)
        self.headers = dict(headers or {})


def response(refused: Refused) -> Response:
    document = ProblemDocument(
        title=HTTPStatus(refused.status).phrase,
        status=refused.status,
        detail=refused.detail,
        faults=refused.faults,
    )
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff", **refused.headers}
    return Response(document.model_dump_json(), refused.status, headers, MEDIA_TYPE)


def unprocessable(field: str, value: Any, remedy: str) -> Refused:
    """A single fault."""
    return Refused(422, "the request is not valid", [Fault(field=field, value=_shown(value), remedy=remedy)])


def invalid(error: ValidationError, known: Collection[str], private: Collection[str] = ()) -> Refused:
    """All faults that pydantic found; values of `private` fields are not told back."""
    faults = [
        _fault(dict(each), known, private) for each in error.errors(include_url=False, include_context=False)
    ]
    return Refused(422, "the request is not valid", faults)


def _fault(found: Mapping[str, Any], known: Collection[str], private: Collection[str]) -> Fault:
    path = [str(part) for part in found["loc"]]
    remedy = found["msg"].removeprefix("Value error, ")
    value = found["input"]
    match found["type"]:
        case "missing":
            value, remedy = None, "is missing: give it"
        case "extra_forbidden":
            there = f"; there are: {', '.join(known) or 'none'}" if len(path) == 1 else ""
            remedy = f"is not known: leave it out{there}"
    is_private = bool(path) and path[0] in private
    return Fault(field=".".join(path), value=None if is_private else _shown(value), remedy=remedy)


def _shown(value: Any) -> str | int | float | bool | None:
    if isinstance(value, str):
        return value[:MOST_SHOWN]
    return value if isinstance(value, int | float | bool) else None
