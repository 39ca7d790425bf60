"""Stock: what is on hand, promised and available; counts."""

from typing import Annotated

from pydantic import Field, StringConstraints

from hub.api.v1.endpoint import Asked, Call, Endpoint, Paged, Told
from hub.api.v1.problems import Fault, Refused
from hub.pipeline.counting import BelowPromise, count_stock
from hub.storage import queries, stores
from hub.storage.accounts import Role
from hub.storage.stock import Count as Counted


class Levels(Paged):
    sku: str = Field("", max_length=200, description="One SKU; empty: all.")


class Level(Told):
    """One SKU at one location. What was never counted is not in the list: unknown, not 0."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    available: int


class LevelPage(Told):
    items: list[Level]
    after: str


class Count(Asked):
    sku: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    location: str = Field(max_length=40)
    on_hand: int = Field(ge=0, le=999_999_999, description="Units that are physically there.")


class Counts(Asked):
    counts: list[Count] = Field(min_length=1, max_length=10_000)
    reference: str = Field("by API", max_length=200, description="What the ledger names as the cause.")


class Applied(Told):
    read: int
    changed: int


def levels(call: Call, asked: Levels) -> LevelPage:
    sku, _, location = asked.after.rpartition("@")
    rows = queries.stock(call.uow, asked.sku, after=(sku, location), limit=asked.limit + 1)
    page = rows[: asked.limit]
    more = len(rows) > asked.limit
    return LevelPage(
        items=[Level.model_validate(each) for each in page],
        after=f"{page[-1].sku}@{page[-1].location}" if more else "",
    )


def count(call: Call, asked: Counts) -> Applied:
    """All counts, or none."""
    _check(asked, {each.location_id for each in stores.locations(call.uow)})
    counts = [Counted(sku=each.sku, location_id=each.location, on_hand=each.on_hand) for each in asked.counts]
    try:
        changed = count_stock(
            call.hub.books, call.uow, counts, call.now, actor=call.token.actor, reference=asked.reference
        )
    except BelowPromise as error:
        raise Refused(409, str(error)) from None
    return Applied(read=len(counts), changed=changed)


def _check(asked: Counts, locations: set[str]) -> None:
    faults, seen = [], set()
    for number, each in enumerate(asked.counts):
        if each.location not in locations:
            there = ", ".join(sorted(locations)) or "none yet"
            faults.append((f"counts.{number}.location", each.location, f"is no location; there are: {there}"))
        if not each.sku.isprintable():
            faults.append((f"counts.{number}.sku", each.sku, "cannot be a SKU: printable characters only"))
        if (each.sku, each.location) in seen:
            faults.append((f"counts.{number}", each.sku, "is counted twice at one location: count it once"))
        seen.add((each.sku, each.location))
    if faults:
        found = [Fault(field=field, value=value, remedy=remedy) for field, value, remedy in faults]
        raise Refused(422, "nothing was counted: the request is not valid", found)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/stock",
        name="list stock",
        role=Role.VIEWER,
        summary="Stock by SKU and location.",
        asks=Levels,
        answers=LevelPage,
        work=levels,
    ),
    Endpoint(
        method="POST",
        path="/stock/counts",
        name="count stock",
        role=Role.CLERK,
        summary="Set what is physically there: all counts, or none.",
        asks=Counts,
        answers=Applied,
        work=count,
        reaudits=True,
    ),
)
