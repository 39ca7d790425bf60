"""Connections: their sealed settings and credentials, their state, their bookmark; and the vault's keys."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.snapshot import ConnectionFacts
from hub.storage.database import UnitOfWork
from hub.vault import BlindIndex, SealingKey, Vault
from mappings.structs import FrozenStruct

INDEX_KEY = "blind-index"
_ENDS = ("ends_at", "expires_at")
"""What connectors call the end of a token, behind the name of its slot."""


class ConnectionStatus(StrEnum):
    """`observing`: pulls and decides, its outbox waits. `active`: sends. `paused`: does nothing."""

    OBSERVING = "observing"
    ACTIVE = "active"
    PAUSED = "paused"


class Connection(FrozenStruct):
    """One link to a platform or carrier; `settings` are plain values, opened from the vault."""

    connection_id: str
    kind: str
    platform: str
    title: str
    store_id: str
    settings: Mapping[str, Any]
    capabilities: frozenset[str]
    accepts_tokens_of: frozenset[str]
    status: ConnectionStatus
    paused_reason: str
    last_error: str
    armed_from: datetime | None
    bookmark: str
    next_pull_at: datetime
    pulled_at: datetime | None
    failures: int
    version: int
    paused_flows: frozenset[str] = frozenset()

    @property
    def may_be_asked(self) -> bool:
        """For orders and notices of them."""
        return self.status is not ConnectionStatus.PAUSED and "orders" not in self.paused_flows


class Connections:
    """Opened keys are kept in memory by connection; they never change while a connection lives."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._keys: dict[str, SealingKey] = {}
        self._index: BlindIndex | None = None

    def open_index(self, uow: UnitOfWork) -> BlindIndex:
        """The key of the blind indexes; made at the first start."""
        if self._index is None:
            self._index = self._vault.unwrap_index(self._wrapped(uow, INDEX_KEY), INDEX_KEY)
        return self._index

    def open_named(self, uow: UnitOfWork, name: str) -> SealingKey:
        """A key of the hub itself, for what belongs to no connection; made when it is needed first."""
        return self._vault.unwrap(self._wrapped(uow, name), name)

    def _wrapped(self, uow: UnitOfWork, name: str) -> bytes:
        row = uow.one("SELECT wrapped FROM secrets WHERE name = :name", name=name)
        wrapped = bytes(row.wrapped) if row else self._vault.new_wrapped_key(name)
        if row is None:
            uow.change("INSERT INTO secrets VALUES (:name, :wrapped)", name=name, wrapped=wrapped)
        return wrapped

    def open_keys(self, uow: UnitOfWork, needed: Iterable[str] | None = None) -> None:
        """Open the data keys of connections (`needed` null: of all) that are not open yet."""
        if needed is None or not self._keys.keys() >= set(needed):
            for row in uow.all("SELECT id, data_key FROM connections"):
                self._opened(row)

    def _opened(self, row: Any) -> SealingKey:
        if row.id not in self._keys:
            self._keys[row.id] = self._vault.unwrap(bytes(row.data_key), row.id)
        return self._keys[row.id]

    def key(self, connection_id: str) -> SealingKey:
        """The data key of a connection whose keys were opened."""
        return self._keys[connection_id]

    def facts(self, uow: UnitOfWork) -> dict[str, ConnectionFacts]:
        """What deciding needs to know of every connection; opens their keys, not their settings."""
        rows = uow.all(
            "SELECT id, data_key, kind, platform, store_id, capabilities, accepts_tokens_of, status,"
            " armed_from FROM connections ORDER BY id"
        )
        for row in rows:
            self._opened(row)
        return {
            row.id: ConnectionFacts(
                connection_id=row.id,
                kind=row.kind,
                platform=row.platform,
                store_id=row.store_id or "",
                capabilities=frozenset(row.capabilities.split()),
                accepts_tokens_of=frozenset(row.accepts_tokens_of.split()),
                is_active=row.status == ConnectionStatus.ACTIVE,
                armed_from=from_micros(row.armed_from) if row.armed_from is not None else None,
            )
            for row in rows
        }

    def add(
        self,
        uow: UnitOfWork,
        *,
        connection_id: str,
        kind: str,
        platform: str,
        title: str,
        store_id: str,
        settings: Mapping[str, Any],
        capabilities: frozenset[str],
        accepts_tokens_of: frozenset[str],
    ) -> None:
        """A new connection observes; it sends nothing until it is armed."""
        wrapped = self._vault.new_wrapped_key(connection_id)
        key = self._vault.unwrap(wrapped, connection_id)
        uow.change(
            "INSERT INTO connections (id, kind, platform, title, store_id, data_key, settings, capabilities,"
            " accepts_tokens_of, status) VALUES (:id, :kind, :platform, :title, :store, :data_key, :settings,"
            " :capabilities, :tokens, :status)",
            id=connection_id,
            kind=kind,
            platform=platform,
            title=title,
            store=store_id or None,
            data_key=wrapped,
            settings=key.seal(msgspec.json.encode(dict(settings)), f"connection:{connection_id}:settings"),
            capabilities=" ".join(sorted(capabilities)),
            tokens=" ".join(sorted(accepts_tokens_of)),
            status=ConnectionStatus.OBSERVING.value,
        )
        self._keys[connection_id] = key

    def all(self, uow: UnitOfWork) -> list[Connection]:
        return [self._connection(row) for row in uow.all("SELECT * FROM connections ORDER BY id")]

    def one(self, uow: UnitOfWork, connection_id: str) -> Connection | None:
        row = uow.one("SELECT * FROM connections WHERE id = :id", id=connection_id)
        return self._connection(row) if row else None

    def _connection(self, row: Any) -> Connection:
        opened = self._opened(row).open(row.settings, f"connection:{row.id}:settings")
        return Connection(
            connection_id=row.id,
            kind=row.kind,
            platform=row.platform,
            title=row.title,
            store_id=row.store_id or "",
            settings=msgspec.json.decode(opened),
            capabilities=frozenset(row.capabilities.split()),
            accepts_tokens_of=frozenset(row.accepts_tokens_of.split()),
            status=ConnectionStatus(row.status),
            paused_reason=row.paused_reason,
            last_error=row.last_error,
            armed_from=from_micros(row.armed_from) if row.armed_from is not None else None,
            bookmark=row.bookmark,
            next_pull_at=from_micros(row.next_pull_at),
            pulled_at=from_micros(row.pulled_at) if row.pulled_at is not None else None,
            failures=row.failures,
            version=row.version,
            paused_flows=frozenset(row.paused_flows.split()),
        )

    def credentials(self, uow: UnitOfWork, connection_id: str) -> dict[str, str]:
        """Tokens renewed last; empty before the first renewal."""
        row = uow.one("SELECT id, data_key, credentials FROM connections WHERE id = :id", id=connection_id)
        if row is None or row.credentials is None:
            return {}
        place = f"connection:{connection_id}:credentials"
        opened: dict[str, str] = msgspec.json.decode(self._opened(row).open(row.credentials, place))
        return opened

    def token_ends(self, uow: UnitOfWork) -> dict[str, datetime]:
        """Connection → when the first of its access tokens ends, of those whose platform says so."""
        rows = uow.all("SELECT id, data_key, credentials FROM connections WHERE credentials IS NOT NULL")
        found = {}
        for row in rows:
            opened = self._opened(row).open(row.credentials, f"connection:{row.id}:credentials")
            tokens: dict[str, str] = msgspec.json.decode(opened)
            ends = [value for name, value in tokens.items() if name.endswith(_ENDS)]
            if ends:
                found[row.id] = min(map(datetime.fromisoformat, ends))
        return found

    def begin_renewal(self, uow: UnitOfWork, connection_id: str, lease_now: int, lease: timedelta) -> int:
        """Become the one who renews: the end of the lease, which proves it is ours; 0 while somebody else
        renews."""
        until = lease_now + lease // timedelta(microseconds=1)
        is_ours = uow.change(
            "UPDATE connections SET renewing_until = :until WHERE id = :id AND renewing_until <= :now",
            id=connection_id,
            now=lease_now,
            until=until,
        )
        return until if is_ours else 0

    def save_credentials(
        self, uow: UnitOfWork, connection_id: str, tokens: Mapping[str, str], lease: int
    ) -> bool:
        """Store renewed tokens; false if the lease ran out and somebody else renews or has renewed."""
        place = f"connection:{connection_id}:credentials"
        return bool(
            uow.change(
                "UPDATE connections SET credentials = :sealed WHERE id = :id AND renewing_until = :lease",
                sealed=self._keys[connection_id].seal(msgspec.json.encode(dict(tokens)), place),
                id=connection_id,
                lease=lease,
            )
        )

    def end_renewal(self, uow: UnitOfWork, connection_id: str, lease: int) -> None:
        """Let the next one renew, unless the lease ran out and somebody else does already."""
        uow.change(
            "UPDATE connections SET renewing_until = 0 WHERE id = :id AND renewing_until = :lease",
            id=connection_id,
            lease=lease,
        )

    def replace_settings(self, uow: UnitOfWork, connection_id: str, settings: Mapping[str, Any]) -> None:
        """New settings (re-authorisation); former tokens are forgotten."""
        sealed = self.key(connection_id).seal(
            msgspec.json.encode(dict(settings)), f"connection:{connection_id}:settings"
        )
        uow.change(
            "UPDATE connections SET settings = :sealed, credentials = NULL, version = version + 1"
            " WHERE id = :id",
            sealed=sealed,
            id=connection_id,
        )

    def rotate_keys(self, uow: UnitOfWork) -> int:
        """Re-wrap every data key under the master key in use; returns how many."""
        rows = uow.all("SELECT id, data_key AS wrapped FROM connections")
        for row in rows:
            uow.change(
                "UPDATE connections SET data_key = :wrapped WHERE id = :id",
                id=row.id,
                wrapped=self._vault.rewrap(bytes(row.wrapped), row.id),
            )
        for each in uow.all("SELECT name, wrapped FROM secrets"):
            uow.change(
                "UPDATE secrets SET wrapped = :wrapped WHERE name = :name",
                name=each.name,
                wrapped=self._vault.rewrap(bytes(each.wrapped), each.name),
            )
        return len(rows)

    def remove(self, uow: UnitOfWork, connection_id: str) -> bool:
        """Forget a connection that no order and no parcel needs; false if one does."""
        needed = uow.one(
            "SELECT 1 FROM orders WHERE connection_id = :id"
            " UNION ALL SELECT 1 FROM consignments WHERE carrier_connection_id = :id LIMIT 1",
            id=connection_id,
        )
        if needed:
            return False
        for table in ("inbox", "notices", "listings", "outbox", "completeness", "completeness_gaps"):
            uow.change(f"DELETE FROM {table} WHERE connection_id = :id", id=connection_id)
        uow.change("DELETE FROM webhook_registrations WHERE connection_id = :id", id=connection_id)
        uow.change("DELETE FROM connections WHERE id = :id", id=connection_id)
        self._keys.pop(connection_id, None)
        return True

    def pause(self, uow: UnitOfWork, connection_id: str, reason: str) -> None:
        """Stop using a connection; what waits for it keeps waiting."""
        uow.change(
            "UPDATE connections SET status = :paused, paused_reason = :reason, version = version + 1"
            " WHERE id = :id AND status <> :paused",
            paused=ConnectionStatus.PAUSED.value,
            reason=reason,
            id=connection_id,
        )

    def resume(self, uow: UnitOfWork, connection_id: str) -> None:
        """Use a paused connection again, in the state that it had."""
        uow.change(
            "UPDATE connections SET status = CASE WHEN armed_from IS NULL THEN :observing ELSE :active END,"
            " paused_reason = '', failures = 0, next_pull_at = 0, next_poll_at = 0, version = version + 1"
            " WHERE id = :id AND status = :paused",
            observing=ConnectionStatus.OBSERVING.value,
            active=ConnectionStatus.ACTIVE.value,
            paused=ConnectionStatus.PAUSED.value,
            id=connection_id,
        )
        uow.wake("pull", connection_id)
        uow.wake("work_outbox", connection_id)
        uow.wake("register_webhooks", connection_id, "bulk")

    def plan_arming(self, uow: UnitOfWork, connection_id: str, from_date: datetime) -> None:
        """Say from when on orders count, before anything is sent: what is older can be settled first."""
        uow.change(
            "UPDATE connections SET armed_from = :armed WHERE id = :id",
            armed=micros(from_date),
            id=connection_id,
        )

    def arm(self, uow: UnitOfWork, connection_id: str, from_date: datetime) -> None:
        """Start sending; orders placed before `from_date` are history without effects."""
        uow.change(
            "UPDATE connections SET status = :active, armed_from = :armed, version = version + 1"
            " WHERE id = :id",
            active=ConnectionStatus.ACTIVE.value,
            armed=micros(from_date),
            id=connection_id,
        )
        uow.wake("pull", connection_id)
        uow.wake("register_webhooks", connection_id, "bulk")

    def turn_page(self, uow: UnitOfWork, connection_id: str, *, before: str, after: str) -> bool:
        """Move the bookmark; false if somebody else moved it meanwhile."""
        return bool(
            uow.change(
                "UPDATE connections SET bookmark = :after WHERE id = :id AND bookmark = :before",
                id=connection_id,
                before=before,
                after=after,
            )
        )

    def pulled(self, uow: UnitOfWork, connection_id: str, now: datetime, every: timedelta) -> None:
        """A pull ended well: the next is due after `every`."""
        uow.change(
            "UPDATE connections SET pulled_at = :now, next_pull_at = :next, failures = 0, last_error = ''"
            " WHERE id = :id",
            now=micros(now),
            next=micros(now + every),
            id=connection_id,
        )

    def polled(self, uow: UnitOfWork, connection_id: str, next_at: datetime) -> None:
        """The queue was emptied, or it failed: it is looked at again at `next_at`."""
        uow.change(
            "UPDATE connections SET next_poll_at = :next WHERE id = :id",
            next=micros(next_at),
            id=connection_id,
        )

    def works(self, uow: UnitOfWork, connection_id: str) -> None:
        """Failures of before are over."""
        uow.change("UPDATE connections SET failures = 0, last_error = '' WHERE id = :id", id=connection_id)

    def failed(self, uow: UnitOfWork, connection_id: str, error: str, retry_at: datetime) -> None:
        """A pull failed for now: it is tried again at `retry_at`."""
        uow.change(
            "UPDATE connections SET failures = failures + 1, last_error = :error, next_pull_at = :next"
            " WHERE id = :id",
            error=error[:500],
            next=micros(retry_at),
            id=connection_id,
        )

    def with_capability(self, uow: UnitOfWork, capability: str) -> list[str]:
        """Connections in use whose connector has a capability, by class name."""
        facts = self.facts(uow).values()
        return [each.connection_id for each in facts if each.is_active and capability in each.capabilities]

    def due_pulls(self, uow: UnitOfWork, now: datetime) -> list[str]:
        """Connections whose pull is due."""
        return [
            row.id
            for row in uow.all(
                "SELECT id FROM connections WHERE status <> :paused AND kind = 'store'"
                " AND paused_flows NOT LIKE '%orders%' AND next_pull_at <= :now ORDER BY next_pull_at, id",
                paused=ConnectionStatus.PAUSED.value,
                now=micros(now),
            )
        ]

    def due_polls(self, uow: UnitOfWork, now: datetime) -> list[str]:
        """Connections whose queue is to be looked at."""
        return [
            row.id
            for row in uow.all(
                "SELECT id FROM connections WHERE status <> :paused AND next_poll_at <= :now"
                " AND paused_flows NOT LIKE '%orders%'"
                " AND capabilities LIKE '%PollsNotices%' ORDER BY next_poll_at, id",
                paused=ConnectionStatus.PAUSED.value,
                now=micros(now),
            )
        ]
