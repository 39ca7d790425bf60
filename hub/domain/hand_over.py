"""The last look into a parcel before it leaves, and its hand-over to the carrier."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub.domain.dispatch import handed_over, settle
from hub.domain.effects import Effect
from hub.domain.order import Order, Parcel, Reason
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot


def faults_of_scan(
    expected: Mapping[str, int], codes: Sequence[str], barcodes: Mapping[str, str]
) -> list[str]:
    """What is wrong with what was scanned, in sentences; none: exactly the parcel's units. `expected`: SKU →
    units, `barcodes`: code → SKU; a code may be the SKU itself."""
    faults: list[str] = []
    scanned: Counter[str] = Counter()
    for code in codes:
        sku = code if code in expected else barcodes.get(code, "")
        if not sku:
            faults.append(f"{code} is no SKU of this parcel and no barcode that is known")
        elif sku not in expected:
            faults.append(f"{code} is {sku}, which does not belong into this parcel")
        else:
            scanned[sku] += 1
    for sku, units in expected.items():
        if scanned[sku] > units:
            faults.append(f"{scanned[sku]} × {sku} is too many: {units} belong into it")
        elif scanned[sku] < units:
            faults.append(f"{units - scanned[sku]} × {sku} is missing")
    return faults


def contents_mark(units: Mapping[str, int]) -> str:
    """Equal for equal contents: a parcel that is repacked is looked into again."""
    return ",".join(f"{sku}={quantity}" for sku, quantity in sorted(units.items()))


def scan_out(order: Order, parcels: Collection[str], snapshot: Snapshot) -> Outcome:
    """The carrier took these parcels along. Those that are not booked (any more) stay as they are."""
    effects: list[Effect] = []
    reasons: list[Reason] = []
    for each in order.consignments:
        if each.consignment_id in parcels and each.stage is Parcel.BOOKED:
            order, more = handed_over(order, each.consignment_id, snapshot.now, snapshot)
            effects += more
            text = f"parcel {each.consignment_id} was handed over to {each.carrier_connection_id}"
            reasons.append(Reason(code="handed_over", text=text))
    return Outcome(
        step="hand_over", order=settle(order, snapshot), reasons=tuple(reasons), effects=tuple(effects)
    )


def taken_along(orders: Iterable[Order], parcels: Collection[str]) -> list[str]:
    """Those of these parcels that left: what was cancelled between the look and the hand-over is not one."""
    return sorted(
        each.consignment_id
        for order in orders
        for each in order.consignments
        if each.consignment_id in parcels and each.is_handed_over
    )
