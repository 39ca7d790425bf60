"""Tokens of the API and what they may do; the trail of what was done with them.

A token is `oh_PREFIX_SECRET`. Only its keyed digest is stored, so that a copy of the database opens nothing;
the prefix is for people, who have to recognise a token, and for the look-up.
"""

import hmac
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.vault import BlindIndex
from mappings.structs import FrozenStruct

PREFIX_BYTES = 5
SECRET_BYTES = 32
_TOKEN = re.compile(rf"oh_([0-9a-f]{{{2 * PREFIX_BYTES}}})_[0-9a-f]{{{2 * SECRET_BYTES}}}", re.ASCII)


class Role(StrEnum):
    """Each may do what those before it may: look, act on orders and stock, configure."""

    VIEWER = "viewer"
    CLERK = "clerk"
    ADMINISTRATOR = "administrator"

    def may(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Token(FrozenStruct):
    """`used_at` is exact to a minute or so; null: never used."""

    prefix: str
    name: str
    role: Role
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    @property
    def actor(self) -> str:
        """How decisions and the trail name it."""
        return f"token:{self.name}"


class Trace(FrozenStruct):
    """Something that was done through the API."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]


class NameTaken(Exception):
    """A token of this name is in use."""


def new_token(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """What a program sends as `Authorization: Bearer …`; shown once and stored nowhere."""
    return f"oh_{random_bytes(PREFIX_BYTES).hex()}_{random_bytes(SECRET_BYTES).hex()}"


def prefix_of(text: str) -> str:
    """The part that may be shown; empty if it cannot be a token."""
    found = _TOKEN.fullmatch(text)
    return found[1] if found else ""


def add(
    uow: UnitOfWork,
    text: str,
    name: str,
    role: Role,
    *,
    index: BlindIndex,
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Raises `NameTaken` if a token of this name is in use."""
    if uow.one("SELECT 1 FROM api_tokens WHERE name = :name AND revoked_at IS NULL", name=name):
        raise NameTaken(name)
    uow.change(
        "INSERT INTO api_tokens (prefix, name, digest, role, made_by, made_at, expires_at)"
        " VALUES (:prefix, :name, :digest, :role, :actor, :now, :expires)",
        prefix=prefix_of(text),
        name=name,
        digest=_digest(text, index),
        role=role.value,
        actor=actor,
        now=micros(now),
        expires=None if expires_at is None else micros(expires_at),
    )


def tokens(uow: UnitOfWork) -> list[Token]:
    """All that ever were, by name."""
    return [_token(row) for row in uow.all("SELECT * FROM api_tokens ORDER BY name, made_at")]


def revoke(uow: UnitOfWork, name: str, now: datetime) -> bool:
    """The token opens nothing from now on; false if none of that name is in use."""
    return bool(
        uow.change(
            "UPDATE api_tokens SET revoked_at = :now WHERE name = :name AND revoked_at IS NULL",
            now=micros(now),
            name=name,
        )
    )


def recognised(uow: UnitOfWork, text: str, index: BlindIndex, now: datetime) -> Token | None:
    """The token that this is, compared in constant time; null if it is none, revoked or expired."""
    row = uow.one("SELECT * FROM api_tokens WHERE prefix = :prefix", prefix=prefix_of(text))
    if not hmac.compare_digest(row.digest if row else "", _digest(text, index)) or row is None:
        return None
    token = _token(row)
    is_over = token.expires_at is not None and token.expires_at <= now
    return None if token.revoked_at or is_over else token


def note_use(uow: UnitOfWork, used: Mapping[str, datetime]) -> None:
    """Prefix → when it was used last."""
    uow.change(
        f"UPDATE api_tokens SET used_at = k.at FROM {keys(uow, prefix='text', at='bigint')}"
        " WHERE api_tokens.prefix = k.prefix AND COALESCE(api_tokens.used_at, 0) < k.at",
        keys=packed([{"prefix": prefix, "at": micros(at)} for prefix, at in sorted(used.items())]),
    )


def _digest(text: str, index: BlindIndex) -> str:
    """A message authentication code under the hub's index key (keyed BLAKE2b); the first words keep it apart
    from what else that key is for."""
    return index(f"api token {text}")


def record(
    uow: UnitOfWork,
    trace_id: str,
    actor: str,
    action: str,
    subject: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    """Add a line to the trail; `facts` must not hold personal values."""
    uow.change(
        "INSERT INTO audit_trail (id, at, actor, action, subject, facts)"
        " VALUES (:id, :at, :actor, :action, :subject, :facts)",
        id=trace_id,
        at=micros(now),
        actor=actor,
        action=action,
        subject=subject,
        facts=msgspec.json.encode(facts).decode(),
    )


def trail(uow: UnitOfWork, *, actor: str = "", before: str = "", limit: int) -> Sequence[Trace]:
    """The newest first; `before` is the id of the last line of the page before."""
    rows = uow.all(
        "SELECT id, at, actor, action, subject, facts FROM audit_trail"
        " WHERE (:actor = '' OR actor = :actor) AND (:before = '' OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        actor=actor,
        before=before,
        limit=limit,
    )
    return [
        Trace(**{**row._asdict(), "at": from_micros(row.at), "facts": msgspec.json.decode(row.facts)})
        for row in rows
    ]


def _token(row: Any) -> Token:
    def instant(value: int | None) -> datetime | None:
        return None if value is None else from_micros(value)

    return Token(
        prefix=row.prefix,
        name=row.name,
        role=Role(row.role),
        made_by=row.made_by,
        made_at=from_micros(row.made_at),
        expires_at=instant(row.expires_at),
        revoked_at=instant(row.revoked_at),
        used_at=instant(row.used_at),
    )
