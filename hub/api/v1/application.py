"""The JSON API as an application of its own: each endpoint behind the same steps.

token → role → what is asked for → one transaction (kept answer, work, trail, answer to keep) → answer
"""

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.api.v1 import openapi
from hub.api.v1.authentication import Authentication, require
from hub.api.v1.endpoint import Asked, Call, Endpoint
from hub.api.v1.problems import Refused, response, unprocessable
from hub.api.v1.reading import body_of, path_of, query_of
from hub.api.v1.resources import ENDPOINTS
from hub.context import HubContext
from hub.jobs.stock import reaudit
from hub.pipeline.by_name import NoOrder, SeveralOrders
from hub.storage import accounts, api_answers
from hub.storage.accounts import Role, Token
from hub.storage.api_answers import Kept
from hub.storage.database import UnitOfWork
from hub.storage.orders import StaleOrder

log = logging.getLogger(__name__)

MOST_FACTS = 2_000
"""Characters of a body that the trail keeps."""
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)

Answering = Callable[[Request], Awaitable[Response]]


def api(hub: HubContext) -> Starlette:
    """To be mounted at `/api/v1`."""
    authentication = Authentication(hub)
    document = openapi.document(ENDPOINTS).encode()

    async def described(request: Request) -> Response:
        return Response(document, headers=HEADERS, media_type="application/json")

    answers: dict[str, dict[str, Answering]] = {"/openapi.json": {"GET": described}}
    for each in ENDPOINTS:
        answers.setdefault(each.path, {})[each.method] = _answering(hub, authentication, each)
    application = Starlette(
        routes=[_route(path, by_method) for path, by_method in answers.items()],
        exception_handlers={HTTPException: _no_such_thing, Exception: _failed},
    )
    application.router.redirect_slashes = False  # whoever sends a token is not led elsewhere
    return application


