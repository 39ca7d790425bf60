"""What a step wants done. Steps return effects; storage writes them in the same transaction."""

from datetime import datetime
from enum import StrEnum

from mappings.structs import FrozenStruct


class Verb(StrEnum):
    """What an outbox row asks a connector to do."""

    QUOTE = "quote"
    BOOK = "book"
    CANCEL_BOOKING = "cancel_booking"
    SUBSCRIBE = "subscribe"
    PUSH_FULFILMENT = "push_fulfilment"
    PUSH_STATUS = "push_status"
    PUSH_STOCK = "push_stock"
    RUN_CAMPAIGN = "run_campaign"
    END_CAMPAIGN = "end_campaign"


class Reserve(FrozenStruct):
    """Promise units: availability falls. `store_id`: out of the quota of this store."""

    location_id: str
    sku: str
    quantity: int
    store_id: str = ""


class Unreserve(FrozenStruct):
    """Give promised units back: availability rises. `store_id`: into the quota of this store."""

    location_id: str
    sku: str
    quantity: int
    store_id: str = ""


class Consume(FrozenStruct):
    """Promised units left the building: on hand and reserved fall together."""

    location_id: str
    sku: str
    quantity: int
    consignment_id: str


class Send(FrozenStruct):
    """Put a row into the outbox. `gate_connection_id` is the store's connection: while that observes,
    the row waits, whoever it is addressed to."""

    verb: Verb
    connection_id: str
    gate_connection_id: str
    order_id: str
    consignment_id: str
    not_before: datetime | None = None


class Withdraw(FrozenStruct):
    """Take back what has not been sent for this consignment."""

    consignment_id: str


class CaseKind(StrEnum):
    """Why a person has to look after a parcel."""

    RETURNED = "returned"
    LOST = "lost"
    CANCELLED_TOO_LATE = "cancelled_too_late"
    CHANGED_TOO_LATE = "changed_too_late"
    SHIPPED_ELSEWHERE = "shipped_elsewhere"
    CANCELLED_BY_CARRIER = "cancelled_by_carrier"
    MOVED_AFTER_CANCELLATION = "moved_after_cancellation"
    NOT_TOLD = "not_told"


class OpenCase(FrozenStruct):
    """Open an after-sales case, once per order, kind and consignment."""

    order_id: str
    kind: CaseKind
    consignment_id: str
    reason: str


class PutTag(FrozenStruct):
    """Put a word on an order, because an automation rule says so."""

    order_id: str
    tag: str
    rule: str


Effect = Reserve | Unreserve | Consume | Send | Withdraw | OpenCase | PutTag
