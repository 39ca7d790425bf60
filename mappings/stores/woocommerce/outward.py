"""Shipments and stock levels → bodies of REST requests."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.stores.woocommerce.answers import BatchAnswer, KnownParcel
from mappings.stores.woocommerce.tables import FULFILMENT_PROVIDERS, OTHER_PROVIDER, TRACKING_PROVIDERS

_LISTING = re.compile(r"[0-9]+(?::[0-9]+)?")


def wire_time(moment: datetime) -> str:
    """Whole seconds in UTC without a suffix, which WooCommerce ignores; goes with `dates_are_gmt`."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()


def fulfilment_body(shipment: Shipment, former: KnownParcel | None = None) -> dict[str, Any]:
    """A core fulfilment; in place of `former` with the ids of its meta data, or each would be doubled."""
    provider = FULFILMENT_PROVIDERS.get(shipment.carrier, OTHER_PROVIDER)
    items = [{"item_id": int(part.line_id), "qty": part.quantity} for part in shipment.lines]
    values = {
        "_items": items,
        "_tracking_number": shipment.tracking_number,
        "_shipment_provider": provider,
        "_provider_name": _carrier_name(shipment) if provider == OTHER_PROVIDER else "",
        "_tracking_url": shipment.tracking_url,
    }
    ids = {one.key: one.id for one in former.meta_data if one.id} if former else {}
    meta = [
        {"key": key, "value": value, **({"id": ids[key]} if key in ids else {})}
        for key, value in values.items()
        if value or key in ids
    ]
    return {"status": "fulfilled", "is_fulfilled": True, "meta_data": meta}


def tracking_body(shipment: Shipment) -> dict[str, Any]:
    """A tracking of the Shipment Tracking extension, whose dates are days."""
    provider = TRACKING_PROVIDERS.get(shipment.carrier, "")
    named = {"tracking_provider": provider} if provider else {
        "custom_tracking_provider": _carrier_name(shipment),
        "custom_tracking_link": shipment.tracking_url,
    }  # fmt: skip
    day = shipment.shipped_at.astimezone(UTC).date().isoformat()
    return {**named, "tracking_number": shipment.tracking_number, "date_shipped": day}


def note_body(shipment: Shipment, *, to_customer: bool) -> dict[str, Any]:
    """An order note; `note_tells` finds it again."""
    words = [f"Shipped with {_carrier_name(shipment)}: {shipment.tracking_number}", shipment.tracking_url]
    return {"note": " ".join(filter(None, words)), "customer_note": to_customer}


def note_tells(note: str, tracking_number: str) -> bool:
    return tracking_number in note.split()


def _carrier_name(shipment: Shipment) -> str:
    return shipment.carrier_name or shipment.carrier


def stock_batches(levels: Sequence[StockLevel]) -> Mapping[str, Sequence[StockLevel]]:
    """Path of a batch → its levels: products have one list, the variations of each product their own. Levels
    that name no product are under the empty path."""
    batches: dict[str, list[StockLevel]] = {}
    for level in levels:
        product, _, variation = level.listing_id.partition(":")
        path = f"products/{product}/variations/batch" if variation else "products/batch"
        is_named = _LISTING.fullmatch(level.listing_id)
        batches.setdefault(path if is_named else "", []).append(level)
    return batches


def stock_body(levels: Iterable[StockLevel]) -> dict[str, Any]:
    """Absolute quantities; the number after the colon, or the only one, is the object's id."""
    return {
        "update": [
            {
                "id": int(level.listing_id.rpartition(":")[2]),
                "manage_stock": True,
                "stock_quantity": level.available,
            }
            for level in levels
        ]
    }


def stock_refusals(levels: Sequence[StockLevel], answer: BatchAnswer) -> list[StockRefusal]:
    """Refused objects keep their place in the answer."""
    return [
        StockRefusal(listing_id=level.listing_id, reason=f"{written.error.message} ({written.error.code})")
        for level, written in zip(levels, answer.update, strict=False)
        if written.error
    ]
