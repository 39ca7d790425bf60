"""Each way to fail has its name, on every read; and no name tells a secret."""

import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

import httpx

from connectors.kit.capabilities import (
    Connector,
    FetchesOrders,
    ListsOrderIds,
    PollsNotices,
    PullsListings,
    PullsOrders,
    QuotesRates,
    TracksParcels,
)
from connectors.kit.conformance.booking import some_parcels
from connectors.kit.conformance.breaks import PAGE_IN_HTML, caught, said
from connectors.kit.conformance.checks import Bench, Checks, require
from connectors.kit.conformance.rig import Answer, Rig
from connectors.kit.conformance.settings import secrets_of
from connectors.kit.conformance.world import open_store, place, request_for
from connectors.kit.errors import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    RateLimited,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.plugin import StorePlugin
from connectors.kit.twin import Fault

CHECKS = Checks("failures")

Read = Callable[[Connector], Awaitable[object]]
Errors = tuple[type[ConnectorError], ...]
UNREADABLE: Errors = (UnexpectedPayload, Transient, Misconfigured)


def _status(status: int, **headers: str) -> Callable[[str], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda echo: httpx.Response(status, headers=named, content=f"refused: {echo}".encode())


def _body(content: bytes, kind: str) -> Callable[[str], Answer]:
    return lambda echo: httpx.Response(200, headers={"content-type": kind}, content=content)


def _cable(error: type[httpx.TransportError]) -> Callable[[str], Answer]:
    return lambda echo: error(f"while sending {echo}")


FAILURES: Mapping[str, tuple[Callable[[str], Answer], Errors]] = {
    "401": (_status(401), (AuthenticationFailed,)),
    "403": (_status(403), (AuthenticationFailed, Misconfigured)),
    "429": (_status(429), (RateLimited,)),
    "429 with Retry-After": (_status(429, retry_after="7"), (RateLimited,)),
    "500": (_status(500), (Transient,)),
    "502": (_status(502), (Transient,)),
    "503": (_status(503), (Transient,)),
    "redirect": (_status(302, location="https://elsewhere.example/"), (Misconfigured,)),
    "no connection": (_cable(httpx.ConnectError), (Transient,)),
    "timeout": (_cable(httpx.ReadTimeout), (Transient,)),
    "cut off": (_cable(httpx.RemoteProtocolError), (Transient,)),
    "HTML with 200": (_body(PAGE_IN_HTML, "text/html"), UNREADABLE),
    "empty with 200": (_body(b"", "application/json"), UNREADABLE),
    "not JSON with 200": (_body(b"OK {", "application/json"), UNREADABLE),
    "null with 200": (_body(b"null", "application/json"), UNREADABLE),
}


async def reads(bench: Bench) -> tuple[Rig, dict[str, Read]]:
    """A rig with something in it, and every read that the connector declares."""
    known: dict[str, Read] = {"check": lambda it: it.check()}
    if isinstance(bench.plugin, StorePlugin):
        rig, twin = open_store(bench)
        ids = place(bench, twin, 2)
        rig.clock.advance(timedelta(minutes=5))
        start, end = rig.clock() - timedelta(days=1), rig.clock()
        if bench.declares(PullsOrders):
            known["pull"] = lambda it: _drained(cast(PullsOrders, it).pull_orders(""))
        if bench.declares(FetchesOrders):
            known["fetch"] = lambda it: cast(FetchesOrders, it).fetch_orders(ids)
        if bench.declares(ListsOrderIds):
            known["list"] = lambda it: cast(ListsOrderIds, it).list_order_ids(start, end)
        if bench.declares(PullsListings):
            known["listings"] = lambda it: _drained(cast(PullsListings, it).pull_listings())
        if bench.declares(PollsNotices):
            known["poll"] = lambda it: cast(PollsNotices, it).poll_notices()
        return rig, known
    rig = bench.rig()
    if bench.declares(TracksParcels):
        parcels = await some_parcels(bench, rig)
        known["track"] = lambda it: cast(TracksParcels, it).track(parcels)
    if bench.declares(QuotesRates):
        known["quote"] = lambda it: cast(QuotesRates, it).quote(request_for(bench))
    return rig, known


async def _drained(pages) -> None:  # type: ignore[no-untyped-def] # any asynchronous iterator
    async for _ in pages:
        pass


@CHECKS.add()
async def each_failure_has_its_name(bench: Bench) -> None:
    """Statuses, cut cables and unreadable answers: the right class, on every read, signed in or not yet."""
    for signed_in in (False, True):
        rig, known = await reads(bench)
        for reading, read in known.items():
            for failure, (answer, expected) in FAILURES.items():
                error = await _failing(rig, read, answer, signed_in=signed_in)
                names = " or ".join(it.__name__ for it in expected)
                right = isinstance(error, expected)
                require(right, f"{reading}: «{failure}» must be {names}, not {said(error)}")


async def _failing(
    rig: Rig, read: Read, answer: Callable[[str], Answer], echo: str = "", *, signed_in: bool = True
) -> Exception | None:
    """The error of a read whose every request is answered so; `rig.wire` keeps what was sent meanwhile."""
    rig.clock.advance(timedelta(hours=2))
    rig.wire.clear()
    connector = rig.connect()
    if signed_in:
        await read(connector)
        rig.wire.clear()
    rig.wire.instead = lambda number: answer(echo)
    error = await caught(read, connector)
    rig.wire.instead = lambda number: None
    return error


@CHECKS.add()
async def retry_after_is_obeyed(bench: Bench) -> None:
    """Never again earlier than told; a wait that is too long for a job is passed on, not sat out."""
    rig, known = await reads(bench)
    for reading, read in known.items():
        error = await _failing(rig, read, _status(429, retry_after="7"))
        pauses = {b - a for a, b in zip(rig.wire.sent_at, rig.wire.sent_at[1:], strict=False)}
        patient = all(pause >= timedelta(seconds=7) for pause in pauses)
        require(patient, f"{reading}: called again after {min(pauses, default=None)}, told to wait 7 s")
        require(_told(error) == timedelta(seconds=7), f"{reading}: the error does not carry Retry-After")
        error = await _failing(rig, read, _status(429, retry_after="3600"))
        require(len(rig.wire.sent) == 1, f"{reading}: told to wait an hour, it sat it out and called again")
        require(_told(error) == timedelta(hours=1), f"{reading}: the error does not carry Retry-After")


def _told(error: Exception | None) -> timedelta | None:
    return error.retry_after if isinstance(error, RateLimited) else None


@CHECKS.add()
async def platform_throttling_is_named(bench: Bench) -> None:
    """The platform's own way of saying «too many calls» is `RateLimited`."""
    rig, known = await reads(bench)
    for reading, read in known.items():
        connector = rig.connect()
        await read(connector)
        rig.twin.faults.chance = {Fault.THROTTLE: 1.0}
        error = await caught(read, connector)
        rig.twin.faults.chance = {}
        limited = isinstance(error, RateLimited)
        require(limited, f"{reading}: throttled, it says {said(error)}")


@CHECKS.add()
async def errors_tell_no_secret(bench: Bench) -> None:
    """Whatever fails, neither the error, nor its traceback, nor a log line shows a secret or a person."""
    rig, known = await reads(bench)
    for reading, read in known.items():
        await caught(read, rig.connect())
        private = await _private(bench, rig)
        for failure, (answer, _) in FAILURES.items():
            with _overheard() as lines:
                error = await _failing(rig, read, answer, " ".join(private))
            told = "".join(traceback.format_exception(error)) if error else ""
            leaked = [it for it in private if it in told or any(it in line for line in lines)]
            require(not leaked, f"{reading}: «{failure}» shows a secret or a personal value")


async def _private(bench: Bench, rig: Rig) -> list[str]:
    tokens = [value for value in (await rig.credentials.current()).values() if len(value) > 5]
    person = [bench.ship_to.name, bench.ship_to.telephone]
    return [it for it in (*secrets_of(rig.settings()).values(), *tokens, *person) if it]


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Log lines meanwhile; those of httpx aside, which name addresses and which the hub keeps silent."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.name.startswith(("httpx", "httpcore", "asyncio")):
                lines.append(record.getMessage())

    root, ear = logging.getLogger(), Ear()
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(ear)
        root.setLevel(before)
