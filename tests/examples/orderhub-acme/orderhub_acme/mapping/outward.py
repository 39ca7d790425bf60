"""Canonical values → Acme's request bodies, and Acme's answers → typed values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import WireDocument

from orderhub_acme.mapping.order import ZONE
from orderhub_acme.mapping.tables import CARRIERS, PARCEL_STATUS


class Answer(WireDocument):
    """The envelope of everything: refusals come inside a 200."""

    ok: bool
    code: str = ""
    message: str = ""


class QueuedMessage(WireDocument):
    receipt: str
    order_id: str


class Queued(Answer):
    messages: list[QueuedMessage]


class OrderPage(Answer):
    total: int
    orders: list[msgspec.Raw]


class IdPage(Answer):
    total: int
    ids: list[str]


class ProductPage(Answer):
    total: int
    products: list[msgspec.Raw]


class Token(Answer):
    token: str


class AcmeParcel(WireDocument):
    tracking_number: str
    items: dict[str, int]


class ParcelList(Answer):
    parcels: list[AcmeParcel]


class AcmeStockRefusal(WireDocument):
    product_id: str
    reason: str


class StockAnswer(Answer):
    refused: list[AcmeStockRefusal]


class OrderHead(WireDocument):
    order_id: str
    changed: str


class ProductHead(WireDocument):
    product_id: str


def wall_clock(moment: datetime) -> str:
    """Acme compares whole seconds of Shanghai time."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def parcel_body(shipment: Shipment) -> dict[str, Any]:
    """Raises `UnmappedCode` for a carrier that Acme does not know."""
    return {
        "tracking_number": shipment.tracking_number,
        "carrier": CARRIERS.read(shipment.carrier, "carrier"),
        "items": quantities(shipment),
    }


def quantities(shipment: Shipment) -> dict[str, int]:
    return {line.line_id: line.quantity for line in shipment.lines}


def status_body(shipment: Shipment) -> dict[str, Any]:
    return {"status": PARCEL_STATUS.read(shipment.status.value, "status")}


def stock_body(levels: Sequence[StockLevel]) -> dict[str, Any]:
    return {"levels": [{"product_id": level.listing_id, "available": level.available} for level in levels]}


def stock_refusals(answer: StockAnswer) -> tuple[StockRefusal, ...]:
    return tuple(
        StockRefusal(listing_id=refusal.product_id, reason=refusal.reason) for refusal in answer.refused
    )
