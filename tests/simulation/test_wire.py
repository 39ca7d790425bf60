"""The simulation's client does what httpx's does, as far as connectors use it."""

import httpx

from hub.simulation.wire import Line


async def test_requests_are_signed():
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(200)

    line = Line(httpx.MockTransport(answer))
    for auth in (httpx.BasicAuth("user", "key"), httpx.USE_CLIENT_DEFAULT):
        await line.send(line.build_request("GET", "https://shop.example/orders"), auth=auth)
    await line.aclose()
    assert seen == ["Basic dXNlcjprZXk=", None]
