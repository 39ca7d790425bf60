"""What connectors hand to the hub and get from it: deliveries, notices, pages, webhooks."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from mappings.structs import FrozenStruct


class Topic(StrEnum):
    """What a document is about; chooses the mapping function that reads it."""

    ORDER = "order"
    LISTING = "listing"
    TRACKING = "tracking"
    UNREAD = "unread"  # a genuine webhook that its connector cannot read: parked for a person


class Delivery(FrozenStruct):
    """One full document, exactly the bytes that came.

    `external_id` is the platform's id of the thing (the tracking number for tracking). `version` is the
    platform's own modification instant: leave it null where the platform gives none or is known not to move
    it; then the hub compares with the latest accepted content instead.
    """

    topic: Topic
    external_id: str
    document: bytes
    version: datetime | None = None


class Notice(FrozenStruct):
    """«This thing changed», without a usable document: the hub fetches it later."""

    topic: Topic
    external_id: str


class Page(FrozenStruct):
    """One step of a pull. `bookmark` is where to resume once this page is stored; null: not safe to yet."""

    deliveries: tuple[Delivery, ...] = ()
    notices: tuple[Notice, ...] = ()
    bookmark: str | None = None


class Batch(FrozenStruct):
    """What a platform's queue handed out. `receipts` name its messages for the confirmation, also those that
    bring nothing; without any, nothing waits now."""

    deliveries: tuple[Delivery, ...] = ()
    notices: tuple[Notice, ...] = ()
    receipts: tuple[str, ...] = ()


class WebhookRequest(FrozenStruct):
    """A request to `/webhooks/{connection}`: header names in lower case, body unread and unchanged."""

    method: str = "POST"
    headers: Mapping[str, str]
    query: Mapping[str, str] = {}
    body: bytes


class WebhookReply(FrozenStruct):
    """What the platform wants to read back once its message is stored."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


class Receipt(FrozenStruct):
    """A webhook understood: what it brought, and what to answer after the commit."""

    deliveries: tuple[Delivery, ...] = ()
    notices: tuple[Notice, ...] = ()
    reply: WebhookReply = WebhookReply()
