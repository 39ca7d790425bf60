"""Documents become canonical values: exactly, always the same way, and never with another error.

Golden documents: `fixtures/order*.json`, `listing*.json`, `tracking*.json`, each with what it must become in
`expected/<same name>` beside the folder `fixtures` (msgspec's JSON of the canonical value).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path as File
from typing import Any, cast

import msgspec

from connectors.kit.capabilities import PullsOrders
from connectors.kit.conformance import mutations
from connectors.kit.conformance.checks import Bench, Checks, NotApplicable, require
from connectors.kit.conformance.values import reconciles, sound
from connectors.kit.conformance.world import mapping_of, open_store, pull, purchase
from connectors.kit.twin import KnownOrder
from mappings.canonical import SalesOrder
from mappings.errors import MappingError

CHECKS = Checks("mapping")
GOLDEN = Checks("mapping")

Read = Callable[[bytes], Any]


async def order_documents(bench: Bench) -> tuple[list[bytes], dict[str, KnownOrder]]:
    """One document of each kind of order that the twin can make, and what the platform knows of them."""
    rig, twin = open_store(bench)
    plain = twin.place_order(purchase(bench))
    twin.place_order(purchase(bench, 2, paid=False))
    twin.place_order(purchase(bench, 3, note="Ring twice, «please» 🙏"))
    twin.place_order(purchase(bench, 4, items=(("C-2", 1),), is_test=True))
    twin.place_order(purchase(bench, 5, cash_on_delivery=True, paid=False))
    cancelled, refunded, paid = (twin.place_order(purchase(bench, 6 + it, paid=it < 2)) for it in range(3))
    rig.clock.advance(timedelta(minutes=1))
    twin.cancel_order(cancelled)
    twin.refund_line(refunded, 0, 1)
    twin.pay_order(paid)
    rig.clock.advance(timedelta(minutes=5))
    latest = (await pull(rig)).latest
    require(plain in latest, "the twin's plain order did not arrive")
    return [it.document for it in latest.values()], {order.order_id: order for order in twin.orders()}


@CHECKS.add(PullsOrders)
async def orders_are_as_the_platform_knows_them(bench: Bench) -> None:
    """Id, time, quantities and cancellation are the platform's; totals reconcile; values are sound."""
    documents, known = await order_documents(bench)
    for document in documents:
        order: SalesOrder = mapping_of(bench).read_order(document)
        require(order.external_id in known, "an order's external id is not the one it was delivered under")
        sound(order, f"order {order.external_id}")
        _agree(order, known[order.external_id])
        reconciles(order, f"order {order.external_id}")


def _agree(order: SalesOrder, known: KnownOrder) -> None:
    where = f"order {known.order_id}"
    apart = abs(order.placed_at - known.placed_at)
    require(apart < timedelta(seconds=2), f"{where}: its time is off by {apart}; is the zone right?")
    require((order.cancelled_at is not None) == known.cancelled, f"{where}: cancelled is {known.cancelled}")
    wanted = {line.line_id: line.quantity_wanted for line in order.lines}
    if not known.cancelled:
        require(wanted == dict(known.quantities), f"{where}: other quantities than the platform's")


@CHECKS.add(PullsOrders)
async def same_input_same_output(bench: Bench) -> None:
    """Reading is a function of the bytes alone."""
    read = mapping_of(bench).read_order
    for document in (await order_documents(bench))[0]:
        first, second = msgspec.json.encode(read(document)), msgspec.json.encode(read(bytes(document)))
        require(first == second, "the same document was read in two ways")


@CHECKS.add(PullsOrders)
async def spoiled_orders_are_refused_with_a_path(bench: Bench) -> None:
    """Each field removed or spoiled: an error with a path, or a sound order; never another exception."""
    documents = (await order_documents(bench))[0]
    endure(mapping_of(bench).read_order, documents[:1] + documents[-1:], private(bench))


