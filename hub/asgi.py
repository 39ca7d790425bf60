"""The web application: webhooks, health, metrics, pages. Plain Starlette, because webhooks are hot."""

from starlette.applications import Starlette

from hub.admin.status import StatusPage
from hub.api.health import Health
from hub.api.webhooks import Webhooks
from hub.context import HubContext


def application(hub: HubContext) -> Starlette:
    """Everything that the hub answers over HTTP."""
    return Starlette(routes=[Webhooks(hub).route, *Health(hub).routes, StatusPage(hub).route])
