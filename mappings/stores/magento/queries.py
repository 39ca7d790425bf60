"""Queries of Magento's lists: groups of filters (all must hold), filters of a group (one must hold).

A list without a page size is the whole table, and a page beyond the last is the last again (unverified): so
pages are asked for by id, never by number. `fields` must wrap the items of a list.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

Query = tuple[tuple[str, str], ...]
Filter = tuple[str, str, str]
"""(field, condition, value)"""

HEADS = "items[entity_id,created_at,updated_at],total_count"
PRODUCTS = "items[id,sku,name,type_id],total_count"


def wire_time(moment: datetime) -> str:
    """UTC, whole seconds, no zone: `2026-11-20 10:00:00`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def search(
    groups: Sequence[Iterable[Filter]], *, size: int, sort: str, way: str = "ASC", fields: str = ""
) -> Query:
    criteria = "searchCriteria"
    found: list[tuple[str, str]] = []
    for number, filters in enumerate(groups):
        for position, (field, condition, value) in enumerate(filters):
            where = f"{criteria}[filterGroups][{number}][filters][{position}]"
            found += [
                (f"{where}[field]", field),
                (f"{where}[value]", value),
                (f"{where}[conditionType]", condition),
            ]
    found += [(f"{criteria}[sortOrders][0][field]", sort), (f"{criteria}[sortOrders][0][direction]", way)]
    found.append((f"{criteria}[pageSize]", str(size)))
    return (*found, ("fields", fields)) if fields else tuple(found)


def page(conditions: Iterable[Filter], after: str, *, size: int, fields: str = "") -> Query:
    """The next rows by id, behind `after`."""
    behind = [("entity_id", "gt", after)] if after else []
    return search([[one] for one in (*conditions, *behind)], size=size, sort="entity_id", fields=fields)


def newest() -> Query:
    """The order changed last."""
    return search([], size=1, sort="updated_at", way="DESC", fields=HEADS)


def changed_since(moment: datetime | None) -> list[Filter]:
    return [("updated_at", "gteq", wire_time(moment))] if moment else []


def placed_between(start: datetime, end: datetime) -> list[Filter]:
    """At least all of `[start, end)`: times have whole seconds."""
    return [("created_at", "gteq", wire_time(start)), ("created_at", "lteq", wire_time(end))]


def of_order(order_id: str) -> Query:
    return search([[("order_id", "eq", order_id)]], size=250, sort="entity_id")


def source_items(source: str, skus: Sequence[str]) -> Query:
    """What a source holds of these SKUs; one condition each, since a list of values ends at a comma."""
    named = [("sku", "eq", sku) for sku in skus]
    return search([[("source_code", "eq", source)], named], size=max(1, len(skus)), sort="sku")
