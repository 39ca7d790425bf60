"""Refusals whose body says what they are about: the platform's own shape, or problem documents (RFC 9457)."""

from collections.abc import Callable, Collection

import httpx

from connectors.kit.errors import ConnectorError, Rejected
from connectors.kit.http import Classify, classify_status
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError

NOT_FOUND = "404"

Told = Callable[[httpx.Response], tuple[str, str]]
"""The platform's code and words in a refusal; `MappingError` for a body that is not its own."""


def classify_told(told: Told, *, done: Collection[str] = ()) -> Classify:
    """A 400, 404, 409 or 422 that `told` understands speaks of a thing: `Rejected` with its code, or as done
    already for the codes `done`. Without such a body a 404 speaks of the address."""

    def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
        if response.status_code not in (400, 404, 409, 422):
            return classify_status(response, write)
        try:
            code, words = told(response)
        except MappingError:
            return classify_status(response, write)
        return Rejected(f"refused ({code}): {words[:200]}", code=code, already_done=code in done)

    return classify


class _Problem(WireDocument):
    title: str
    detail: str = ""


def _problem(response: httpx.Response) -> tuple[str, str]:
    problem = decode(response.content, _Problem)
    return str(response.status_code), f"{problem.title}: {problem.detail}"


classify_problem = classify_told(_problem)
"""Problem documents; their code is the status, as some leave it out."""
