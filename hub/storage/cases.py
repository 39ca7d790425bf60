"""After-sales cases: what a person has to look after. One per order, kind and consignment."""

from collections.abc import Sequence
from datetime import datetime

from hub.clock import NewId, micros
from hub.domain.effects import Effect, OpenCase
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork


class Cases:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def apply(self, uow: UnitOfWork, effects: Sequence[Effect], now: datetime) -> list[OpenCase]:
        """Open the cases that were never opened before, and return them."""
        opened = [effect for effect in effects if isinstance(effect, OpenCase)]
        if not opened:
            return []
        kinds = dict.fromkeys(("id", "o", "kind", "c", "reason"), "text")
        rows = uow.all(
            "INSERT INTO cases (id, order_id, kind, consignment_id, reason, status, opened_at)"
            f" SELECT k.id, k.o, k.kind, k.c, k.reason, 'open', :now FROM {keys(uow, **kinds)} WHERE true"
            " ON CONFLICT (order_id, kind, consignment_id) DO NOTHING"
            " RETURNING order_id, kind, consignment_id",
            now=micros(now),
            keys=packed(
                [
                    {
                        "id": self._new_id(),
                        "o": case.order_id,
                        "kind": case.kind.value,
                        "c": case.consignment_id,
                        "reason": case.reason,
                    }
                    for case in opened
                ]
            ),
        )
        fresh = {tuple(row) for row in rows}
        named = {(case.order_id, case.kind.value, case.consignment_id): case for case in opened}
        return [case for name, case in named.items() if name in fresh]
