"""What people type: identifiers, dates, quantities."""

import getpass
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.cli.problem import Problem
from hub.domain.names import NAME_RULE, is_name

_DURATION = re.compile(r"([0-9]{1,5})([mhd])", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


def slug(text: str, what: str) -> str:
    """An identifier that can stand in addresses."""
    if not is_name(text):
        raise Problem(f"the {what} {text!r} may have {NAME_RULE}")
    return text


def moment(text: str, time_zone: str = "") -> datetime:
    """A date or an instant (ISO 8601); without a zone it is meant in `time_zone`, else in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text!r} is not a date: write 2026-03-01 or 2026-03-01T08:00+08:00") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone(time_zone) if time_zone else UTC)
    return found.astimezone(UTC)


def day(text: str) -> date:
    """A day of the calendar (ISO 8601)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text!r} is not a day: write for example 2026-03-01") from None


def zone(name: str) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Problem(f"there is no time zone {name!r}: write for example Asia/Shanghai") from None


def whole(text: str) -> int | None:
    """A whole number from 0 to 999,999,999 in plain digits, or null. «3.0», «1,000» and «-1» are none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def duration(text: str) -> timedelta:
    """90m, 24h, 3d."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise Problem(f"{text!r} is no length of time: write for example 90m, 24h or 3d")
    return (
        int(found[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[found[2]]
    )


def amount(text: str) -> Decimal:
    """Money, not negative."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0 or found >= 10**12:
        raise Problem(f"{text!r} is not an amount: write for example 19.90")
    return found


def actor() -> str:
    """Who decides: the user of this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user without a name
        return "cli"
