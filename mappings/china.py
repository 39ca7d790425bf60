"""What Chinese domestic carriers have in common: Beijing time, telephones, the least an e-waybill needs."""

from datetime import datetime, timedelta, timezone

from mappings.canonical import PostalAddress, ShipmentRequest
from mappings.errors import MappingError

BEIJING = timezone(timedelta(hours=8))
"""China has one time and no summer time; its carriers write it without an offset."""


def beijing_text(moment: datetime) -> str:
    """`2026-03-02 16:00:00`, the wall clock in Beijing."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def is_mobile(telephone: str) -> bool:
    """Eleven digits that begin with 1; everything else is a landline."""
    return len(telephone) == 11 and telephone.startswith("1") and telephone.isdecimal()


def require_domestic(request: ShipmentRequest, *, longest_reference: int = 64, most_parcels: int = 1) -> None:
    """What no domestic e-waybill can do without, and what these carriers cannot express: `MappingError` with
    a path into the request. Receivers that a platform masks need a carrier that resolves its tokens."""
    if len(request.reference) > longest_reference:
        raise MappingError("$.reference", f"is longer than {longest_reference} characters")
    if request.recipient.masked:
        raise MappingError("$.recipient", "is masked, and this carrier resolves nobody's receiver tokens")
    if not request.cargo:
        raise MappingError("$.cargo", "is empty: an e-waybill names its goods")
    if not 1 <= request.parcels <= most_parcels:
        raise MappingError("$.parcels", f"must be 1 to {most_parcels}")
    if request.weight_grams is not None and request.weight_grams <= 0:
        raise MappingError("$.weight_grams", "must be more than nothing")
    if request.collect_on_delivery is not None and request.collect_on_delivery.currency != "CNY":
        raise MappingError("$.collect_on_delivery.currency", "must be CNY")
    _require_reachable(request.sender, "$.sender")
    _require_reachable(request.recipient, "$.recipient")


def _require_reachable(address: PostalAddress, path: str) -> None:
    if address.country != "CN":
        raise MappingError(f"{path}.country", "must be CN: e-waybills are domestic")
    for name in ("name", "telephone", "province", "city"):
        if not getattr(address, name):
            raise MappingError(f"{path}.{name}", "is missing")
    if not any(address.street):
        raise MappingError(f"{path}.street", "is missing")


def street_line(address: PostalAddress) -> str:
    """The street as one text, without the divisions."""
    return " ".join(part for part in address.street if part)
