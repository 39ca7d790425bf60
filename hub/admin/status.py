"""GET /: one page that says how the hub is. Works without JavaScript, under a strict policy."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.clock import from_micros
from hub.context import HubContext
from hub.storage.overview import overview

POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
STAGES = (
    "received",
    "on_hold",
    "approved",
    "backordered",
    "allocated",
    "released",
    "dispatched",
    "closed",
    "cancelled",
)


class StatusPage:
    def __init__(self, hub: HubContext) -> None:
        self._hub = hub
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        self._template = Environment(loader=loader, autoescape=True).get_template("status.html")

    @property
    def route(self) -> Route:
        return Route("/", self.show, methods=["GET"])

    async def show(self, request: Request) -> Response:
        try:
            seen = await self._hub.database.read(overview)
        except SQLAlchemyError as error:
            return PlainTextResponse(f"the database is away ({type(error).__name__})", 503, headers=HEADERS)
        page = self._template.render(
            now=self._hub.now(),
            stages=[(stage, seen.orders.get(stage, 0)) for stage in STAGES if seen.orders.get(stage)],
            backlog=seen.backlog,
            connections=seen.connections,
            moment=lambda value: from_micros(value).strftime("%Y-%m-%d %H:%M:%S") if value else "never",
        )
        return HTMLResponse(page, headers=HEADERS)
