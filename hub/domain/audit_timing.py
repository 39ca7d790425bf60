"""Audit rules that end by themselves: their reasons say until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo

from hub.domain.audit_parameters import DailyWindow, PaymentDelay, QuietHours
from hub.domain.order import Order, Reason
from hub.domain.snapshot import Snapshot


def payment_delay(order: Order, snapshot: Snapshot, rule: PaymentDelay) -> Reason | None:
    """Counts from the order where the platform does not say when it was paid."""
    until = (order.sales.paid_at or order.sales.placed_at).astimezone(UTC) + rule.delay
    if until <= snapshot.now:
        return None
    shown = _shown(until, _zone(order, snapshot))
    return Reason(
        code=rule.rule,
        text=f"the store waits {rule.minutes} minutes after payment, until {shown}",
        until=until,
    )


def daily_window(order: Order, snapshot: Snapshot, rule: DailyWindow) -> Reason | None:
    zone = _zone(order, snapshot)
    until = end_of_pause(snapshot.now, zone, rule.closes, rule.opens)
    if until is None:
        return None
    hours = f"from {rule.opens:%H:%M} to {rule.closes:%H:%M}"
    text = f"the store approves orders {hours} only; again from {_shown(until, zone)}"
    return Reason(code=rule.rule, text=text, until=until)


def quiet_hours(order: Order, snapshot: Snapshot, rule: QuietHours) -> Reason | None:
    zone = _zone(order, snapshot)
    until = end_of_pause(snapshot.now, zone, rule.begins, rule.ends)
    if until is None:
        return None
    hours = f"from {rule.begins:%H:%M} to {rule.ends:%H:%M}"
    text = f"the store has quiet hours {hours}, now until {_shown(until, zone)}"
    return Reason(code=rule.rule, text=text, until=until)


def end_of_pause(now: datetime, zone: tzinfo, begins: time, ends: time) -> datetime | None:
    """When the daily pause ends (UTC) in which `now` lies; null outside of it.

    A pause whose end is not after its beginning goes over midnight. On days on which the clock is changed
    the end may come twice or not at all: the next instant at which clocks show it, or would have.
    """
    wall = now.astimezone(zone).time()
    is_paused = begins <= wall < ends if begins < ends else wall >= begins or wall < ends
    if not is_paused:
        return None
    return min(each for each in _ends(now.astimezone(zone), ends) if each > now)


def _ends(local: datetime, ends: time) -> Iterator[datetime]:
    for days in (0, 1):
        for fold in (0, 1):
            wall = datetime.combine(local.date() + timedelta(days=days), ends, tzinfo=local.tzinfo)
            yield wall.replace(fold=fold).astimezone(UTC)


def _zone(order: Order, snapshot: Snapshot) -> tzinfo:
    """The store's time zone; UTC where none is entered."""
    return snapshot.audit.zones.get(order.store_id, UTC)


def _shown(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"