@CHECKS.add(PullsOrders)
async def new_fields_never_park(bench: Bench) -> None:
    """A platform that adds a field changes nothing, and the drift is seen."""
    document = (await order_documents(bench))[0][0]
    mapping = mapping_of(bench)
    plain = mapping.read_order(document)
    for path, grown in mutations.with_new_fields(_as_json(document)):
        require(mapping.read_order(grown) == plain, f"a new field in {path} changed the order")
    new = mutations.as_bytes({**_as_json(document), mutations.NEW_FIELD: 1})
    drift = " ".join(mapping.unknown_order_fields(new))
    require(mutations.NEW_FIELD in drift, "`unknown_order_fields` does not see a new field")


@CHECKS.add(PullsOrders)
async def unknown_payment_codes_are_not_guessed(bench: Bench) -> None:
    """Where a text decides whether an order is paid, a text that nobody knows is refused or held."""
    documents = [_as_json(it) for it in (await order_documents(bench))[0]]
    read = mapping_of(bench).read_order
    for document in documents:
        before = _payment(read, document)
        for path in mutations.paths(document):
            others = {it for other in documents if isinstance(it := mutations.at(other, path), str)}
            if len(others) < 2 or not isinstance(mutations.at(document, path), str):
                continue
            guessed = _payment(read, mutations.replaced(document, path, mutations.UNKNOWN_CODE))
            require(guessed in (before, None), f"an unknown code at {path} was read as {guessed!r}")


def _payment(read: Read, document: Any) -> str | None:
    """Null: refused, or held for a person."""
    try:
        order: SalesOrder = read(mutations.as_bytes(document))
    except MappingError:
        return None
    return None if order.platform_hold else str(order.payment_status)


@GOLDEN.add()
async def golden_documents_are_read_as_expected(bench: Bench) -> None:
    """Each genuine document becomes exactly the value that a person has checked."""
    if bench.fixtures is None:
        raise NotApplicable("no golden documents given")
    files = sorted(bench.fixtures.glob("*.json"))
    require(bool(files), f"there is no golden document in {bench.fixtures.parent.name}/{bench.fixtures.name}")
    for file in files:
        found = json.loads(msgspec.json.encode(_reader_of(bench, file)(file.read_bytes())))
        expected = json.loads((file.parent.parent / "expected" / file.name).read_bytes())
        require(found == expected, f"{file.name} became something else: {_difference(expected, found)}")


def _reader_of(bench: Bench, file: File) -> Read:
    kind = next((it for it in ("order", "listing", "tracking") if file.name.startswith(it)), "")
    require(bool(kind), f"{file.name}: a golden document is named order*, listing* or tracking*")
    return cast(Read, getattr(mapping_of(bench), f"read_{kind}"))


def _difference(expected: Any, found: Any) -> str:
    places = set(mutations.paths(expected)) | set(mutations.paths(found))
    differing = (
        it for it in sorted(places, key=str) if mutations.at(expected, it) != mutations.at(found, it)
    )
    return ", ".join(str(path) for path in list(differing)[:5])


def private(bench: Bench) -> tuple[str, ...]:
    return tuple(it for it in (bench.ship_to.name, bench.ship_to.telephone, *bench.ship_to.street) if it)


def endure(read: Read, documents: Sequence[bytes], private: Sequence[str]) -> None:
    """Reads every spoiled variant: `MappingError` with a path, or a sound value."""
    for document in documents:
        for done, broken in _all_spoiled(document):
            try:
                value = read(broken)
            except MappingError as error:
                require(error.path.startswith("$"), f"{done}: the error has no path: {error}")
                told = any(it in str(error) for it in private)
                require(not told, f"{done}: the error tells personal values")
            except Exception as error:  # a mapping may raise anything; that is what is looked for
                require(False, f"{done}: {type(error).__name__} instead of MappingError")
            else:
                sound(value, done)


def _all_spoiled(document: bytes) -> Iterator[tuple[str, bytes]]:
    yield from mutations.broken_texts(document)
    try:
        parsed = _as_json(document)
    except ValueError:
        return
    yield from mutations.spoiled(parsed)


def _as_json(document: bytes) -> Any:
    return json.loads(document)