def _route(path: str, by_method: Mapping[str, Answering]) -> Route:
    """One route per address, so that a wrong method is told all that there are."""

    async def answer(request: Request) -> Response:
        return await by_method["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, answer, methods=list(by_method))


async def _no_such_thing(request: Request, error: Exception) -> Response:
    """Another method, or no such address."""
    assert isinstance(error, HTTPException)
    if error.status_code != 405:
        return response(Refused(error.status_code, "there is no such address: see /api/v1/openapi.json"))
    allowed = ", ".join(sorted(dict(error.headers or {}).get("Allow", "").split(", ")))
    return response(
        Refused(405, f"{request.method} is not for this address: use {allowed}", headers=error.headers)
    )


async def _failed(request: Request, error: Exception) -> Response:
    return response(Refused(500, "the hub failed: its log says how"))


def _answering(hub: HubContext, authentication: Authentication, endpoint: Endpoint) -> Answering:
    async def answer(request: Request) -> Response:
        try:
            return await _Request(hub, authentication, endpoint, request).answered()
        except Refused as refused:
            return response(refused)
        except NoOrder as error:
            return response(Refused(404, f"no order is called {str(error)!r}: GET /orders finds orders"))
        except SeveralOrders as error:
            ids = ", ".join(each.id for each in error.found)
            return response(Refused(409, f"several orders are called so; name one by its id: {ids}"))
        except StaleOrder as error:
            return response(Refused(409, f"{error}: send the request again"))
        except DBAPIError as error:
            log.exception("an API request could not be answered", extra={"endpoint": endpoint.name})
            away = f"the database is away ({type(error).__name__}): try again"
            return response(Refused(503, away, headers={"retry-after": "5"}))

    return answer


class _Request:
    """One request on its way through the steps."""

    def __init__(
        self, hub: HubContext, authentication: Authentication, endpoint: Endpoint, request: Request
    ) -> None:
        self._hub = hub
        self._authentication = authentication
        self._endpoint = endpoint
        self._request = request

    async def answered(self) -> Response:
        token = await self._authentication.admitted(self._request)
        index = await self._authentication.index()
        require(token, self._endpoint.role)
        path = path_of(self._request)
        asked, raw = await self._asked()
        if self._reveals(asked):
            require(token, Role.CLERK)
        expected = _expected(self._request)
        if expected and not self._endpoint.versioned:
            raise unprocessable("If-Match", expected, "there are no versions here: leave it out")

        def call(uow: UnitOfWork) -> Call:
            return Call(
                hub=self._hub,
                uow=uow,
                index=index,
                token=token,
                path=path,
                expected=expected,
                now=self._hub.now(),
            )

        if self._endpoint.is_write:
            return await self._written(call, asked, raw, token)
        return _response(await self._read(call, asked))

    async def _asked(self) -> tuple[Asked, bytes]:
        if self._endpoint.is_write:
            seconds = self._hub.settings.webhook_body_seconds
            return await body_of(self._request, self._endpoint, seconds)
        return query_of(self._request, self._endpoint), b""

    def _reveals(self, asked: Asked) -> bool:
        return self._endpoint.reveals or bool(getattr(asked, "reveal", False))

    async def _read(self, call: Callable[[UnitOfWork], Call], asked: Asked) -> BaseModel:
        endpoint = self._endpoint
        if endpoint.apart:
            return await endpoint.apart(self._hub, asked)
        if self._reveals(asked):
            return await self._hub.database.run(lambda uow: self._traced(call(uow), asked, "reveal "))
        return await self._hub.database.read(lambda uow: self._work(call(uow), asked))

    def _work(self, call: Call, asked: Asked) -> BaseModel:
        assert self._endpoint.work is not None
        return self._endpoint.work(call, asked)

    def _traced(self, call: Call, asked: Asked, how: str = "") -> BaseModel:
        """The work, and a line in the trail in the same transaction."""
        answer = self._work(call, asked)
        accounts.record(
            call.uow,
            self._hub.books.new_id(),
            call.token.actor,
            f"{how}{self._endpoint.name}",
            " ".join(call.path.values()),
            _facts(asked),
            call.now,
        )
        return answer

    async def _written(
        self, call: Callable[[UnitOfWork], Call], asked: Asked, raw: bytes, token: Token
    ) -> Response:
        key = _key(self._request) if self._endpoint.method == "POST" else ""
        digest = _digest(self._request, raw)

        def work(uow: UnitOfWork) -> tuple[Kept, bool]:
            made = call(uow)
            known = api_answers.kept(uow, token.prefix, key, made.now) if key else None
            if known:
                return known, True
            body = self._traced(made, asked).model_dump_json()
            answer = Kept(request=digest, status=200, body=body)
            if key:
                api_answers.keep(uow, token.prefix, key, answer, made.now)
            return answer, False

        answer, is_repeat = await self._hub.database.run(work)
        if answer.request != digest:
            raise unprocessable("Idempotency-Key", key, "was used for another request: use a new one")
        if self._endpoint.reaudits and not is_repeat:
            await reaudit(self._hub)
        return _sent(answer.body, answer.status, {"idempotent-replayed": "true"} if is_repeat else {})


def _response(answer: BaseModel) -> Response:
    return _sent(answer.model_dump_json(), 200, {})


def _sent(body: str, status: int, more: dict[str, str]) -> Response:
    """What has a version says so in its `ETag`."""
    version = msgspec.json.decode(body, type=_Versioned).version
    tag = {} if version is None else {"etag": f'"{version}"'}
    return Response(body, status, {**HEADERS, **tag, **more}, "application/json")


class _Versioned(msgspec.Struct):
    version: int | None = None


def _expected(request: Request) -> str:
    """The version in `If-Match`; empty: any."""
    text = request.headers.get("if-match", "").strip()
    return "" if text == "*" else text.removeprefix("W/").strip('"')


def _key(request: Request) -> str:
    text = request.headers.get("idempotency-key", "")
    if text and not _KEY.fullmatch(text):
        raise unprocessable("Idempotency-Key", text, "use 1 to 100 printable characters without spaces")
    return text


def _digest(request: Request, raw: bytes) -> str:
    """Tells requests apart."""
    asked = f"{request.method} {request.url.path} ".encode() + raw
    return hashlib.blake2b(asked, digest_size=16).hexdigest()


def _facts(asked: Asked) -> dict[str, Any]:
    facts = asked.model_dump(mode="json", exclude_unset=True)
    size = len(msgspec.json.encode(facts))
    return facts if size <= MOST_FACTS else {"characters": size}
