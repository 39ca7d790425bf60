"""Ask what carriers would take for a parcel, for a person who wants to see all of it. Nothing is booked."""

import asyncio

from connectors.kit import ConnectorError, QuotesRates
from hub.context import HubContext
from hub.domain import outward
from hub.domain.order import Consignment, Order
from hub.storage import products, queries, stores
from hub.storage.database import UnitOfWork
from mappings.canonical import RateQuote, ShipmentRequest
from mappings.structs import FrozenStruct


class Asked(FrozenStruct):
    """What one carrier connection answered; `refusal` in its words where it gave no quotes."""

    connection: str
    quotes: tuple[RateQuote, ...] = ()
    refusal: str = ""


async def ask_for_quotes(hub: HubContext, order: Order, consignment: Consignment) -> list[Asked]:
    """Every carrier connection that quotes is asked at once, also one that only observes; by its id."""
    request, able = await hub.database.read(lambda uow: _prepared(uow, order, consignment))
    return list(await asyncio.gather(*(_ask(hub, each, request) for each in able)))


def _prepared(uow: UnitOfWork, order: Order, consignment: Consignment) -> tuple[ShipmentRequest, list[str]]:
    location = next(each for each in stores.locations(uow) if each.location_id == consignment.location_id)
    grams = products.weights(uow, [part.sku for part in consignment.lines])
    able = [each.id for each in queries.connections(uow) if "QuotesRates" in each.capabilities]
    return outward.shipment_request(order, consignment, location, grams), sorted(able)


async def _ask(hub: HubContext, connection_id: str, request: ShipmentRequest) -> Asked:
    try:
        live = await hub.live.open(connection_id)
        if live is None or not isinstance(live.connector, QuotesRates):
            return Asked(connection=connection_id, refusal="it does not quote")
        quotes = tuple(await live.connector.quote(request))
    except ConnectorError as error:
        return Asked(connection=connection_id, refusal=str(error))
    return Asked(
        connection=connection_id, quotes=quotes, refusal="" if quotes else "it would not carry the parcel"
    )
