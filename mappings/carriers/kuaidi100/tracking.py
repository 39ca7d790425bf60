"""Kuaidi100 tracking: query answers and pushes → reports; bodies of queries and subscriptions.

Lists come complete and newest first. Times are Beijing wall-clock (for foreign legs *unverified*).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl

from msgspec.structs import replace

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus
from mappings.carriers.kuaidi100.booking import text
from mappings.carriers.kuaidi100.tables import carrier_of, company_of, status_of
from mappings.documents import WireDocument, decode, local_time
from mappings.errors import MappingError

BEIJING = timezone(timedelta(hours=8))
ENDED = frozenset({"abort", "shutdown"})


class _Entry(WireDocument, rename="camel"):
    """One scan. `ftime` is `time` in one fixed form; `statusCode` comes with `resultv2=4` only."""

    time: str | None = None
    ftime: str | None = None
    context: str | None = None
    status: str | None = None
    status_code: str | None = None
    area_name: str | None = None
    location: str | None = None


class _Result(WireDocument):
    """A query's answer, or `lastResult` of a push. `state` may be basic ("3") or advanced ("304")."""

    nu: str
    com: str
    state: str | None = None
    data: tuple[_Entry, ...] | None = None


class _Document(WireDocument, rename="camel"):
    """A query's answer (`nu`) or a push's `param` (`lastResult`); `status` means something else in each."""

    nu: str | None = None
    status: str | None = None
    com_new: str | None = None
    last_result: _Result | None = None
    dest_result: _Result | None = None


def query(parcel: Parcel) -> str:
    """`query.do`: the last digits of a telephone are needed for some companies (SF, ZTO, Fengwang)."""
    return text(
        {
            "com": company_of(parcel.carrier),
            "num": parcel.tracking_number,
            "phone": parcel.telephone_tail,
            "from": "",
            "to": "",
            "resultv2": "4",
            "show": "0",
            "order": "desc",
        }
    )


def subscription(parcel: Parcel, callback_url: str, key: str, salt: str, recognise: bool) -> str:
    """`poll`: `key` proves who asks, `salt` will sign the pushes; `recognise` lets the vendor correct a
    wrong company."""
    return text(
        {
            "company": company_of(parcel.carrier),
            "number": parcel.tracking_number,
            "key": key,
            "parameters": {
                "callbackurl": callback_url,
                "salt": salt,
                "resultv2": "4",
                "phone": parcel.telephone_tail,
                "autoCom": str(int(recognise)),
            },
        }
    )


def form_of(body: bytes) -> Mapping[str, str]:
    """Fields of a push; nothing for a bare JSON body."""
    if body.lstrip()[:1] == b"{":
        return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise MappingError("$", "is neither JSON nor a readable form") from None


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """A query's answer, a push's form, or its `param`. A second leg (`destResult`) is its own report."""
    param = form_of(document).get("param")
    content = document if param is None else param.encode()
    shape = decode(content, _Document)
    if shape.last_result is None:
        if shape.nu is None:
            raise MappingError("$.lastResult", "is missing, and this is no query answer either")
        return (_report(decode(content, _Result), "$", watching=True),)
    first = _report(shape.last_result, "$.lastResult", company=shape.com_new, watching=_is_watched(shape))
    if shape.dest_result is None:
        return (first,)
    return first, _report(shape.dest_result, "$.destResult", watching=first.watching)


def _is_watched(push: _Document) -> bool:
    """An `abort` that names a new company only ends the watch under the wrong one."""
    return push.status not in ENDED or (push.status == "abort" and bool(push.com_new))


def _report(result: _Result, path: str, *, watching: bool, company: str | None = None) -> TrackingReport:
    return TrackingReport(
        carrier=carrier_of(company or result.com),
        tracking_number=result.nu,
        events=_events(result, f"{path}.data"),
        watching=watching,
    )


def _events(result: _Result, path: str) -> tuple[TrackingEvent, ...]:
    """Oldest first. Where no table knows the newest event's code, the state of the whole parcel speaks."""
    entries = tuple(enumerate(result.data or ()))
    timed = [(_moment(entry, f"{path}[{position}]"), entry) for position, entry in reversed(entries)]
    events = [_event(moment, entry) for moment, entry in sorted(timed, key=lambda pair: pair[0])]
    if events and events[-1].status is TrackingStatus.UNKNOWN:
        events[-1] = replace(events[-1], status=status_of(result.state or ""))
    return tuple(events)


def _moment(entry: _Entry, path: str) -> datetime:
    when = entry.ftime or entry.time
    if not when:
        raise MappingError(f"{path}.ftime", "is missing")
    return local_time(when, BEIJING, f"{path}.ftime" if entry.ftime else f"{path}.time")


def _event(moment: datetime, entry: _Entry) -> TrackingEvent:
    code = entry.status_code or entry.status or ""
    return TrackingEvent(
        occurred_at=moment,
        status=status_of(code),
        code=code,
        description=entry.context or "",
        location=entry.area_name or entry.location or "",
    )
