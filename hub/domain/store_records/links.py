"""Addresses of a store on the web, and which of them the hub may visit.

A person types these addresses and the hub calls them, so each is a way into the network that the hub stands
in. Only names under a public ending are taken; numbers in whatever spelling are no names. What a name
resolves to is judged at each visit (`is_public`), because it changes.
"""

import ipaddress
import re
from enum import StrEnum
from html.parser import HTMLParser
from urllib.parse import SplitResult, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}
OWNERSHIP_PATH = "/.well-known/orderhub-ownership.txt"
OWNERSHIP_META = "orderhub-ownership"

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
_NOT_PUBLIC = frozenset(("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa"))
_MOST_CHARACTERS = 500

_V4_REFUSED = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_V6_PUBLIC = ipaddress.IPv6Network("2000::/3")
_V6_REFUSED = tuple(
    ipaddress.IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""IANA's special-purpose registries, and every way to write an IPv4 address into an IPv6 one: mapped, 6to4,
Teredo and NAT64 lie outside of 2000::/3 or in these. `is_global` of the standard library calls some of them
global."""


class LinkKind(StrEnum):
    """What is there."""

    STOREFRONT = "storefront"
    BACK_OFFICE = "back_office"
    SUPPORT = "support"
    SOCIAL = "social"


def canonical_url(text: str) -> str:
    """The address as it is stored. Raises `ValueError` with the remedy for one that is never visited."""
    if len(text) > _MOST_CHARACTERS or any(not each.isprintable() or each in " \\" for each in text):
        raise ValueError("an address has no blanks and at most 500 characters: write https://shop.example/")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("this is no address: write https://shop.example/") from None
    if "@" in parts.netloc:
        raise ValueError("an address must not hold a user or a password: leave out what stands before the @")
    if parts.scheme not in PORTS:
        raise ValueError(f"{text!r} must begin with https:// or http://")
    if _port(parts) not in (None, PORTS[parts.scheme]):
        raise ValueError(f"{text!r} names a port: only 443 (https) and 80 (http) are visited")
    return urlunsplit((parts.scheme, _host(parts), parts.path or "/", parts.query, ""))


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return 0


def _host(parts: SplitResult) -> str:
    """Small letters, international names in ASCII."""
    given = parts.hostname or ""
    try:
        name = given.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(each) for each in labels):
        raise ValueError(f"{given!r} is not the public name of a site: write for example shop.example.com")
    if labels[-1].isdecimal() or labels[-1].startswith("0x"):
        raise ValueError(f"{given!r} is a number: write the name of the site")
    if labels[-1] in _NOT_PUBLIC:
        raise ValueError(f"{given!r} is a name of an inner network: write the public name of the site")
    return name


def is_public(address: str) -> bool:
    """May the hub connect to this IP address? False for what is no address at all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in each for each in _V4_REFUSED)
    return found in _V6_PUBLIC and not found.scope_id and not any(found in each for each in _V6_REFUSED)


def is_same_site(url: str, other: str) -> bool:
    """Do both lie on one host, with or without `www.`?"""
    one, two = (urlsplit(each).hostname or "" for each in (url, other))
    return one.removeprefix("www.") == two.removeprefix("www.")


def ownership_url(url: str) -> str:
    """Where the site shows that it belongs to the store."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, OWNERSHIP_PATH, "", ""))


def file_shows(text: str, token: str) -> bool:
    """Does a line of the well-known file say exactly this token?"""
    return token in (line.strip() for line in text.splitlines())


def page_shows(html: str, token: str) -> bool:
    """Does the page have `<meta name="orderhub-ownership" content=TOKEN>`?"""
    found = _Metas()
    try:
        found.feed(html)
    except AssertionError:  # how the standard library says that it met a section it does not know
        return False
    return token in found.contents


class _Metas(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.contents: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "meta" and said.get("name") == OWNERSHIP_META:
            self.contents.append((said.get("content") or "").strip())
