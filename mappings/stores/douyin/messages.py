"""Douyin's pushes → which orders they are about. They may be late, doubled and out of order, and say less
than the order: each is only «this order changed»."""

import msgspec

from mappings.documents import WireDocument, decode
from mappings.stores.douyin.wire import Id


class Content(WireDocument):
    """`p_id` is the shop order."""

    p_id: Id | None = None
    shop_id: Id | None = None


class Message(WireDocument):
    """`data` is JSON inside a text, in documentation an object. Tags: 1xx orders, 2xx after-sales."""

    tag: Id
    data: msgspec.Raw = msgspec.Raw(b"{}")

    @property
    def is_about_an_order(self) -> bool:
        return len(tag := str(self.tag)) == 3 and tag[0] in "12"

    def content(self) -> Content:
        inside = bytes(self.data)
        return decode(decode(inside, str).encode() if inside[:1] == b'"' else inside, Content)


def read_push(body: bytes) -> list[Message]:
    """A list of messages; a single one may come without its brackets."""
    return decode(body, list[Message]) if body.lstrip()[:1] == b"[" else [decode(body, Message)]
