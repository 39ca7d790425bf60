"""What must hold at every step, cheaply asked. Names as in the reliability sheet: N-OVER, N-TWICE, …"""

from collections import Counter
from collections.abc import Mapping, Sequence

from connectors.kit.twin import CarrierTwin, Effect, StoreTwin, Twin
from hub.domain.policies import TellAt
from hub.simulation.brand import Brand
from hub.storage.database import UnitOfWork


class Violated(Exception):
    """An invariant does not hold. `name` is the invariant, the message says where."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(f"{name}: {where}")
        self.name = name


_BOOKS = """
SELECT 'N-OVER' AS name, 'oversold' AS what, sku || ' at ' || location_id AS place FROM stock
 WHERE reserved < 0 OR escrowed < 0 OR reserved + escrowed > on_hand
UNION ALL
SELECT 'N-OVER', 'escrowed is not the sum of quotas', s.sku || ' at ' || s.location_id
 FROM stock s LEFT JOIN (
  SELECT sku, location_id, SUM(units) AS held FROM quotas GROUP BY sku, location_id
 ) q ON q.sku = s.sku AND q.location_id = s.location_id WHERE s.escrowed <> COALESCE(q.held, 0)
UNION ALL
SELECT 'N-OVER', 'reserved is not what consignments hold', s.sku || ' at ' || s.location_id
 FROM stock s LEFT JOIN (
  SELECT r.sku, c.location_id, SUM(r.quantity) AS held FROM consignments c
  JOIN reservations r ON r.consignment_id = c.id
  WHERE c.stage IN ('planned', 'released', 'booked', 'cancelling') GROUP BY r.sku, c.location_id
 ) h ON h.sku = s.sku AND h.location_id = s.location_id WHERE s.reserved <> COALESCE(h.held, 0)
UNION ALL
SELECT 'N-OVER', 'on hand is not the sum of movements', s.sku || ' at ' || s.location_id
 FROM stock s LEFT JOIN (
  SELECT sku, location_id, SUM(delta) AS moved FROM stock_movements GROUP BY sku, location_id
 ) m ON m.sku = s.sku AND m.location_id = s.location_id WHERE s.on_hand <> COALESCE(m.moved, 0)
UNION ALL
SELECT 'N-TWICE', 'a document is stored twice', connection_id || ' ' || external_id FROM inbox
 GROUP BY connection_id, topic, external_id, revision HAVING COUNT(*) > 1
UNION ALL
SELECT 'N-TOLD', 'is being taken back, and no message asks the carrier', c.id FROM consignments c
 WHERE c.stage = 'cancelling'
 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.subject = c.id AND o.verb = 'cancel_booking')
"""


def check_books(uow: UnitOfWork) -> None:
    """N-OVER: nothing promised that is not there, and both ledgers add up. No document is stored twice,
    nothing waits for a message that does not exist."""
    if row := uow.one(_BOOKS):
        raise Violated(row.name, f"{row.what}: {row.place}")


_NUMBER = ("tracking_number", "tracking_code", "number")
"""What the twins call a parcel's number in their ledgers."""


def patient_stores(brand: Brand) -> frozenset[str]:
    """Stores that are told of a parcel only when it was handed over."""
    return frozenset(
        each.store.store_id for each in brand.storefronts if each.store.policy.tell_at is TellAt.HANDED_OVER
    )


class Ledgers:
    """Reads the twins' effects as they are entered. `patient` stores are told only after the hand-over."""

    def __init__(self, twins: Mapping[str, Twin], patient: frozenset[str]) -> None:
        self._twins = twins
        self._patient = patient
        self._read = dict.fromkeys(twins, 0)
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._scanned: set[str] = set()

    def check(self) -> None:
        """N-TWICE: one booking per reference, one fulfilment per parcel. N-ORDER: no store is told of a
        parcel that the carrier does not have yet."""
        fresh = {name: self._fresh(name, twin) for name, twin in self._twins.items()}
        for connection_id, effects in fresh.items():
            if isinstance(self._twins[connection_id], CarrierTwin):
                self._carried(connection_id, effects)
        for connection_id, effects in fresh.items():
            if isinstance(self._twins[connection_id], StoreTwin):
                self._told(connection_id, effects)

    def _fresh(self, connection_id: str, twin: Twin) -> Sequence[Effect]:
        effects = twin.effects[self._read[connection_id] :]
        self._read[connection_id] += len(effects)
        return effects

    def _carried(self, connection_id: str, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if effect.kind == "booked":
                self._once(connection_id, "booked", effect.subject)
            elif effect.kind == "scanned":
                self._scanned.add(effect.subject)

    def _told(self, connection_id: str, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if effect.kind != "fulfilment":
                continue
            number = next((str(effect.details[key]) for key in _NUMBER if key in effect.details), "")
            self._once(connection_id, "fulfilment", f"{effect.subject} {number}")
            if connection_id in self._patient and number not in self._scanned:
                raise Violated("N-ORDER", f"{connection_id} was told of {number} before any carrier had it")

    def _once(self, connection_id: str, kind: str, subject: str) -> None:
        key = (connection_id, kind, subject)
        self._seen[key] += 1
        if self._seen[key] > 1:
            raise Violated("N-TWICE", f"{connection_id} {kind} {subject} twice")
