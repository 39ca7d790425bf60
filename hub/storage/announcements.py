"""Outgoing webhooks: endpoints with their sealed secrets, and the messages that wait for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.clock import NewId, from_micros, micros
from hub.domain.announcements import Announcement
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.webhook_tables import webhook_messages
from hub.vault import SealingKey
from mappings.structs import FrozenStruct

KEY = "webhooks"
"""Name of the vault's key that seals the secrets of endpoints."""
JOB = "work_webhooks"

_encode = msgspec.json.Encoder().encode


class Secret(FrozenStruct):
    """What signs, as the receiver was given it; `until` null: in use, else it signs beside until then."""

    text: str
    until: datetime | None = None


class Endpoint(FrozenStruct):
    """Who is told, without secrets; `events` empty: everything. `waiting` counts messages not yet delivered,
    `given_up` those that nobody took within the days of the schedule."""

    id: str
    url: str
    events: tuple[str, ...]
    status: str
    disabled_reason: str
    failures: int
    failing_since: datetime | None
    rest_until: datetime
    made_by: str
    made_at: datetime
    waiting: int
    given_up: int
    last_error: str

    @property
    def is_active(self) -> bool:
        return self.status == "active"


class Claimed(FrozenStruct):
    """A message that is ours until its lease ends; `attempts` counts this one."""

    id: str
    document: bytes
    attempts: int
    epoch: int


class Result(FrozenStruct):
    """What became of it. `state` open: again at `not_before`; `unspent`: nothing was tried."""

    message: Claimed
    state: str
    error: str = ""
    not_before: datetime | None = None
    unspent: bool = False


def add(
    uow: UnitOfWork,
    *,
    endpoint_id: str,
    url: str,
    events: Sequence[str],
    secrets: Sequence[Secret],
    key: SealingKey,
    actor: str,
    now: datetime,
) -> None:
    uow.change(
        "INSERT INTO webhook_endpoints (id, url, events, status, secrets, made_by, made_at)"
        " VALUES (:id, :url, :events, 'active', :secrets, :actor, :now)",
        id=endpoint_id,
        url=url,
        events=" ".join(sorted(events)),
        secrets=_sealed(endpoint_id, secrets, key),
        actor=actor,
        now=micros(now),
    )


def endpoints(uow: UnitOfWork, endpoint_id: str = "") -> list[Endpoint]:
    """All, or the one of this id."""
    rows = uow.all(
        "SELECT e.id, e.url, e.events, e.status, e.disabled_reason, e.failures, e.failing_since,"
        " e.rest_until, e.made_by, e.made_at,"
        " (SELECT count(*) FROM webhook_messages m"
        " WHERE m.endpoint_id = e.id AND m.state = 'open') AS waiting,"
        " (SELECT count(*) FROM webhook_messages m"
        " WHERE m.endpoint_id = e.id AND m.state = 'parked') AS given_up,"
        " COALESCE((SELECT m.last_error FROM webhook_messages m WHERE m.endpoint_id = e.id"
        " AND m.last_error <> '' ORDER BY m.id DESC LIMIT 1), '') AS last_error"
        " FROM webhook_endpoints e WHERE :id = '' OR e.id = :id ORDER BY e.id",
        id=endpoint_id,
    )
    return [_endpoint(row) for row in rows]


def _endpoint(row: Any) -> Endpoint:
    failing = row.failing_since
    return Endpoint(
        **{
            **row._asdict(),
            "events": tuple(row.events.split()),
            "failing_since": None if failing is None else from_micros(failing),
            "rest_until": from_micros(row.rest_until),
            "made_at": from_micros(row.made_at),
        }
    )


def secrets(uow: UnitOfWork, endpoint_id: str, key: SealingKey, now: datetime) -> list[Secret]:
    """Those that sign now, the newest first."""
    row = uow.one("SELECT secrets FROM webhook_endpoints WHERE id = :id", id=endpoint_id)
    text = key.open(row.secrets, _place(endpoint_id)) if row else b"[]"
    found = msgspec.json.decode(text, type=list[Secret])
    return [each for each in found if each.until is None or each.until > now]


def set_secrets(uow: UnitOfWork, endpoint_id: str, said: Sequence[Secret], key: SealingKey) -> None:
    uow.change(
        "UPDATE webhook_endpoints SET secrets = :secrets WHERE id = :id",
        id=endpoint_id,
        secrets=_sealed(endpoint_id, said, key),
    )


def _sealed(endpoint_id: str, said: Sequence[Secret], key: SealingKey) -> bytes:
    return key.seal(_encode(list(said)), _place(endpoint_id))


def _place(endpoint_id: str) -> str:
    return f"webhook_endpoints:{endpoint_id}:secrets"


def disable(uow: UnitOfWork, endpoint_id: str, reason: str) -> None:
    """Nothing is written for it any more; what waits stays."""
    uow.change(
        "UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = :reason WHERE id = :id",
        id=endpoint_id,
        reason=reason,
    )


def enable(uow: UnitOfWork, endpoint_id: str, now: datetime) -> None:
    """What waits is due at once, and the days after which it is given up begin anew."""
    uow.change(
        "UPDATE webhook_endpoints SET status = 'active', disabled_reason = '', failures = 0,"
        " failing_since = NULL, rest_until = 0 WHERE id = :id",
        id=endpoint_id,
    )
    uow.change(
        "UPDATE webhook_messages SET not_before = :now, attempts = 0"
        " WHERE endpoint_id = :id AND state = 'open'",
        id=endpoint_id,
        now=micros(now),
    )
    uow.wake(JOB, endpoint_id, "bulk")


