"""Youzan's pushes → which trade they are about. They may be late, doubled and out of order, and say less than
the trade: each is only «this trade changed»."""

from urllib.parse import unquote

import msgspec

from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.stores.youzan.trade import Id

ABOUT_A_TRADE = ("trade_", "youzan_trade_")


class Content(WireDocument):
    """Messages of creation and payment hold the whole trade instead; their `id` is the trade's."""

    tid: str = ""


class Push(WireDocument):
    """`msg` is URL-encoded JSON text, or an object (`youzan_trade_Refund…`); `test` marks probes."""

    kdt_id: Id
    type: str = ""
    id: Id = ""
    test: bool | None = None
    msg: msgspec.Raw = msgspec.Raw(b"{}")

    @property
    def is_about_a_trade(self) -> bool:
        return not self.test and self.type.startswith(ABOUT_A_TRADE)

    def trade(self) -> str:
        """The trade's id; `MappingError` for a message that names none."""
        content = bytes(self.msg)
        if content[:1] == b'"':
            content = unquote(decode(content, str)).encode()
        found = decode(content, Content).tid or str(self.id)
        if not found:
            raise MappingError("$.msg", "names no trade")
        return found


def read_push(body: bytes) -> Push:
    return decode(body, Push)
