"""What a request asks for, read strictly: nothing unknown, nothing twice, nothing without limits."""

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request

from hub.api.body import Refusal, read_body
from hub.api.v1.endpoint import Asked, Endpoint
from hub.api.v1.problems import Refused, invalid, unprocessable

MOST_BYTES = 1024 * 1024


def path_of(request: Request) -> dict[str, str]:
    found = {name: str(value) for name, value in request.path_params.items()}
    if any("\0" in value for value in found.values()):  # PostgreSQL would refuse the question
        raise Refused(404, "nothing is called so")
    return found


def query_of(request: Request, endpoint: Endpoint) -> Asked:
    """The parameters of a GET."""
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise unprocessable(name, None, "is given twice: give it once")
        if "\0" in value:
            raise unprocessable(name, None, "holds a null character: leave it out")
        given[name] = value
    try:
        return endpoint.asks.model_validate_strings(given)
    except ValidationError as error:
        raise invalid(error, endpoint.asks.model_fields, endpoint.private) from None


async def body_of(request: Request, endpoint: Endpoint, seconds: float) -> tuple[Asked, bytes]:
    """The body of a write, decoded and as it came; an empty one asks for nothing."""
    if request.query_params:
        name = next(iter(request.query_params))
        raise unprocessable(name, None, "a write takes no query parameters: put it into the body")
    try:
        raw = await read_body(request, MOST_BYTES, seconds)
    except Refusal as refusal:
        raise Refused(
            refusal.status, f"the body is refused ({refusal.result}): {MOST_BYTES} bytes at most"
        ) from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and (kind != "application/json" or "content-encoding" in request.headers):
        raise Refused(415, "the body must be JSON as it is: send it with `Content-Type: application/json`")
    try:
        asked = endpoint.asks.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise invalid(error, endpoint.asks.model_fields, endpoint.private) from None
    _refuse_null_characters(asked.model_dump(), "")
    return asked, raw


def _refuse_null_characters(value: Any, where: str) -> None:
    match value:
        case str() if "\0" in value:
            raise unprocessable(where, None, "holds a null character: leave it out")
        case dict():
            for name, each in value.items():
                _refuse_null_characters(name, where)
                _refuse_null_characters(each, f"{where}.{name}".lstrip("."))
        case list() | tuple():
            for number, each in enumerate(value):
                _refuse_null_characters(each, f"{where}.{number}".lstrip("."))
