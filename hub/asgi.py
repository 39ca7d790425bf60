"""The web application: webhooks, health, metrics, pages, and the API beside them. Plain Starlette, because
webhooks are hot: their route is looked at first."""

from starlette.applications import Starlette
from starlette.routing import Mount

from hub.admin.status import StatusPage
from hub.api.health import Health
from hub.api.v1.application import api
from hub.api.webhooks import Webhooks
from hub.context import HubContext


def application(hub: HubContext) -> Starlette:
    """Everything that the hub answers over HTTP."""
    return Starlette(
        routes=[
            Webhooks(hub).route,
            *Health(hub).routes,
            StatusPage(hub).route,
            Mount("/api/v1", api(hub)),
        ]
    )
