"""Who asks, and whether he may: `Authorization: Bearer TOKEN`.

A token is looked up for every request, so that a revoked one opens nothing any more. Its last use is noted at
most once a minute, for all tokens together. Tokens cannot be guessed; the limit of failed attempts only saves
the database from those who try: then tokens that opened before still do, others wait for the next minute.
"""

from collections import Counter
from datetime import datetime, timedelta

from starlette.requests import Request

from hub.api.v1.problems import Refused
from hub.context import HubContext
from hub.storage import accounts
from hub.storage.accounts import Role, Token
from hub.vault import BlindIndex

MINUTE = timedelta(minutes=1)
MOST_FAILURES = 20
"""Per sender's address and minute."""


class Authentication:
    def __init__(self, hub: HubContext) -> None:
        self._hub = hub
        self._index: BlindIndex | None = None
        self._known: set[str] = set()
        self._failures: Counter[str] = Counter()
        self._counting_since = hub.now()
        self._used: dict[str, datetime] = {}
        self._noted_at = hub.now() - MINUTE

    async def index(self) -> BlindIndex:
        """The hub's index key, opened once."""
        if self._index is None:
            self._index = await self._hub.database.run(self._hub.books.connections.open_index)
        return self._index

    async def admitted(self, request: Request) -> Token:
        """Raises `Refused`."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _unknown("there is no token: send `Authorization: Bearer TOKEN` (`orderhub tokens add`)")
        sender = request.client.host if request.client else ""
        self._slow_down(sender, text)
        now, index = self._hub.now(), await self.index()
        token = None
        if accounts.prefix_of(text):
            token = await self._hub.database.read(lambda uow: accounts.recognised(uow, text, index, now))
        if token is None:
            self._failures[sender] += 1
            raise _unknown("the token is unknown, expired or revoked (`orderhub tokens list`)")
        self._known.add(token.prefix)
        await self._note(token, now)
        return token

    def _slow_down(self, sender: str, text: str) -> None:
        now = self._hub.now()
        if now - self._counting_since >= MINUTE:
            self._failures.clear()
            self._counting_since = now
        if self._failures[sender] >= MOST_FAILURES and accounts.prefix_of(text) not in self._known:
            raise Refused(
                429,
                "too many unknown tokens: wait a minute, then use a valid one",
                headers={"retry-after": "60"},
            )

    async def _note(self, token: Token, now: datetime) -> None:
        self._used[token.prefix] = now
        if now - self._noted_at < MINUTE:
            return
        self._noted_at = now
        used, self._used = self._used, {}
        await self._hub.database.run(lambda uow: accounts.note_use(uow, used))


def require(token: Token, needed: Role) -> None:
    """Raises `Refused` if the token may not do that."""
    if not token.role.may(needed):
        raise Refused(403, f"token {token.name!r} is a {token.role}'s; this needs a {needed}'s")


def _unknown(detail: str) -> Refused:
    return Refused(401, detail, headers={"www-authenticate": "Bearer"})
