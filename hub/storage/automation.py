"""Automation rules: one row each, a version that counts its changes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, Column, Integer, Table, Text

from hub.clock import from_micros, micros
from hub.domain.automation_rules import AutomationRule
from hub.domain.effects import Effect, PutTag
from hub.domain.snapshot import LiveRule
from hub.storage import tags
from hub.storage.database import UnitOfWork
from hub.storage.tables import Instant, Key, metadata
from mappings.structs import FrozenStruct

_rules = Table(
    "automation_rules",
    metadata,
    Column("name", Key, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


class StoredRule(FrozenStruct):
    """A rule and how it stands; `actor` changed it last, at `at`."""

    rule: AutomationRule
    version: int
    is_enabled: bool
    actor: str
    at: datetime


def save(uow: UnitOfWork, rule: AutomationRule, actor: str, now: datetime) -> None:
    """A new rule is off. A changed one gets the next version and is off again until it was tried."""
    uow.change(
        "INSERT INTO automation_rules (name, rank, definition, version, is_enabled, actor, at)"
        " VALUES (:name, :rank, :definition, 1, :off, :actor, :at)"
        " ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, definition = excluded.definition,"
        " version = automation_rules.version + 1, is_enabled = excluded.is_enabled,"
        " actor = excluded.actor, at = excluded.at"
        " WHERE automation_rules.definition <> excluded.definition",
        name=rule.name,
        rank=rule.rank,
        definition=rule.model_dump_json(),
        off=False,
        actor=actor,
        at=micros(now),
    )


def switch(uow: UnitOfWork, name: str, enabled: bool, actor: str, now: datetime) -> None:
    uow.change(
        "UPDATE automation_rules SET is_enabled = :enabled, actor = :actor, at = :at WHERE name = :name",
        enabled=enabled,
        actor=actor,
        at=micros(now),
        name=name,
    )


def remove(uow: UnitOfWork, name: str) -> None:
    uow.change("DELETE FROM automation_rules WHERE name = :name", name=name)


def rules(uow: UnitOfWork) -> list[StoredRule]:
    """All of them, in the order in which they fire."""
    return [
        StoredRule(
            rule=AutomationRule.model_validate_json(row.definition),
            version=row.version,
            is_enabled=bool(row.is_enabled),
            actor=row.actor,
            at=from_micros(row.at),
        )
        for row in uow.all("SELECT * FROM automation_rules ORDER BY rank, name")
    ]


def live_rules(uow: UnitOfWork) -> tuple[LiveRule, ...]:
    """Those that are on, in the order in which they fire."""
    return tuple(LiveRule(rule=each.rule, version=each.version) for each in rules(uow) if each.is_enabled)


def apply(uow: UnitOfWork, effects: Sequence[Effect], now: datetime) -> None:
    """Put the tags that rules asked for; no statement where none did. The orders must be stored."""
    wanted = [
        (each.order_id, each.tag, f"automation:{each.rule}") for each in effects if isinstance(each, PutTag)
    ]
    if wanted:
        tags.put_each(uow, wanted, now)
