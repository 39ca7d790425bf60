"""Physical counts of stock, all of them or none."""

from collections.abc import Sequence
from datetime import datetime

from hub.pipeline.books import Books
from hub.storage import stores
from hub.storage.database import UnitOfWork
from hub.storage.stock import Count, Shortfall


class BelowPromise(Exception):
    """Counts are lower than what is promised to orders; none of them may be applied."""

    def __init__(self, refused: Sequence[Shortfall]) -> None:
        first = refused[0]
        super().__init__(
            f"nothing was applied: {len(refused)} counts are lower than what is promised to orders, first"
            f" {first.sku} at {first.location_id}: {first.counted} counted, {first.reserved} promised; put"
            " some of these orders on hold"
        )
        self.refused = refused


def count_stock(
    books: Books, uow: UnitOfWork, counts: Sequence[Count], now: datetime, *, actor: str, reference: str
) -> int:
    """How many counts changed what is on hand; listings of SKUs that are known now link themselves. Raises
    `BelowPromise`. Orders on hold are to be audited again afterwards."""
    known = {
        (row.sku, row.location_id): row.on_hand
        for row in books.stock.rows(uow, [each.sku for each in counts])
    }
    if refused := books.stock.count(uow, counts, now, actor=actor, reference=reference):
        raise BelowPromise(refused)
    stores.link_equal_skus(uow, now)
    return sum(known.get((each.sku, each.location_id)) != each.on_hand for each in counts)
