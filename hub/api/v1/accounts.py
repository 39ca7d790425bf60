"""Tokens, and the trail of what was done with them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from hub.api.v1.endpoint import Call, Endpoint, Nothing, Paged, Told
from hub.storage import accounts
from hub.storage.accounts import Role


class TokenShown(Told):
    """`used_at` null: never used."""

    prefix: str
    name: str
    role: str
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


class TokenList(Told):
    items: list[TokenShown]


class TrailOf(Paged):
    actor: str = Field("", max_length=60, description="For example token:till.")


class TraceShown(Told):
    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, Any]


class TrailPage(Told):
    items: list[TraceShown]
    after: str


def tokens(call: Call, asked: Nothing) -> TokenList:
    return TokenList(items=[TokenShown.model_validate(each) for each in accounts.tokens(call.uow)])


def trail(call: Call, asked: TrailOf) -> TrailPage:
    rows = accounts.trail(call.uow, actor=asked.actor, before=asked.after, limit=asked.limit + 1)
    items = [TraceShown.model_validate(each) for each in rows[: asked.limit]]
    return TrailPage(items=items, after=items[-1].id if len(rows) > asked.limit else "")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/tokens",
        name="list tokens",
        role=Role.ADMINISTRATOR,
        summary="All tokens that ever were, without their secrets.",
        asks=Nothing,
        answers=TokenList,
        work=tokens,
    ),
    Endpoint(
        method="GET",
        path="/audit-trail",
        name="read trail",
        role=Role.ADMINISTRATOR,
        summary="What was done through the API, the newest first.",
        asks=TrailOf,
        answers=TrailPage,
        work=trail,
    ),
)
