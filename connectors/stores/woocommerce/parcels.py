"""Where a shop keeps its parcels: core WooCommerce has three half-ways, and the settings choose one."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import msgspec

from connectors.kit import Misconfigured, Rejected, UnexpectedPayload, Unsupported
from connectors.stores.woocommerce.client import WooClient, read_shape
from connectors.stores.woocommerce.settings import ParcelRecords, WooCommerceSettings
from mappings.canonical import Shipment
from mappings.errors import MappingError
from mappings.stores.woocommerce import outward
from mappings.stores.woocommerce.answers import (
    FulfilmentAnswer,
    KnownParcel,
    NoteAnswer,
    TrackingAnswer,
    fulfilled,
    tracked,
)


class Records(ABC):
    """Asks the shop, never memory. There is no idempotency at the server: repeated posts make doubles."""

    def __init__(self, client: WooClient, settings: WooCommerceSettings) -> None:
        self._client = client
        self._settings = settings

    @abstractmethod
    async def known(self, shipment: Shipment) -> Sequence[KnownParcel]:
        """Parcels of the shipment's order that may be this one."""

    @abstractmethod
    async def add(self, shipment: Shipment) -> None:
        """A parcel more."""

    @abstractmethod
    async def correct(self, former: KnownParcel, shipment: Shipment) -> None:
        """The same parcel under its new number; `Unsupported` where that would tell the buyer of two."""

    async def check(self) -> None:
        """Raises `Misconfigured` where the shop does not keep parcels in this way."""


class CoreFulfilments(Records):
    """Order Fulfillments (since 10.1, a feature that is off by default): number, carrier and units."""

    async def known(self, shipment: Shipment) -> Sequence[KnownParcel]:
        path = f"orders/{shipment.order_external_id}/fulfillments"
        found = await self._client.read(path, tuple[FulfilmentAnswer, ...])
        try:
            return [fulfilled(one) for one in found]
        except MappingError as error:
            raise UnexpectedPayload(f"a fulfilment of the order is not as agreed: {error}") from None

    async def add(self, shipment: Shipment) -> None:
        path = f"orders/{shipment.order_external_id}/fulfillments"
        body = outward.fulfilment_body(shipment)
        await self._client.write("POST", path, body, FulfilmentAnswer, notify_customer=self._notify)

    async def correct(self, former: KnownParcel, shipment: Shipment) -> None:
        path = f"orders/{shipment.order_external_id}/fulfillments/{former.id}"
        body = outward.fulfilment_body(shipment, former)
        await self._client.write("PUT", path, body, FulfilmentAnswer, notify_customer=self._notify)

    async def check(self) -> None:
        await _must_have_route(self._client, "orders/0/fulfillments")

    @property
    def _notify(self) -> str:
        return str(self._settings.notify_customer).lower()


class ShipmentTrackings(Records):
    """The Shipment Tracking extension: number, carrier and day, no units. A number is corrected by taking the
    former tracking away first: interrupted in between, the next attempt finds none and adds the new one."""

    async def known(self, shipment: Shipment) -> Sequence[KnownParcel]:
        path = f"orders/{shipment.order_external_id}/shipment-trackings"
        shape = tuple[TrackingAnswer, ...]
        return [tracked(it) for it in await self._client.read(path, shape, namespace=self._namespace)]

    async def add(self, shipment: Shipment) -> None:
        path = f"orders/{shipment.order_external_id}/shipment-trackings"
        body = outward.tracking_body(shipment)
        await self._client.write("POST", path, body, TrackingAnswer, namespace=self._namespace)

    async def correct(self, former: KnownParcel, shipment: Shipment) -> None:
        path = f"orders/{shipment.order_external_id}/shipment-trackings/{former.id}"
        await self._client.write("DELETE", path, None, msgspec.Raw, namespace=self._namespace)
        await self.add(shipment)

    async def check(self) -> None:
        path = "orders/0/shipment-trackings"
        await _must_have_route(self._client, path, namespace=self._namespace)

    @property
    def _namespace(self) -> str:
        return self._settings.tracking_namespace


class OrderNotes(Records):
    """A note of the order. The buyer may have been mailed, so a number is not corrected."""

    async def known(self, shipment: Shipment) -> Sequence[KnownParcel]:
        numbers = (shipment.tracking_number, *shipment.former_numbers)
        notes = await self._client.read(f"orders/{shipment.order_external_id}/notes", tuple[msgspec.Raw, ...])
        return [
            KnownParcel(id=str(note.id), tracking_number=number)
            for note in (read_shape(one, NoteAnswer) for one in notes)
            for number in numbers
            if outward.note_tells(note.note, number)
        ]

    async def add(self, shipment: Shipment) -> None:
        path = f"orders/{shipment.order_external_id}/notes"
        body = outward.note_body(shipment, to_customer=self._settings.notify_customer)
        await self._client.write("POST", path, body, NoteAnswer)

    async def correct(self, former: KnownParcel, shipment: Shipment) -> None:
        raise Unsupported("the shop keeps parcels as notes, and a note's number cannot be corrected")


RECORDS: Mapping[ParcelRecords, type[Records]] = {
    ParcelRecords.FULFILLMENTS: CoreFulfilments,
    ParcelRecords.SHIPMENT_TRACKING: ShipmentTrackings,
    ParcelRecords.NOTES: OrderNotes,
}


async def _must_have_route(client: WooClient, path: str, **namespace: str) -> None:
    """Order 0 never exists: where there is a route, it is refused by the route's own code."""
    try:
        await client.read(path, msgspec.Raw, **namespace)
    except Misconfigured as error:
        words = "the shop does not keep parcels in this way: switch it on there, or choose another"
        raise Misconfigured(words, code=error.code, setting="parcel_records") from None
    except Rejected:
        return
