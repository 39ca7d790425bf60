"""Search over the orders of all stores: whatever is looked for, a page costs a bounded number of index pages.

1. A filter that has an index is a *way*: the entries of that index which fit, the newest first.
2. The way with the fewest entries is walked (they are counted only as far as one page may look).
3. All other filters are tested on the orders that the walk meets. A page looks at no more than
   `LOOKS_PER_ORDER` entries for each order that was asked for (at least `LEAST_LOOKS`); if it is not full
   then, it is *cut*: it says so, and its cursor goes on from there.
4. The orders of the page are read by key.

Amounts and hold reasons have no index of their own, so that no order pays for one: amounts are tested on the
newest orders, hold reasons on the orders that are on hold. Notes are sealed and cannot be searched.
"""

import base64
import hashlib
import heapq
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec

from hub.clock import micros
from hub.domain.order import Stage
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.personal import dialled, folded_house
from hub.storage.queries import ORDER_COLUMNS, OrderItem, order_item
from hub.storage.search_ways import PREFIXED, WAYS, Entry, Walk, beyond, count, entries, keep_to_indexes
from hub.vault import BlindIndex
from mappings.structs import FrozenStruct

MOST_ROWS = 1_000
LOOKS_PER_ORDER = 10
LEAST_LOOKS = 500


class OrderSearch(FrozenStruct):
    """What is looked for: all fields that are not empty, together. `number`, `external_id`, `sku`, `tracking`
    and `tag` may end with `*`; personal values (`buyer`, `phone`, `email`, `address`: postal code and first
    line of the street) are found whole. `placed_until` is the first instant that is too late, both amounts
    are included."""

    number: str = ""
    external_id: str = ""
    sku: str = ""
    tag: str = ""
    tracking: str = ""
    buyer: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    stage: str = ""
    hold_reason: str = ""
    store: str = ""
    connection: str = ""
    carrier: str = ""
    placed_from: datetime | None = None
    placed_until: datetime | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    currency: str = ""


class Blinded(OrderSearch):
    """The same with blind indexes for personal values: what may be stored."""


class OrderPage(FrozenStruct):
    """`after` goes on (empty: that was all); `ordered_by` is what the page is ordered by, the greatest first;
    `is_cut`: the page is not full, and yet there may be more."""

    orders: list[OrderItem]
    after: str
    ordered_by: str
    looked_at: int
    is_cut: bool


class BadSearch(ValueError):
    """Names the field, its value (unless it is personal) and the remedy."""


