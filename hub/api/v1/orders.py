"""Orders: found, shown, explained."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime, Field

from hub.api.v1.endpoint import Asked, Call, Endpoint, Paged, Told
from hub.api.v1.problems import Refused, unprocessable
from hub.domain.order import Stage, headline
from hub.pipeline.by_name import named_order, sealed_words
from hub.storage import deadlines, saved_filters, tags
from hub.storage.accounts import Role
from hub.storage.search import PERSONAL, BadSearch, OrderSearch, blinded, search
from hub.storage.showing import order_facts, parcel_facts
from hub.storage.story import tell

_TEXT: Any = Field("", max_length=200)


class Search(Paged):
    """All filters that are given must fit. `number`, `external_id`, `sku`, `tracking` and `tag` may end with
    `*`; `buyer`, `phone`, `email` and `address` are found whole, and only by a clerk."""

    number: str = _TEXT
    external_id: str = _TEXT
    sku: str = _TEXT
    tag: str = _TEXT
    tracking: str = _TEXT
    buyer: str = _TEXT
    phone: str = _TEXT
    email: str = _TEXT
    address: str = _TEXT
    stage: Stage | None = None
    hold_reason: str = _TEXT
    store: str = _TEXT
    connection: str = _TEXT
    carrier: str = _TEXT
    placed_from: AwareDatetime | None = None
    placed_until: AwareDatetime | None = Field(None, description="The first instant that is too late.")
    amount_from: Decimal | None = Field(None, description="Needs `currency`, as `amount_to` does.")
    amount_to: Decimal | None = None
    currency: str = _TEXT
    saved: str = Field("", max_length=40, description="Start from this saved filter.")


class Why(Told):
    """A code for machines and a sentence for people; `until`: it ends by itself then."""

    code: str
    text: str
    until: datetime | None


class Listed(Told):
    """An order in a list: no personal values."""

    id: str
    number: str
    external_id: str
    store: str
    connection: str
    stage: str
    reasons: list[Why]
    placed_at: datetime
    received_at: datetime
    changed_at: datetime
    due_at: datetime | None
    currency: str
    total: str
    is_history: bool


class OrderPage(Told):
    """`after` goes on; empty: that was all. `is_cut`: the filters have no index together, so the page is not
    full and yet there may be more."""

    items: list[Listed]
    after: str
    ordered_by: str
    is_cut: bool


class Line(Told):
    line: str
    sku: str
    title: str
    quantity: int
    to_ship: int
    total: str


class ParcelShown(Told):
    """`status` is what the carrier reports: null until it reports something."""

    parcel: str
    contents: str
    stage: str
    carrier: str | None
    tracking_number: str | None
    status: str | None
    told: bool
    travels_as: str | None = Field(description="The parcel of several orders that it shares.")


class OrderShown(Told):
    """Personal values (buyer, email, phone, ship_to, note) are masked unless they were revealed."""

    id: str
    version: int
    number: str
    external_id: str
    store: str
    connection: str
    stage: str
    now: str
    reasons: list[Why]
    overruled: list[str]
    placed_at: datetime
    due_at: datetime | None
    payment: str
    currency: str
    total: str
    buyer: str
    email: str
    phone: str
    ship_to: str
    note: str
    tags: list[str]
    lines: list[Line]
    parcels: list[ParcelShown]


class Reveal(Asked):
    reveal: bool = Field(False, description="Show personal values: needs a clerk, and the trail keeps it.")


class Happened(Told):
    at: datetime
    kind: str
    text: str
    actor: str
    reasons: list[Why]
    reference: str


class Story(Told):
    id: str
    number: str
    items: list[Happened]


class AtRisk(Asked):
    within: timedelta = Field(
        timedelta(hours=24), ge=timedelta(0), le=timedelta(days=3660), description="ISO 8601: PT24H."
    )
    store: str = _TEXT
    limit: int = Field(50, ge=1, le=1_000)


class Urgent(Told):
    items: list[Listed]


def found(call: Call, asked: Search) -> OrderPage:
    given = asked.model_dump(exclude={"limit", "after", "saved"})
    given["stage"] = asked.stage.value if asked.stage else ""
    if not call.token.role.may(Role.CLERK) and (personal := sorted(n for n in PERSONAL if given[n])):
        raise Refused(403, f"{', '.join(personal)}: only a clerk looks for personal values")
    try:
        wanted = blinded(OrderSearch(**given), call.index)
        if asked.saved:
            wanted = saved_filters.over(saved_filters.load(call.uow, asked.saved), wanted)
        page = search(call.uow, wanted, limit=asked.limit, after=asked.after)
    except BadSearch as error:
        field = str(error).partition(" ")[0]
        raise unprocessable(field, None, str(error)) from None
    return OrderPage(
        items=[Listed.model_validate(each) for each in page.orders],
        after=page.after,
        ordered_by=page.ordered_by,
        is_cut=page.is_cut,
    )


def shown(call: Call, asked: Reveal) -> OrderShown:
    stored = named_order(call.hub.books, call.uow, call.path["order"])
    order = stored.order
    return OrderShown.model_validate(
        {
            **order_facts(order, asked.reveal),
            "version": stored.version,
            "reasons": order.reasons,
            "due_at": order.due_at,
            "currency": order.sales.currency,
            "total": str(order.sales.total),
            "tags": tags.of_order(call.uow, order.order_id),
            "parcels": parcel_facts(order),
        }
    )


def explained(call: Call, asked: Reveal) -> Story:
    order = named_order(call.hub.books, call.uow, call.path["order"]).order
    words = sealed_words(call.hub.books.connections, order) if asked.reveal else None
    lines = tell(call.uow, order, call.now, words)
    return Story(
        id=order.order_id,
        number=order.sales.order_number,
        items=[Happened.model_validate(each) for each in lines],
    )


def at_risk(call: Call, asked: AtRisk) -> Urgent:
    rows = deadlines.due(call.uow, call.now + asked.within, asked.limit, asked.store)
    return Urgent(items=[Listed.model_validate(each) for each in rows])


class OrderState(Told):
    """Where an order stands after a decision."""

    id: str
    version: int
    number: str
    stage: str
    now: str
    reasons: list[Why]


def state(call: Call, order_id: str) -> OrderState:
    """As it is in this transaction."""
    stored = call.hub.books.orders.by_ids(call.uow, [order_id], locked=False)[order_id]
    order = stored.order
    return OrderState(
        id=order.order_id,
        version=stored.version,
        number=order.sales.order_number,
        stage=order.stage,
        now=headline(order),
        reasons=[Why.model_validate(each) for each in order.reasons],
    )


def _get(path: str, name: str, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="GET", path=path, name=name, role=Role.VIEWER, summary=summary, **more)


ENDPOINTS = (
    _get(
        "/orders",
        "search orders",
        "Orders of all stores that fit all filters, the newest first.",
        asks=Search,
        answers=OrderPage,
        work=found,
        private=PERSONAL,
    ),
    _get(
        "/orders/{order}",
        "show order",
        "One order by the hub's id, the platform's id or its number.",
        asks=Reveal,
        answers=OrderShown,
        work=shown,
    ),
    _get(
        "/orders/{order}/story",
        "explain order",
        "The story of one order from the first byte to the last.",
        asks=Reveal,
        answers=Story,
        work=explained,
    ),
    _get(
        "/at-risk",
        "list orders at risk",
        "Orders of which something must leave soon, the most urgent first.",
        asks=AtRisk,
        answers=Urgent,
        work=at_risk,
    ),
)
