"""Stores that tell too little, too much, or «done» on a guess."""

from collections.abc import Sequence
from typing import Any

import msgspec
from orderhub_acme.connector import AcmeConnector
from orderhub_acme.mapping import outward
from orderhub_acme.settings import AcmeSettings

from broken.planted import in_acme
from connectors.kit import OutcomeUnknown, Outside, PlatformClient, Rejected, Transient, classify_status
from mappings.canonical import LineQuantity, Shipment, StockLevel, StockRefusal


class RepeatsWrites(AcmeConnector):
    """sends writes as reads, so that they are repeated in place"""

    async def _send(self, *given: Any, **request: Any) -> Any:
        return await super()._send(*given, **{**request, "write": False})


class CallsUnknownTransient(AcmeConnector):
    """says «again soon» of a write without an answer"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        try:
            await super().push_fulfilment(shipment, key)
        except OutcomeUnknown as error:
            raise Transient(str(error)) from None


class NeverAsks(AcmeConnector):
    """claims that the parcel is known, without asking"""

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return True


class Remembers(AcmeConnector):
    """reads back from its own memory"""

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._told: set[str] = set()

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        await super().push_fulfilment(shipment, key)
        self._told.add(shipment.tracking_number)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return shipment.tracking_number in self._told


class TellsTwice(AcmeConnector):
    """does not look whether the parcel is known already"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        body = outward.parcel_body(shipment)
        await self._ask(outward.Answer, "POST", self._parcels(shipment), write=True, json=body)


class ForgetsFormerNumbers(AcmeConnector):
    """tells a corrected number as another parcel"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        await super().push_fulfilment(msgspec.structs.replace(shipment, former_numbers=()), key)


class KeepsTheFormerNumber(AcmeConnector):
    """calls a parcel known that the store knows under its former number"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        known = await self._known(shipment)
        if not any(number in known for number in shipment.former_numbers):
            await super().push_fulfilment(shipment, key)


class CorrectsByReading(AcmeConnector):
    """calls a correction without an answer done, since the parcel is known"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        try:
            await super().push_fulfilment(shipment, key)
        except OutcomeUnknown:
            if not await self._known(shipment):
                raise


class RoundsUp(AcmeConnector):
    """tells every line as shipped in full"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        lines = tuple(LineQuantity(line_id=line.line_id, quantity=2) for line in shipment.lines)
        await super().push_fulfilment(msgspec.structs.replace(shipment, lines=lines), key)


class TakesNoForYes(AcmeConnector):
    """takes a 200 that refuses for a success"""

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = PlatformClient(outside, classify=classify_status)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return False


class TripsOverCarriers(AcmeConnector):
    """lets the mapping's error about an unknown carrier escape"""

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        outward.parcel_body(shipment)
        await super().push_fulfilment(shipment, key)


class DeliversOnce(AcmeConnector):
    """refuses to tell a status that needs no telling"""

    async def push_status(self, shipment: Shipment, key: str) -> None:
        if shipment.status.value == "returning":
            raise Rejected("no such status")
        await super().push_status(shipment, key)


class AddsOne(AcmeConnector):
    """keeps one unit in reserve that nobody asked for"""

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        fewer = [msgspec.structs.replace(it, available=max(1, it.available)) for it in levels]
        return await super().push_stock(fewer, key)


class HidesRefusals(AcmeConnector):
    """does not tell which listings were refused"""

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        await super().push_stock(levels, key)
        return ()


class ForgetsUnknownStock(AcmeConnector):
    """calls stock done whose outcome is unknown"""

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        try:
            return await super().push_stock(levels, key)
        except (OutcomeUnknown, Transient):
            return ()


PUSH_FAULTS = (
    in_acme("push.parcel_is_told_once_whatever_breaks", connector=RepeatsWrites),
    in_acme("push.unanswered_parcel_is_unknown", connector=CallsUnknownTransient),
    in_acme("push.parcel_is_recorded", connector=NeverAsks),
    in_acme("push.parcel_is_recorded", connector=Remembers),
    in_acme("push.same_key_twice_is_one_parcel", connector=TellsTwice),
    in_acme("push.corrected_number_replaces_the_former", connector=ForgetsFormerNumbers),
    in_acme("push.corrected_number_replaces_the_former", connector=KeepsTheFormerNumber),
    in_acme("push.number_is_corrected_once_whatever_breaks", connector=CorrectsByReading),
    in_acme("push.part_then_rest", connector=RoundsUp),
    in_acme("push.unknown_order_is_rejected", connector=TakesNoForYes),
    in_acme("push.unknown_carrier_is_expressed_or_unsupported", connector=TripsOverCarriers),
    in_acme("push.every_status_can_be_told", connector=DeliversOnce),
    in_acme("push.stock_is_set", connector=AddsOne),
    in_acme("push.refused_listing_is_named", connector=HidesRefusals),
    in_acme("push.stock_is_set_whatever_breaks", connector=ForgetsUnknownStock),
)