_FOLDS: Mapping[str, Callable[[str], str]] = {
    "buyer": str,
    "phone": dialled,
    "email": str,
    "address": folded_house,
}
PERSONAL = frozenset(_FOLDS)
_CODE = re.compile(r"[a-z0-9_.:-]{1,60}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def blinded(wanted: OrderSearch, index: BlindIndex) -> Blinded:
    """Personal values become blind indexes. Raises `BadSearch` if one of them is empty."""
    given = msgspec.structs.asdict(wanted)
    for name, fold in _FOLDS.items():
        if given[name]:
            given[name] = index(fold(given[name]))
            if not given[name]:
                raise BadSearch(f"{name} holds nothing to look for: give the whole value or leave it out")
    return Blinded(**given)


def _check(wanted: OrderSearch) -> None:
    for name in PREFIXED:
        if getattr(wanted, name) == "*":
            raise BadSearch(f"{name} '*' is every order: put what it begins with before the *")
    if wanted.stage and wanted.stage not in set(Stage):
        raise BadSearch(f"stage {wanted.stage!r} is not known: use {', '.join(Stage)}")
    if wanted.hold_reason and not _CODE.fullmatch(wanted.hold_reason):
        raise BadSearch(
            f"hold_reason {wanted.hold_reason!r} is not a code: write one like suspected_duplicate"
        )
    if wanted.hold_reason and wanted.stage not in ("", Stage.ON_HOLD):
        raise BadSearch(f"stage {wanted.stage!r} has no hold reasons: leave it out or use on_hold")
    if wanted.placed_from and wanted.placed_until and wanted.placed_from >= wanted.placed_until:
        raise BadSearch(f"placed_until {wanted.placed_until} is not after placed_from: exchange them")
    _check_amounts(wanted)


def _check_amounts(wanted: OrderSearch) -> None:
    low, high = wanted.amount_from, wanted.amount_to
    for name, amount in (("amount_from", low), ("amount_to", high)):
        if amount is not None and not amount.is_finite():
            raise BadSearch(f"{name} {amount} is not an amount: write one like 19.90")
        if amount is not None and not wanted.currency:
            raise BadSearch(f"{name} {amount} means nothing without a currency: name it, for example EUR")
    if low is not None and high is not None and low > high:
        raise BadSearch(f"amount_to {high} is less than amount_from {low}: exchange them")
    if wanted.currency and not _CURRENCY.fullmatch(wanted.currency):
        raise BadSearch(f"currency {wanted.currency!r} is not a code: write three capitals, for example EUR")


def search(uow: UnitOfWork, wanted: Blinded, *, limit: int, after: str = "") -> OrderPage:
    """A page, the newest first; `after` is where the page before ended. Orders that come in meanwhile move
    nothing. Raises `BadSearch` if the search makes no sense."""
    if not 1 <= limit <= MOST_ROWS:
        raise BadSearch(f"limit {limit} is out of range: use 1 to {MOST_ROWS}")
    _check(wanted)
    keep_to_indexes(uow)
    most = max(LEAST_LOOKS, limit * LOOKS_PER_ORDER)
    given = _given(wanted)
    walks = _walks(uow, given)
    if after:
        name, last = _place(after, wanted, walks)
        walk = walks[name]
    else:
        walk, last = _narrowest(uow, walks, most), ()
    if not walk.tests:
        most = limit + 1
    return _page(uow, wanted, walk, last, limit, most)


def _given(wanted: Blinded) -> dict[str, Any]:
    return {
        name: value
        for name, value in msgspec.structs.asdict(wanted).items()
        if value is not None and value != ""
    }


def _walks(uow: UnitOfWork, given: Mapping[str, Any]) -> dict[str, Walk]:
    """The ways of this search, the best first; the newest orders of all if no filter has one."""
    names = [name for name in WAYS if name in given and not (name == "stage" and "hold_reason" in given)]
    if not names or "placed_from" in given or "placed_until" in given:
        names.append("placed")
    return {name: _walk(uow, name, given) for name in names}


def _walk(uow: UnitOfWork, name: str, given: Mapping[str, Any]) -> Walk:
    way, value = WAYS[name], str(given.get(name, ""))
    is_prefix = _is_prefix(name, value)
    ranged = ("placed_from", "placed_until") if "placed_at" in way.order else ()
    done = {*ranged, name} if name != "hold_reason" else {"stage"}
    tested = [each for each in given if each not in done]
    values = _values(uow, name, value.removesuffix("*") if is_prefix else value)
    return Walk(
        name=name,
        way=way,
        values=values,
        is_prefix=is_prefix,
        ranges=tuple(_PLACED[each] for each in ranged if each in given),
        tests=tuple(_test(each, given[each]) for each in tested),
        parameters=_parameters({each: given[each] for each in given if each in (*tested, *ranged)}),
    )


def _values(uow: UnitOfWork, name: str, value: str) -> tuple[str, ...]:
    """What the way is asked for: a store's orders are those of its connections."""
    if name == "hold_reason":
        return (Stage.ON_HOLD.value,)
    if name == "connection" and not uow.one("SELECT 1 FROM connections WHERE id = :id", id=value):
        raise BadSearch(f"connection {value!r} is not known: `orderhub connections list` shows what there is")
    if name != "store":
        return (value,)
    rows = uow.all("SELECT id FROM connections WHERE store_id = :id", id=value)
    if not rows and not uow.one("SELECT 1 FROM stores WHERE id = :id", id=value):
        raise BadSearch(f"store {value!r} is not known: `orderhub stores list` shows what there is")
    return tuple(sorted(row.id for row in rows))


_PLACED = {"placed_from": "o.placed_at >= :placed_from", "placed_until": "o.placed_at < :placed_until"}
_AMOUNT = "CAST(NULLIF(o.total, '') AS NUMERIC)"
_TESTS: Mapping[str, str] = {
    **_PLACED,
    "number": "o.number {number}",
    "external_id": "o.external_id {external_id}",
    "sku": "(SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.sku {sku} LIMIT 1) = 1",
    "tag": "(SELECT 1 FROM order_tags t WHERE t.order_id = o.id AND t.tag {tag} LIMIT 1) = 1",
    "tracking": "(SELECT 1 FROM consignments c WHERE c.order_id = o.id AND c.tracking_number {tracking}"
    " LIMIT 1) = 1",
    "carrier": "(SELECT 1 FROM consignments c WHERE c.order_id = o.id AND c.carrier = :carrier LIMIT 1) = 1",
    "buyer": "o.buyer_index = :buyer",
    "phone": "o.telephone_index = :phone",
    "email": "o.email_index = :email",
    "address": "o.address_index = :address",
    "stage": "o.stage = :stage",
    "hold_reason": "o.stage = 'on_hold' AND o.reasons LIKE :hold_reason ESCAPE '!'",
    "store": "o.store_id = :store",
    "connection": "o.connection_id = :connection",
    "currency": "o.currency = :currency",
    "amount_from": f"{_AMOUNT} >= CAST(:amount_from AS NUMERIC)",
    "amount_to": f"{_AMOUNT} <= CAST(:amount_to AS NUMERIC)",
}
"""What a filter says of one order `o`; `{name}` is `=` or a range, for values that may end with `*`."""


def _test(name: str, value: Any) -> str:
    spread = f"BETWEEN :{name} AND :{name}_beyond" if _is_prefix(name, value) else f"= :{name}"
    return _TESTS[name].replace(f"{{{name}}}", spread)


def _is_prefix(name: str, value: Any) -> bool:
    return name in PREFIXED and str(value).endswith("*")


def _parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        match value:
            case datetime():
                found[name] = micros(value)
            case Decimal():
                found[name] = str(value)
            case str() if name == "hold_reason":
                found[name] = f'%"code":"{value.replace("_", "!_")}"%'
            case str() if _is_prefix(name, value):
                found[name], found[f"{name}_beyond"] = value[:-1], beyond(value[:-1])
            case _:
                found[name] = value
    return found


def _narrowest(uow: UnitOfWork, walks: Mapping[str, Walk], most: int) -> Walk:
    """Of equals the first; nothing is counted if there is one way only."""
    if len(walks) == 1:
        return next(iter(walks.values()))
    return min(walks.values(), key=lambda walk: count(uow, walk, most))


def _page(
    uow: UnitOfWork, wanted: Blinded, walk: Walk, last: tuple[Any, ...], limit: int, most: int
) -> OrderPage:
    """Walk in growing steps until the page is full, the way ends, or enough was looked at."""
    found: list[Entry] = []
    looked_at, step, has_more = 0, (limit + 1) * (4 if walk.tests else 1), True
    while has_more and len(found) <= limit and looked_at < most:
        asked = min(step, most - looked_at)
        met = _merged(uow, walk, last, asked)
        found += [each for each in met if each.fits]
        looked_at, step, has_more = looked_at + len(met), step * 2, len(met) == asked
        last = met[-1].key if met else last
    kept = found[:limit]
    goes_on = kept[-1].key if len(found) > limit else last if has_more else ()
    return OrderPage(
        orders=by_key(uow, [each.order_id for each in kept]),
        after=_cursor(walk, wanted, goes_on) if goes_on else "",
        ordered_by=_ORDERED.get(walk.key[0], walk.key[0]),
        looked_at=looked_at,
        is_cut=bool(goes_on) and len(kept) < limit,
    )


_ORDERED = {"placed_at": "placed", "id": "received", "order_id": "received", "tracking_number": "tracking"}


def _merged(uow: UnitOfWork, walk: Walk, last: tuple[Any, ...], rows: int) -> list[Entry]:
    met = [entries(uow, walk, value, last, rows) for value in walk.values]
    if len(met) == 1:
        return met[0]
    return list(islice(heapq.merge(*met, key=lambda each: each.key, reverse=True), rows))


def by_key(uow: UnitOfWork, ids: list[str]) -> list[OrderItem]:
    """Orders by key, in this order."""
    if not ids:
        return []
    rows = uow.all(
        f"{ORDER_COLUMNS} JOIN {keys(uow, id='text')} ON o.id = k.id",
        keys=packed([{"id": each} for each in ids]),
    )
    found = {row.id: order_item(row) for row in rows}
    return [found[each] for each in ids if each in found]


def _cursor(walk: Walk, wanted: Blinded, key: tuple[Any, ...]) -> str:
    told = msgspec.json.encode((walk.name, _mark(wanted), key))
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _place(after: str, wanted: Blinded, walks: Mapping[str, Walk]) -> tuple[str, tuple[Any, ...]]:
    """The way and the key in a cursor, which must come from the same search."""
    wrong = BadSearch(
        f"after {after!r} belongs to another search: take it from the page before, filters unchanged"
    )
    try:
        told = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
        name, mark, key = msgspec.json.decode(told, type=tuple[str, str, tuple[str | int, ...]])
    except (ValueError, msgspec.DecodeError):
        raise wrong from None
    if mark != _mark(wanted) or name not in walks or len(key) != len(walks[name].key):
        raise wrong
    return name, key


def _mark(wanted: Blinded) -> str:
    """Tells searches apart; personal values are hidden in it already."""
    return hashlib.blake2b(msgspec.json.encode(wanted), digest_size=6).hexdigest()
