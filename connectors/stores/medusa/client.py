"""Calls to one Medusa server, and the names of its refusals."""

from base64 import b64encode
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlencode

import httpx

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.http import classify_status
from connectors.stores.medusa.settings import MedusaSettings
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.medusa.answers import ErrorAnswer
from mappings.stores.medusa.outward import Body, refusal_text
from mappings.stores.medusa.queries import Query

T = TypeVar("T")


class AdminClient:
    """Sends requests as the owner of the secret API key. `server_time` is what the server wrote on its last
    answer (`Date`, whole seconds), if it wrote anything."""

    def __init__(self, settings: MedusaSettings, outside: Outside) -> None:
        self._client = PlatformClient(outside, classify=_name_refusal)
        self._root = str(settings.url).rstrip("/") + "/admin"
        key = f"{settings.api_key.get_secret_value()}:".encode()
        self._headers = {"authorization": f"Basic {b64encode(key).decode()}"}
        self.server_time: datetime | None = None

    async def read(self, path: str, query: Query, shape: type[T]) -> T:
        """The answer in the declared shape."""
        response = await self._client.send("GET", self._url(path, query), write=False, headers=self._headers)
        self.server_time = _date(response)
        try:
            return decode(response.content, shape)
        except MappingError as error:
            raise UnexpectedPayload(f"the answer is not in the agreed shape: {error}") from None

    async def write(self, path: str, fields: str, body: Body, shape: type[T]) -> T:
        """The same for a change; `fields` selects what it answers."""
        url = self._url(path, (("fields", fields),) if fields else ())
        response = await self._client.send("POST", url, write=True, headers=self._headers, json=body)
        try:
            return decode(response.content, shape)
        except MappingError as error:
            raise OutcomeUnknown(f"the answer is not in the agreed shape: {error}") from None

    def _url(self, path: str, query: Query) -> str:
        return f"{self._root}/{path}?{urlencode(query)}" if query else f"{self._root}/{path}"


def _name_refusal(response: httpx.Response, write: bool) -> ConnectorError | None:
    """Medusa's `type` → what happens next; a 404 without one is no Medusa's."""
    if response.status_code not in (400, 401, 404, 409, 422):
        return classify_status(response, write)
    try:
        answer = decode(response.content, ErrorAnswer)
    except MappingError:
        return classify_status(response, write)
    match response.status_code:
        case 401:
            return AuthenticationFailed("the secret API key is wrong or was revoked", code="unauthorized")
        case 409:
            return Transient("another change of the same thing is under way", code=answer.type)
        case 404 if answer.type != "not_found":
            return classify_status(response, write)
    return Rejected(refusal_text(answer.type, answer.message), code=answer.type)


def _date(response: httpx.Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
