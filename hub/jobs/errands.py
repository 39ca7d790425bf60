"""One outbox message as a call of a connector: what it needs, and how it is read back when in doubt."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from connectors.kit import (
    BooksIdempotently,
    BooksShipments,
    CancelsBookings,
    Connector,
    ConnectorError,
    FindsBookings,
    PushesFulfilments,
    PushesFulfilmentStatus,
    PushesStock,
    QuotesRates,
    Recovery,
    Rejected,
    RunsCampaigns,
    SubscribesTracking,
    Unsupported,
)
from hub.connections import Live
from hub.context import HubContext
from hub.domain import outward
from hub.domain.effects import Verb
from hub.domain.order import Consignment, Order, Parcel
from hub.domain.snapshot import Location
from hub.pipeline.companions import passengers
from hub.storage import campaigns, products, quota_tellings, stores
from hub.storage.database import UnitOfWork
from hub.storage.orders import Stored
from hub.storage.outbox import Message, read_levels
from mappings.canonical import (
    CARRIER_NAMES,
    Booking,
    RateQuote,
    Shipment,
    ShownCampaign,
    StockRefusal,
    TrackingStatus,
)
from mappings.canonical import Parcel as TrackedParcel
from mappings.structs import FrozenStruct


class Errand(FrozenStruct):
    """A claimed message with the order as it is now (null for stock). Where something is to be booked or
    quoted, `grams`: SKU → weight of a unit, and `passengers`: what travels with it."""

    message: Message
    order: Order | None = None
    location: Location | None = None
    grams: Mapping[str, int] = {}
    passengers: tuple[outward.Carried, ...] = ()

    @property
    def consignment(self) -> Consignment:
        assert self.order is not None
        return self.order.consignment(self.message.subject)


class Answer(FrozenStruct):
    """What the platform said; `number`: about which tracking number; `shown`: what it has of a campaign now.
    `is_withdrawn`: meanwhile nobody wants it any more, so nothing was sent."""

    booking: Booking | None = None
    quotes: tuple[RateQuote, ...] = ()
    refusals: tuple[StockRefusal, ...] = ()
    status: TrackingStatus | None = None
    number: str = ""
    shown: ShownCampaign | None = None
    is_withdrawn: bool = False


def load_errands(hub: HubContext, uow: UnitOfWork, messages: Sequence[Message]) -> list[Errand]:
    """Orders and locations of claimed messages, in the claiming transaction."""
    wanted = [each.order_id for each in messages if each.order_id]
    stored = hub.books.orders.by_ids(uow, wanted, locked=False)
    places = {each.location_id: each for each in stores.locations(uow)} if stored else {}
    leads = [
        stored[each.order_id].order.consignment(each.subject)
        for each in messages
        if each.verb in (Verb.QUOTE, Verb.BOOK)
    ]
    carried = _carried(hub, uow, leads)
    aboard = [*leads, *(consignment for each in carried.values() for _, consignment in each)]
    booked = [part.sku for each in aboard for part in each.lines]
    grams = products.weights(uow, booked) if booked else {}
    messages = [quota_tellings.sure(uow, each) for each in messages]
    return [_errand(message, stored, places, grams, carried.get(message.subject, ())) for message in messages]


def _carried(
    hub: HubContext, uow: UnitOfWork, leads: Sequence[Consignment]
) -> dict[str, tuple[outward.Carried, ...]]:
    """Consignment that is booked for several → what of other orders travels with it."""
    found = passengers(uow, leads)
    ids = {order_id for each in found.values() for order_id, _ in each}
    stored = hub.books.orders.by_ids(uow, ids, locked=False)
    return {
        lead: tuple(
            (order, consignment)
            for order_id, consignment_id in each
            if (consignment := (order := stored[order_id].order).consignment(consignment_id)).is_live
        )
        for lead, each in found.items()
    }


def _errand(
    message: Message,
    stored: Mapping[str, Stored],
    places: Mapping[str, Location],
    grams: Mapping[str, int],
    carried: tuple[outward.Carried, ...],
) -> Errand:
    if not message.order_id:
        return Errand(message=message)
    order = stored[message.order_id].order
    location = places[order.consignment(message.subject).location_id]
    return Errand(message=message, order=order, location=location, grams=grams, passengers=carried)


async def run_errand(hub: HubContext, live: Live, errand: Errand) -> Answer:
    """Call the connector; raises its errors."""
    return await _ERRANDS[errand.message.verb](hub, live.connector, errand)


async def _quote(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    """A carrier that cannot say is simply not compared: a parcel does not wait for a price."""
    if not isinstance(connector, QuotesRates):
        raise Unsupported("this carrier connection does not quote")
    if not errand.consignment.waits_for_quotes:
        return Answer(is_withdrawn=True)
    assert errand.order is not None and errand.location is not None
    request = outward.shipment_request(errand.order, errand.consignment, errand.location, errand.grams)
    try:
        return Answer(quotes=tuple(await connector.quote(request)))
    except ConnectorError as error:
        if error.recovery in (Recovery.REAUTHORISE, Recovery.RECONFIGURE):
            raise
        return Answer()


async def _book(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, BooksShipments):
        raise Unsupported("this carrier connection cannot book")
    consignment, message = errand.consignment, errand.message
    assert errand.order is not None and errand.location is not None
    unwanted = consignment.stage not in (Parcel.RELEASED, Parcel.CANCELLING)
    if unwanted and not message.in_doubt:
        return Answer(is_withdrawn=True)
    request = outward.shipment_request(
        errand.order, consignment, errand.location, errand.grams, errand.passengers
    )
    if message.in_doubt and not isinstance(connector, BooksIdempotently):
        if not isinstance(connector, FindsBookings):
            raise Unsupported("the booking may exist, and this carrier can neither repeat nor find it")
        if found := await connector.find_booking(request):
            return Answer(booking=found)
        if consignment.stage is not Parcel.RELEASED:
            return Answer(is_withdrawn=True)
    return Answer(booking=await connector.book(request, message.id))


async def _cancel_booking(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, CancelsBookings):
        raise Unsupported("this carrier connection cannot take bookings back")
    consignment = errand.consignment
    if consignment.stage is not Parcel.CANCELLING:
        return Answer(is_withdrawn=True)
    if not consignment.tracking_number:
        raise Rejected("the outcome of the booking is not known, so it cannot be taken back by itself")
    await connector.cancel_booking(outward.cancellation(consignment), errand.message.id)
    return Answer()


async def _subscribe(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, SubscribesTracking):
        raise Unsupported("this carrier connection cannot subscribe")
    assert errand.order is not None
    callback = hub.webhook_url(errand.message.connection_id)
    if not callback:
        return Answer(is_withdrawn=True)  # nobody reaches us: the parcel is asked for instead
    parcel = tracked_parcel(errand.order, errand.consignment, errand.location)
    await connector.subscribe(parcel, callback, errand.message.id)
    return Answer()


def tracked_parcel(order: Order, consignment: Consignment, location: Location | None) -> TrackedParcel:
    """What a carrier needs to follow a parcel. Some ask for the last digits of a telephone on its label: the
    sender's, because the receiver's address may have changed since."""
    address = order.sales.ship_to
    telephone = (location and location.address.telephone) or (address and address.telephone) or ""
    return TrackedParcel(
        carrier=consignment.carrier,
        tracking_number=consignment.tracking_number,
        reference=consignment.consignment_id,
        telephone_tail="".join(filter(str.isdigit, telephone))[-4:],
        destination=f"{address.province}{address.city}" if address else "",
    )


async def _push_fulfilment(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, PushesFulfilments):
        raise Unsupported("this store cannot be told about parcels")
    assert errand.order is not None
    unwanted = errand.consignment.told or errand.consignment.stage in (Parcel.CANCELLING, Parcel.CANCELLED)
    if unwanted and not errand.message.in_doubt:
        return Answer(is_withdrawn=True)
    parcel = _store_shipment(hub, errand)
    shipment = msgspec.structs.replace(parcel, lines=outward.units_to_tell(errand.order, errand.consignment))
    sought = shipment if shipment.lines else parcel
    if errand.message.in_doubt and await connector.find_fulfilment(sought):
        return Answer(number=shipment.tracking_number)
    if not shipment.lines:
        return Answer(is_withdrawn=True)
    try:
        await connector.push_fulfilment(shipment, errand.message.id)
    except (
        Rejected
    ) as refusal:  # in doubt: perhaps because the worker before, which was late, did it just now
        is_late = errand.message.in_doubt and not refusal.already_done
        if not is_late or not await connector.find_fulfilment(shipment):
            raise
    return Answer(number=shipment.tracking_number)


async def _push_status(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, PushesFulfilmentStatus):
        raise Unsupported("this store cannot be told how far parcels got")
    await connector.push_status(_store_shipment(hub, errand), errand.message.id)
    return Answer(status=errand.consignment.status)


def _store_shipment(hub: HubContext, errand: Errand) -> Shipment:
    assert errand.order is not None
    carrier = errand.consignment.carrier
    plugin = hub.registry.carriers.get(carrier)
    name = CARRIER_NAMES.get(carrier) or (plugin.title if plugin else "")
    return outward.store_shipment(errand.order, errand.consignment, name)


async def _push_stock(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, PushesStock):
        raise Unsupported("this store cannot be told stock levels")
    levels = read_levels(errand.message.document)
    refused: list[StockRefusal] = []
    for start in range(0, len(levels), connector.stock_batch):
        part = levels[start : start + connector.stock_batch]
        refused += await connector.push_stock(part, f"{errand.message.id}:{start}")
    return Answer(refusals=tuple(refused))


async def _run_campaign(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    """Told, then read: what the store made of it is the answer. Telling again changes what is there, so a
    message in doubt is simply told again."""
    if not isinstance(connector, RunsCampaigns):
        raise Unsupported("this store cannot run campaigns")
    told = campaigns.read_told(errand.message.document)
    external_id = await connector.tell_campaign(told, errand.message.id)
    named = msgspec.structs.replace(told, external_id=external_id)
    return Answer(shown=await connector.read_campaign(named))


async def _end_campaign(hub: HubContext, connector: Connector, errand: Errand) -> Answer:
    if not isinstance(connector, RunsCampaigns):
        raise Unsupported("this store cannot run campaigns")
    told = campaigns.read_told(errand.message.document)
    await connector.end_campaign(told, errand.message.id)
    return Answer(shown=await connector.read_campaign(told))


_ERRANDS: Mapping[Verb, Callable[[HubContext, Connector, Errand], Awaitable[Answer]]] = {
    Verb.QUOTE: _quote,
    Verb.BOOK: _book,
    Verb.CANCEL_BOOKING: _cancel_booking,
    Verb.SUBSCRIBE: _subscribe,
    Verb.PUSH_FULFILMENT: _push_fulfilment,
    Verb.PUSH_STATUS: _push_status,
    Verb.PUSH_STOCK: _push_stock,
    Verb.RUN_CAMPAIGN: _run_campaign,
    Verb.END_CAMPAIGN: _end_campaign,
}