def remove(uow: UnitOfWork, endpoint_id: str) -> None:
    uow.change("DELETE FROM webhook_messages WHERE endpoint_id = :id", id=endpoint_id)
    uow.change("DELETE FROM webhook_endpoints WHERE id = :id", id=endpoint_id)


class Listeners(FrozenStruct):
    """Active endpoints: id → names of the events that each wants, empty: all."""

    wanted: dict[str, frozenset[str]]

    def __bool__(self) -> bool:
        return bool(self.wanted)

    def of(self, event: str) -> list[str]:
        return [each for each, events in self.wanted.items() if not events or event in events]


def listeners(uow: UnitOfWork) -> Listeners:
    rows = uow.all("SELECT id, events FROM webhook_endpoints WHERE status = 'active' ORDER BY id")
    return Listeners(wanted={row.id: frozenset(row.events.split()) for row in rows})


def write(uow: UnitOfWork, said: Sequence[Announcement], to: Listeners, now: datetime, new_id: NewId) -> None:
    """One row per announcement and endpoint that wants it, in the transaction that decided it."""
    at = micros(now)
    rows = []
    for each in said:
        if reached := to.of(each.type):
            document = _encode(each).decode()
            rows += [
                (f"msg_{new_id()}", one, each.type.value, document, "open", 0, at, 0, 0, "", at, None)
                for one in reached
            ]
    insert(uow, webhook_messages, rows)
    for endpoint_id in sorted({row[1] for row in rows}):
        uow.wake(JOB, endpoint_id, "bulk")


def due_endpoints(uow: UnitOfWork, now: datetime, lease_now: int) -> list[str]:
    """Active endpoints that do not rest and have something to be told."""
    rows = uow.all(
        "SELECT e.id FROM webhook_endpoints e WHERE e.status = 'active' AND e.rest_until <= :now AND EXISTS"
        " (SELECT 1 FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.state = 'open'"
        " AND m.not_before <= :now AND m.lease_until <= :lease_now) ORDER BY e.id",
        now=micros(now),
        lease_now=lease_now,
    )
    return [row.id for row in rows]


def claim(
    uow: UnitOfWork, endpoint_id: str, limit: int, now: datetime, lease_now: int, lease: timedelta
) -> list[Claimed]:
    """Up to `limit` due messages of an endpoint, the longest due first, leased."""
    locked = " FOR UPDATE SKIP LOCKED" if uow.is_postgres else ""
    rows = uow.all(
        "UPDATE webhook_messages SET lease_until = :until, lease_epoch = lease_epoch + 1,"
        " attempts = attempts + 1 WHERE id IN (SELECT id FROM webhook_messages WHERE endpoint_id = :id"
        " AND state = 'open' AND not_before <= :now AND lease_until <= :lease_now"
        f" ORDER BY not_before, id LIMIT :limit{locked}) RETURNING id, document, attempts, lease_epoch",
        id=endpoint_id,
        now=micros(now),
        lease_now=lease_now,
        until=lease_now + lease // timedelta(microseconds=1),
        limit=limit,
    )
    claimed = (
        Claimed(id=row.id, document=row.document.encode(), attempts=row.attempts, epoch=row.lease_epoch)
        for row in rows
    )
    return sorted(claimed, key=lambda each: each.id)


def record(uow: UnitOfWork, results: Sequence[Result], now: datetime) -> None:
    """What became of messages, each only under the epoch that claimed it."""
    kinds = {
        "id": "text",
        "epoch": "bigint",
        "state": "text",
        "error": "text",
        "at": "bigint",
        "back": "bigint",
    }
    uow.change(
        "UPDATE webhook_messages SET state = k.state, last_error = k.error, not_before = k.at,"
        " attempts = attempts - k.back, lease_until = 0,"
        " done_at = CASE WHEN k.state = 'open' THEN NULL ELSE :now END"
        f" FROM {keys(uow, **kinds)} WHERE webhook_messages.id = k.id AND lease_epoch = k.epoch"
        " AND webhook_messages.state = 'open'",
        now=micros(now),
        keys=packed(
            [
                {
                    "id": each.message.id,
                    "epoch": each.message.epoch,
                    "state": each.state,
                    "error": each.error,
                    "at": micros(each.not_before or now),
                    "back": int(each.unspent),
                }
                for each in results
            ]
        ),
    )


def arrived(uow: UnitOfWork, endpoint_id: str) -> None:
    """The endpoint takes messages."""
    uow.change(
        "UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, rest_until = 0"
        " WHERE id = :id AND failing_since IS NOT NULL",
        id=endpoint_id,
    )


def failed(uow: UnitOfWork, endpoint_id: str, now: datetime, rest_until: datetime | None) -> None:
    """Nothing arrived; `rest_until`: the endpoint as a whole is away until then."""
    uow.change(
        "UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, :now),"
        " failures = failures + :more, rest_until = :rest WHERE id = :id",
        id=endpoint_id,
        now=micros(now),
        more=int(rest_until is not None),
        rest=micros(rest_until) if rest_until else 0,
    )


def forget(uow: UnitOfWork, before: datetime) -> int:
    """Throw away what ended before this instant."""
    return uow.change("DELETE FROM webhook_messages WHERE done_at < :before", before=micros(before))
