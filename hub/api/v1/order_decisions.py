"""Orders and their parcels: what a clerk decides about them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from hub.api.v1.endpoint import Asked, Call, Endpoint, Nothing, Told
from hub.api.v1.orders import OrderState, state
from hub.api.v1.problems import Refused, unprocessable
from hub.domain.order import Order
from hub.domain.refusal import readmit, refuse
from hub.domain.repack import join, split
from hub.pipeline import resume
from hub.pipeline.by_name import named_order, require_held
from hub.pipeline.resume import Decide
from hub.storage import labels, tags
from hub.storage.accounts import Role
from mappings.canonical import LineQuantity

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class WithReason(Asked):
    why: Text = Field(description="It becomes part of the order's story.")


class Release(Asked):
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    only: list[Text] = Field([], max_length=50, description="Codes of reasons to overrule; empty: all.")


class Tags(Asked):
    put: list[str] = Field([], max_length=50)
    off: list[str] = Field([], max_length=50)


class Units(Asked):
    line: Text
    quantity: int = Field(ge=1, le=999_999_999)


class Split(Asked):
    parcels: list[Annotated[list[Units], Field(min_length=1, max_length=500)]] = Field(
        min_length=1, max_length=100, description="Units of a parcel of their own, for each new parcel."
    )


class Merge(Asked):
    others: list[Text] = Field(
        min_length=1, max_length=50, description="Orders of the same receiver that travel in its parcel."
    )


class ShipByHand(Asked):
    carrier: Text
    number: Text = Field(description="The tracking number.")
    lines: list[Units] = Field([], max_length=500, description="Empty: all that waits.")


class Renumber(Asked):
    number: Text
    carrier: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = Field(
        "", description="The carrier that has it, if that was wrong too."
    )


class Readmit(Asked):
    location: Text


class Label(Told):
    """`content` is base64; where the carrier gave an address only, it is null and `address` has it."""

    parcel: str
    media_type: str
    content: str | None
    address: str | None


class Labels(Told):
    items: list[Label]


def hold(call: Call, asked: WithReason) -> OrderState:
    order_id = _order_id(call)
    resume.hold_orders(call.hub.books, call.uow, [order_id], asked.why, call.token.actor, call.now)
    return state(call, order_id)


def release(call: Call, asked: Release) -> OrderState:
    with _possible():
        order_id = _order_id(call, require_held)
        resume.release_orders(
            call.hub.books, call.uow, [order_id], asked.why, call.token.actor, call.now, asked.only
        )
    return state(call, order_id)


def tag(call: Call, asked: Tags) -> OrderState:
    if not asked.put and not asked.off:
        raise unprocessable("put", None, "say which tags: put, off or both")
    try:
        wanted, unwanted = list(map(tags.word, asked.put)), list(map(tags.word, asked.off))
    except ValueError as error:
        raise unprocessable("put", None, str(error)) from None
    order_id = _order_id(call)
    tags.put(call.uow, [order_id], wanted, call.token.actor, call.now)
    tags.take_off(call.uow, [order_id], unwanted)
    return state(call, order_id)


def split_(call: Call, asked: Split) -> OrderState:
    parcels = [_quantities(each) for each in asked.parcels]
    return _decided(call, lambda order, sent, _: split(order, parcels, sent))


def join_(call: Call, asked: Nothing) -> OrderState:
    return _decided(call, lambda order, sent, _: join(order, sent))


def merge_(call: Call, asked: Merge) -> OrderState:
    first = _order_id(call)
    ids = [first, *(named_order(call.hub.books, call.uow, each).order.order_id for each in asked.others)]
    if len(set(ids)) < len(ids):
        raise unprocessable("others", asked.others, "one order is named twice: name each once")
    with _possible():
        resume.merge_orders(call.hub.books, call.uow, ids, call.token.actor, call.now)
    return state(call, first)


def part_(call: Call, asked: Nothing) -> OrderState:
    order_id = _order_id(call)
    with _possible():
        resume.part_order(call.hub.books, call.uow, order_id, call.token.actor, call.now)
    return state(call, order_id)


def refuse_(call: Call, asked: WithReason) -> OrderState:
    parcel = call.path["parcel"]
    return _decided(call, lambda order, sent, snapshot: refuse(order, parcel, asked.why, sent, snapshot))


def readmit_(call: Call, asked: Readmit) -> OrderState:
    return _decided(call, lambda order, sent, _: readmit(order, asked.location))


def ship(call: Call, asked: ShipByHand) -> OrderState:
    order_id = _order_id(call)
    with _possible():
        resume.ship_by_hand(
            call.hub.books,
            call.uow,
            order_id,
            asked.carrier,
            asked.number,
            _quantities(asked.lines),
            call.token.actor,
            call.now,
        )
    return state(call, order_id)


def renumber(call: Call, asked: Renumber) -> OrderState:
    order_id = _order_id(call)
    with _possible():
        resume.renumber(
            call.hub.books,
            call.uow,
            order_id,
            call.path["parcel"],
            asked.carrier,
            asked.number,
            call.token.actor,
            call.now,
        )
    return state(call, order_id)


def labels_(call: Call, asked: Nothing) -> Labels:
    order = named_order(call.hub.books, call.uow, call.path["order"]).order
    key = call.hub.books.connections.key(order.connection_id)
    sealed = labels.of_order(call.uow, order.order_id)
    return Labels(
        items=[_label(each, key.open(value, labels.purpose(each)).decode()) for each, value in sealed.items()]
    )


def _label(parcel: str, given: str) -> Label:
    if picture := labels.embedded(given):
        media_type, content = picture
        return Label(parcel=parcel, media_type=media_type, content=content, address=None)
    return Label(parcel=parcel, media_type="", content=None, address=given)


def _order_id(call: Call, check: Callable[[Order], None] = lambda order: None) -> str:
    """The order in the address, in the version that the caller saw."""
    stored = named_order(call.hub.books, call.uow, call.path["order"], locked=True)
    call.require_version(stored.version)
    check(stored.order)
    return stored.order.order_id


def _decided(call: Call, decide: Decide) -> OrderState:
    order_id = _order_id(call)
    with _possible():
        resume.decide_again(call.hub.books, call.uow, [order_id], decide, call.now, actor=call.token.actor)
    return state(call, order_id)


@contextmanager
def _possible() -> Iterator[None]:
    """What cannot be done to an order as it stands is a conflict."""
    try:
        yield
    except ValueError as error:
        raise Refused(409, f"this cannot be done now: {error}") from None


def _quantities(units: Sequence[Units]) -> list[LineQuantity]:
    return [LineQuantity(line_id=each.line, quantity=each.quantity) for each in units]


def _post(
    path: str, name: str, summary: str, asks: type[Asked], work: Callable[[Call, Any], Any]
) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/orders/{{order}}{path}",
        name=name,
        role=Role.CLERK,
        summary=summary,
        asks=asks,
        answers=OrderState,
        work=work,
        versioned=True,
    )


ENDPOINTS = (
    _post("/hold", "hold order", "Stop an order; what has not left is taken back.", WithReason, hold),
    _post("/release", "release order", "Overrule what holds an order now.", Release, release),
    _post("/tags", "tag order", "Put words on an order, or take them off.", Tags, tag),
    _post("/split", "split order", "Let units travel in parcels of their own.", Split, split_),
    _post("/join", "join order", "Let everything that may travel together do so again.", Nothing, join_),
    _post("/merge", "merge orders", "Let other orders of its receiver travel in its parcel.", Merge, merge_),
    _post("/part", "part order", "Take it out of a parcel that it shares.", Nothing, part_),
    _post(
        "/readmit", "readmit location", "A location that refused can serve it after all.", Readmit, readmit_
    ),
    _post("/parcels", "ship by hand", "A parcel was booked elsewhere and left.", ShipByHand, ship),
    _post("/parcels/{parcel}/refuse", "refuse parcel", "Its location cannot send it.", WithReason, refuse_),
    _post("/parcels/{parcel}/number", "renumber parcel", "Correct its tracking number.", Renumber, renumber),
    Endpoint(
        method="GET",
        path="/orders/{order}/labels",
        name="read labels",
        role=Role.CLERK,
        summary="What carriers gave to print for its parcels.",
        asks=Nothing,
        answers=Labels,
        work=labels_,
        reveals=True,
    ),
)
