"""Magento's manners in the twin: OAuth signatures, search criteria, selected fields."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request

from connectors.kit.oauth1 import oauth_signature
from connectors.kit.signing import same
from connectors.stores.magento.twin_state import Refusal

CONSUMER_KEY, CONSUMER_SECRET = "twinconsumerkey", "twinconsumersecret"
TOKEN, TOKEN_SECRET = "twinaccesstoken", "twinaccesstokensecret"
WINDOW = timedelta(minutes=5)
LARGEST_PAGE = 300

_FILTER = re.compile(
    r"searchCriteria\[filter_?[gG]roups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(field|value|condition_?[tT]ype)\]"
)
_SORT = re.compile(r"searchCriteria\[sort_?[oO]rders\]\[(\d+)\]\[(field|direction)\]")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')

Row = Mapping[str, Any]


def query_of(request: Request) -> dict[str, str]:
    """A plus sign is a plus sign: Magento signs what is decoded by RFC 3986."""
    raw = request.scope["query_string"].decode()
    pairs = (pair.partition("=") for pair in raw.split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}


class Signatures:
    """Who may call; each nonce once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._nonces: dict[str, datetime] = {}

    def admit(self, request: Request) -> None:
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        given = {name: unquote(value) for name, value in _AUTHORIZATION.findall(rest)}
        signature = given.pop("oauth_signature", "")
        if kind != "OAuth" or given.get("oauth_consumer_key") != CONSUMER_KEY:
            raise _refused()
        if given.get("oauth_token") != TOKEN or given.get("oauth_signature_method") != "HMAC-SHA256":
            raise _refused()
        address = f"{request.url.scheme}://{request.url.netloc}{request.scope['raw_path'].decode()}"
        signed = {**query_of(request), **given}
        if not same(
            oauth_signature(request.method, address, signed, CONSUMER_SECRET, TOKEN_SECRET), signature
        ):
            raise Refusal(401, "The signature is invalid. Verify and try again.")
        self._use(given)

    def _use(self, given: Mapping[str, str]) -> None:
        now, nonce = self._now(), given.get("oauth_nonce", "")
        if abs(now.timestamp() - int(given.get("oauth_timestamp", "0"))) > WINDOW.total_seconds():
            raise Refusal(401, "Incorrect timestamp value in the oauth_timestamp parameter")
        self._nonces = {it: used for it, used in self._nonces.items() if now - used < WINDOW}
        if not nonce or nonce in self._nonces:
            words = "The nonce is already being used by the consumer with key %1."
            raise Refusal(401, words, [CONSUMER_KEY])
        self._nonces[nonce] = now


def _refused() -> Refusal:
    return Refusal(401, "The consumer isn't authorized to access %resources.", {"resources": "self"})


class Search:
    """`groups` must all hold; of a group one filter must. `columns` are what may be filtered and sorted."""

    def __init__(self, request: Request, columns: Sequence[str]) -> None:
        query = query_of(request)
        self.groups: dict[str, dict[str, dict[str, str]]] = {}
        self._sorts: dict[str, dict[str, str]] = {}
        for name, value in query.items():
            if found := _FILTER.fullmatch(name):
                part = found[3].lower().replace("_", "")
                self.groups.setdefault(found[1], {}).setdefault(found[2], {})[part] = value
            elif found := _SORT.fullmatch(name):
                self._sorts.setdefault(found[1], {})[found[2]] = value
        self._size = _whole(query, "searchCriteria[pageSize]")
        self._page = _whole(query, "searchCriteria[currentPage]") or 1
        self.fields = query.get("fields", "")
        if self._size and self._size > LARGEST_PAGE:
            raise Refusal(400, "Maximum SearchCriteria pageSize is %max", {"max": str(LARGEST_PAGE)})
        named = [it["field"] for group in self.groups.values() for it in group.values()]
        if any(name not in columns for name in (*named, *(it["field"] for it in self._sorts.values()))):
            raise Refusal(500, "Internal Error. Details are available in Magento log file.")

    def value(self, field: str, condition: str) -> str | None:
        """Of a group that is this one filter."""
        for group in self.groups.values():
            for one in group.values():
                if len(group) == 1 and (one["field"], one.get("conditiontype", "eq")) == (field, condition):
                    return one["value"]
        return None

    def select(self, rows: Sequence[Row]) -> list[Row]:
        """Rows that hold, in the wanted order."""
        found = [row for row in rows if all(self._holds(row, it) for it in self.groups.values())]
        for number in sorted(self._sorts, reverse=True):
            one = self._sorts[number]
            found.sort(key=lambda row: row[one["field"]], reverse=one.get("direction", "DESC") == "DESC")
        return found

    def _holds(self, row: Row, group: Mapping[str, Mapping[str, str]]) -> bool:
        return any(
            _compare(row[it["field"]], it.get("conditiontype", "eq"), it["value"]) for it in group.values()
        )

    def page(self, found: Sequence[Row]) -> Sequence[Row]:
        """A page beyond the last is the last again."""
        if not self._size:
            return found
        last = max(1, -(-len(found) // self._size))
        start = (min(self._page, last) - 1) * self._size
        return found[start : start + self._size]

    def selected(self, document: dict[str, Any]) -> dict[str, Any]:
        """`fields` of the rows; a list of names that does not wrap `items` gives none."""
        if not self.fields:
            return document
        inner = re.search(r"items\[([^\]]*)\]", self.fields)
        names = inner[1].split(",") if inner else []
        return {name: document[name] for name in names if name in document}


def _whole(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "0")
    if not text.isdecimal():
        raise Refusal(400, "Invalid value for %1", [name])
    return int(text)


def _compare(have: Any, condition: str, value: str) -> bool:
    if condition == "in":
        return str(have) in value.split(",")
    if isinstance(have, datetime):
        if not _TIME.fullmatch(value):
            raise Refusal(400, "Invalid date")
        wanted: Any = datetime.fromisoformat(value).replace(tzinfo=have.tzinfo)
    else:
        wanted = type(have)(value)
    match condition:
        case "eq":
            return bool(have == wanted)
        case "gt":
            return bool(have > wanted)
        case "gteq":
            return bool(have >= wanted)
        case "lt":
            return bool(have < wanted)
        case "lteq":
            return bool(have <= wanted)
    raise Refusal(500, "Internal Error. Details are available in Magento log file.")
