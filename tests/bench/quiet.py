"""Platforms that do nothing: what is left is the cost of the hub itself. Documents are read as Vendure's."""

from collections.abc import Sequence

from connectors.kit import BooksShipments, CarrierPlugin, ConnectorSettings, PushesStock, StorePlugin
from hub.registry import Registry, load
from mappings.canonical import Booking, ShipmentRequest, StockLevel, StockRefusal

STORE = "quiet-store"
CARRIER = "quiet-carrier"


class QuietStore(PushesStock):
    async def check(self) -> None:
        return None

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        return ()


class QuietCarrier(BooksShipments):
    async def check(self) -> None:
        return None

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        return Booking(reference=request.reference, carrier=CARRIER, tracking_number=f"Q{request.reference}")


def registry(carrier: type[QuietCarrier] = QuietCarrier) -> Registry:
    """Only the quiet ones."""
    installed = load()
    return Registry(
        stores={
            STORE: StorePlugin(
                platform=STORE,
                title=STORE,
                settings=ConnectorSettings,
                connector=QuietStore,
                limits=(),
                twin="",
                mapping=installed.stores["vendure"].mapping,
            )
        },
        carriers={
            CARRIER: CarrierPlugin(
                platform=CARRIER,
                title=CARRIER,
                settings=ConnectorSettings,
                connector=carrier,
                limits=(),
                twin="",
                mapping=installed.carriers["sf-express"].mapping,
            )
        },
    )
