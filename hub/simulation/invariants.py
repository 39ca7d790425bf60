"""What must hold at every step, cheaply asked. Names as in the reliability sheet: N-OVER, N-TWICE, …"""

from collections import Counter
from collections.abc import Mapping

from connectors.kit.twin import CarrierTwin, StoreTwin, Twin
from hub.storage.database import UnitOfWork


class Violated(Exception):
    """An invariant does not hold. `name` is the invariant, the message says where."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(f"{name}: {where}")
        self.name = name


_RESERVED = (
    "SELECT s.sku, s.location_id, s.reserved, COALESCE(h.held, 0) AS held FROM stock s LEFT JOIN ("
    " SELECT r.sku, c.location_id, SUM(r.quantity) AS held FROM reservations r"
    " JOIN consignments c ON c.id = r.consignment_id"
    " WHERE c.stage IN ('planned', 'released', 'booked', 'cancelling') GROUP BY r.sku, c.location_id"
    ") h ON h.sku = s.sku AND h.location_id = s.location_id WHERE s.reserved <> COALESCE(h.held, 0)"
    " ORDER BY s.sku, s.location_id"
)
_ON_HAND = (
    "SELECT s.sku, s.location_id, s.on_hand, m.moved FROM stock s LEFT JOIN ("
    " SELECT sku, location_id, SUM(delta) AS moved FROM stock_movements GROUP BY sku, location_id"
    ") m ON m.sku = s.sku AND m.location_id = s.location_id WHERE s.on_hand <> COALESCE(m.moved, 0)"
    " ORDER BY s.sku, s.location_id"
)
_OVERSOLD = "SELECT sku, location_id, on_hand, reserved FROM stock WHERE reserved < 0 OR reserved > on_hand"
_TWICE = (
    "SELECT connection_id, external_id, revision FROM inbox"
    " GROUP BY connection_id, topic, external_id, revision HAVING COUNT(*) > 1"
)


def check_books(uow: UnitOfWork) -> None:
    """N-OVER: nothing promised that is not there, and both ledgers add up. No document stored twice."""
    for name, statement in (
        ("N-OVER", _OVERSOLD),
        ("N-OVER", _RESERVED),
        ("N-OVER", _ON_HAND),
        ("N-TWICE", _TWICE),
    ):
        if row := uow.one(statement):
            raise Violated(name, f"the books do not add up: {dict(row._mapping)}")


_NUMBER = ("tracking_number", "tracking_code", "number")
"""What the twins call a parcel's number in their ledgers."""


class Ledgers:
    """Reads the twins' effects as they are entered; each kind may happen once per subject."""

    def __init__(self, twins: Mapping[str, Twin]) -> None:
        self._twins = twins
        self._read = dict.fromkeys(twins, 0)
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def check(self) -> None:
        """N-TWICE: one booking per reference, one fulfilment per parcel. N-ORDER: nothing is cancelled that
        was not booked."""
        for connection_id, twin in self._twins.items():
            fresh = twin.effects[self._read[connection_id] :]
            self._read[connection_id] += len(fresh)
            for effect in fresh:
                number = next((str(effect.details[key]) for key in _NUMBER if key in effect.details), "")
                if isinstance(twin, CarrierTwin) and effect.kind == "booked":
                    self._once(connection_id, "booked", effect.subject)
                elif isinstance(twin, StoreTwin) and effect.kind == "fulfilment":
                    self._once(connection_id, "fulfilment", f"{effect.subject} {number}")

    def _once(self, connection_id: str, kind: str, subject: str) -> None:
        key = (connection_id, kind, subject)
        self._seen[key] += 1
        if self._seen[key] > 1:
            raise Violated("N-TWICE", f"{connection_id} {kind} {subject} twice")
