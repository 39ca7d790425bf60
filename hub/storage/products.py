"""What one unit of a SKU is: carriers price by weight."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import CheckConstraint, Column, Integer, Table

from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import Key, metadata
from mappings.structs import FrozenStruct

Table(
    "products",
    metadata,
    Column("sku", Key, primary_key=True),
    Column("weight_grams", Integer, nullable=False),
    CheckConstraint("weight_grams > 0", name="heavy"),
)


class Product(FrozenStruct):
    """One SKU, packed as it is sent."""

    sku: str
    weight_grams: int


def save(uow: UnitOfWork, products: Iterable[Product]) -> None:
    """New ones, and new values of known ones."""
    rows = [{"sku": each.sku, "w": each.weight_grams} for each in products]
    if rows:
        uow.change(
            "INSERT INTO products (sku, weight_grams)"
            f" SELECT k.sku, k.w FROM {keys(uow, sku='text', w='integer')} WHERE true"
            " ON CONFLICT (sku) DO UPDATE SET weight_grams = excluded.weight_grams",
            keys=packed(rows),
        )


def listed(uow: UnitOfWork, limit: int, after: str = "") -> Sequence[Product]:
    """By SKU, from `after` on."""
    rows = uow.all(
        "SELECT sku, weight_grams FROM products WHERE sku > :after ORDER BY sku LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [Product(sku=row.sku, weight_grams=row.weight_grams) for row in rows]


def weights(uow: UnitOfWork, skus: Iterable[str]) -> Mapping[str, int]:
    """SKU → grams, of those that are known."""
    wanted = packed([{"sku": each} for each in sorted(set(skus))])
    rows = uow.all(
        f"SELECT p.sku, p.weight_grams FROM {keys(uow, sku='text')} JOIN products p ON p.sku = k.sku",
        keys=wanted,
    )
    return {row.sku: row.weight_grams for row in rows}
