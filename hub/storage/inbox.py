"""The inbox: every document from outside, as it came, before anybody reads it.

Identity is (connection, topic, external id, revision). The revision is the platform's own version plus the
digest; where the platform gives no version, only the latest accepted content of that id is compared, so that
A → B → A is three revisions and not a lost one.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.clock import NewId, from_micros, micros
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import inbox
from mappings.structs import FrozenStruct

Seal = Callable[[bytes, str], bytes]


class Arrival(FrozenStruct):
    """A document to be stored; `version` is the platform's modification instant or null."""

    connection_id: str
    topic: str
    external_id: str
    document: bytes
    version: datetime | None = None
    lane: str = "live"


class InboxRow(FrozenStruct):
    """A stored document, claimed for reading; `document` is still sealed, null once it was thrown away."""

    id: str
    connection_id: str
    topic: str
    external_id: str
    version: datetime | None
    document: bytes | None


class Result(FrozenStruct):
    """What became of a claimed document: `state` done, superseded or parked (with path and reason)."""

    id: str
    state: str
    path: str = ""
    reason: str = ""


class Inbox:
    """`seals` gives the sealing function of a connection."""

    def __init__(self, seals: Callable[[str], Seal], new_id: NewId) -> None:
        self._seals = seals
        self._new_id = new_id

    def store(self, uow: UnitOfWork, arrivals: Sequence[Arrival], now: datetime) -> int:
        """Store what is new; returns how many. Known documents cost one look at an index and no write."""
        if not arrivals:
            return 0
        rows = [self._row(*each, now) for each in self._new(uow, arrivals)]
        insert(uow, inbox, rows)
        for lane in {arrival.lane for arrival in arrivals} if rows else ():
            uow.wake("work_inbox", lane, lane)
        return len(rows)

    def unknown(self, uow: UnitOfWork, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Those that `store` would store."""
        return [arrival for arrival, _, _ in self._new(uow, arrivals)] if arrivals else []

    def _new(self, uow: UnitOfWork, arrivals: Sequence[Arrival]) -> list[tuple[Arrival, bytes, str]]:
        """Each with its digest and its revision."""
        latest = self._latest(uow, arrivals)
        found = []
        for arrival in arrivals:
            digest = hashlib.sha256(arrival.document).digest()
            key = (arrival.connection_id, arrival.topic, arrival.external_id)
            if revision := _revision(arrival, digest, latest.setdefault(key, _Latest())):
                found.append((arrival, digest, revision))
        return found

    def _row(self, arrival: Arrival, digest: bytes, revision: str, now: datetime) -> tuple[object, ...]:
        row_id = self._new_id()
        return (
            row_id,
            arrival.connection_id,
            arrival.topic,
            arrival.external_id,
            revision,
            micros(arrival.version) if arrival.version else None,
            digest,
            self._seals(arrival.connection_id)(arrival.document, f"inbox:{row_id}"),
            arrival.lane,
            "new",
            "",
            "",
            micros(now),
            None,
        )

    def _latest(self, uow: UnitOfWork, arrivals: Sequence[Arrival]) -> dict[tuple[str, str, str], "_Latest"]:
        wanted = {
            (each.connection_id, each.topic, each.external_id): {
                "c": each.connection_id,
                "t": each.topic,
                "e": each.external_id,
            }
            for each in arrivals
        }
        rows = uow.all(
            "SELECT i.connection_id, i.topic, i.external_id, i.revision, i.digest, i.id"
            f" FROM {keys(uow, c='text', t='text', e='text')}"
            " JOIN inbox i ON i.connection_id = k.c AND i.topic = k.t AND i.external_id = k.e",
            keys=packed(list(wanted.values())),
        )
        found: dict[tuple[str, str, str], _Latest] = {}
        for row in rows:
            key = (row.connection_id, row.topic, row.external_id)
            found.setdefault(key, _Latest()).see(row.revision, row.digest, row.id)
        return found

    def claim(self, uow: UnitOfWork, lane: str, limit: int) -> list[InboxRow]:
        """The oldest unread documents of a lane, locked until the end of the transaction."""
        skip = " FOR UPDATE SKIP LOCKED" if uow.is_postgres else ""
        rows = uow.all(
            "SELECT id, connection_id, topic, external_id, version, document FROM inbox"
            f" WHERE state = 'new' AND lane = :lane ORDER BY id LIMIT :limit{skip}",
            lane=lane,
            limit=limit,
        )
        return [_claimed(row) for row in rows]

    def finish(self, uow: UnitOfWork, results: Sequence[Result], now: datetime) -> None:
        """Record what became of claimed documents."""
        if not results:
            return
        kinds = {"id": "text", "state": "text", "path": "text", "reason": "text"}
        uow.change(
            "UPDATE inbox SET state = k.state, path = k.path, reason = k.reason, done_at = :now"
            f" FROM {keys(uow, **kinds)} WHERE inbox.id = k.id",
            now=micros(now),
            keys=packed(
                [
                    {"id": each.id, "state": each.state, "path": each.path, "reason": each.reason}
                    for each in results
                ]
            ),
        )

    def replay(self, uow: UnitOfWork, ids: Sequence[str]) -> int:
        """Have parked or finished documents read again (after a mapping was mended)."""
        changed = uow.change(
            "UPDATE inbox SET state = 'new', path = '', reason = '', done_at = NULL"
            " WHERE document IS NOT NULL"
            f" AND state <> 'new' AND id IN (SELECT k.id FROM {keys(uow, id='text')})",
            keys=packed([{"id": each} for each in ids]),
        )
        for lane in ("live", "bulk"):
            uow.wake("work_inbox", lane, lane)
        return changed

    def dismiss(self, uow: UnitOfWork, ids: Sequence[str], now: datetime) -> int:
        """A person sets parked documents aside: nobody has to read them any more."""
        return uow.change(
            "UPDATE inbox SET state = 'superseded', done_at = :now WHERE state = 'parked'"
            f" AND id IN (SELECT k.id FROM {keys(uow, id='text')})",
            now=micros(now),
            keys=packed([{"id": each} for each in ids]),
        )

    def open_lanes(self, uow: UnitOfWork) -> list[str]:
        """Lanes with unread documents."""
        return [
            lane
            for lane in ("live", "bulk")
            if uow.one("SELECT id FROM inbox WHERE state = 'new' AND lane = :lane LIMIT 1", lane=lane)
        ]

    def forget_documents(self, uow: UnitOfWork, before: int) -> int:
        """Throw away documents that were worked off before an instant; parked ones stay."""
        return uow.change(
            "UPDATE inbox SET document = NULL WHERE document IS NOT NULL AND state IN ('done', 'superseded')"
            " AND done_at < :before",
            before=before,
        )


class _Latest:
    """The latest accepted content of one thing, and every revision of it."""

    def __init__(self) -> None:
        self.revisions: set[str] = set()
        self.digest: bytes | None = None
        self._row_id = ""

    def see(self, revision: str, digest: bytes, row_id: str) -> None:
        self.revisions.add(revision)
        if row_id > self._row_id:
            self._row_id, self.digest = row_id, bytes(digest)


def _revision(arrival: Arrival, digest: bytes, latest: _Latest) -> str:
    """The new revision's name, or empty for a repeat."""
    if arrival.version is None:
        if latest.digest == digest:
            return ""
        revision = f"#{len(latest.revisions) + 1:06d}"
    else:
        revision = f"{micros(arrival.version)}:{digest.hex()[:16]}"
        if revision in latest.revisions:
            return ""
    latest.revisions.add(revision)
    latest.digest = digest
    return revision


def _claimed(row: sa.Row[Any]) -> InboxRow:
    return InboxRow(
        id=row.id,
        connection_id=row.connection_id,
        topic=row.topic,
        external_id=row.external_id,
        version=from_micros(row.version) if row.version is not None else None,
        document=bytes(row.document) if row.document is not None else None,
    )
