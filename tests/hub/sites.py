"""An internet of a few sites: names, the addresses that they resolve to, and what answers there."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx

from hub.visits import Visitor

PUBLIC = "93.184.216.34"


class Body(httpx.AsyncByteStream):
    """What comes over the wire, in one piece."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


@dataclass
class Sites:
    """`names`: host → one list of addresses per look-up, the last for ever. `pages`: address → answer.
    `asked` is every request as (address, host header, path, server name for TLS)."""

    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    pages: dict[str, tuple[int, str, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)

    def put(self, url: str, text: str = "", status: int = 200, **headers: str) -> None:
        """A page under a public address."""
        self.names.setdefault(httpx.URL(url).host, [[PUBLIC]])
        self.pages[url] = (status, text, headers)

    @property
    def visitor(self) -> Visitor:
        return Visitor(self._resolve, lambda: httpx.MockTransport(self._answer))

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        if host not in self.names:
            raise OSError("unknown name")
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        host, path = request.headers["host"], request.url.raw_path.decode()
        self.asked.append((request.url.host, host, path, request.extensions["sni_hostname"]))
        found = self.pages.get(f"{request.url.scheme}://{host}{path}")
        status, text, headers = found or (404, "", {})
        return httpx.Response(status, headers=headers, stream=Body(text.encode()))
