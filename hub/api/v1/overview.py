"""How the hub is: numbers, connections, cases."""

from datetime import datetime

from hub.api.v1.endpoint import Call, Endpoint, Nothing, Paged, Told
from hub.clock import from_micros
from hub.storage import queries
from hub.storage.accounts import Role
from hub.storage.overview import ConnectionState, overview


class ConnectionBrief(Told):
    """`pulled_at` null: never reached."""

    id: str
    platform: str
    kind: str
    status: str
    paused_reason: str
    last_error: str
    pulled_at: datetime | None


class OverviewShown(Told):
    """`orders` by stage; `backlog` by kind: rows that wait for work or for a person."""

    orders: dict[str, int]
    backlog: dict[str, int]
    connections: list[ConnectionBrief]


class ConnectionShown(Told):
    """A connection without its settings. `waiting` counts messages that its state holds back; `armed_from`
    null: it observes; `pulled_at` null: never reached."""

    id: str
    kind: str
    platform: str
    title: str
    store: str
    status: str
    paused_reason: str
    last_error: str
    armed_from: datetime | None
    pulled_at: datetime | None
    failures: int
    capabilities: list[str]
    waiting: int


class ConnectionPage(Told):
    items: list[ConnectionShown]
    after: str


class Case(Told):
    id: str
    opened_at: datetime
    kind: str
    status: str
    order: str
    number: str
    consignment: str
    reason: str


class CasePage(Told):
    items: list[Case]
    after: str


def show(call: Call, asked: Nothing) -> OverviewShown:
    seen = overview(call.uow)
    return OverviewShown(
        orders=dict(seen.orders),
        backlog=dict(seen.backlog),
        connections=[_brief(each) for each in seen.connections],
    )


def _brief(state: ConnectionState) -> ConnectionBrief:
    return ConnectionBrief(
        id=state.id,
        platform=state.platform,
        kind=state.kind,
        status=state.status,
        paused_reason=state.paused_reason,
        last_error=state.last_error,
        pulled_at=None if state.pulled_at is None else from_micros(state.pulled_at),
    )


def connections(call: Call, asked: Paged) -> ConnectionPage:
    later = [each for each in queries.connections(call.uow) if each.id > asked.after]
    items = [ConnectionShown.model_validate(each) for each in later[: asked.limit]]
    return ConnectionPage(items=items, after=items[-1].id if len(later) > asked.limit else "")


def cases(call: Call, asked: Paged) -> CasePage:
    rows = queries.cases(call.uow, before=asked.after, limit=asked.limit + 1)
    items = [Case.model_validate(each) for each in rows[: asked.limit]]
    return CasePage(items=items, after=items[-1].id if len(rows) > asked.limit else "")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/overview",
        name="show overview",
        role=Role.VIEWER,
        summary="How much of everything there is, and how connections are.",
        asks=Nothing,
        answers=OverviewShown,
        work=show,
    ),
    Endpoint(
        method="GET",
        path="/connections",
        name="list connections",
        role=Role.VIEWER,
        summary="All connections and how they are.",
        asks=Paged,
        answers=ConnectionPage,
        work=connections,
    ),
    Endpoint(
        method="GET",
        path="/cases",
        name="list cases",
        role=Role.VIEWER,
        summary="What a person has to look after, the newest first.",
        asks=Paged,
        answers=CasePage,
        work=cases,
    ),
)
