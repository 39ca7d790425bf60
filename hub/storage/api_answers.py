"""Answers to writes that are kept for a day, so that a request which is sent twice is done once."""

from datetime import datetime, timedelta

from hub.clock import micros
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

KEPT_FOR = timedelta(hours=24)


class Kept(FrozenStruct):
    """`request` is the digest of what was asked for."""

    request: str
    status: int
    body: str


def kept(uow: UnitOfWork, prefix: str, key: str, now: datetime) -> Kept | None:
    """What this token's request of that key was answered within the last day."""
    row = uow.one(
        "SELECT request, status, body FROM api_answers WHERE prefix = :prefix AND key = :key AND at > :since",
        prefix=prefix,
        key=key,
        since=micros(now - KEPT_FOR),
    )
    return Kept(request=row.request, status=row.status, body=row.body) if row else None


def keep(uow: UnitOfWork, prefix: str, key: str, answer: Kept, now: datetime) -> None:
    """Of two that run at once the later one fails with an integrity error, and finds the answer when it is
    tried again. What is older than a day is forgotten on the way."""
    uow.change("DELETE FROM api_answers WHERE at <= :before", before=micros(now - KEPT_FOR))
    uow.change(
        "INSERT INTO api_answers (prefix, key, request, status, body, at)"
        " VALUES (:prefix, :key, :request, :status, :body, :now)",
        prefix=prefix,
        key=key,
        request=answer.request,
        status=answer.status,
        body=answer.body,
        now=micros(now),
    )
