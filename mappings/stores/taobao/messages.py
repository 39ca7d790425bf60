"""Messages of the platform (TMC) → what they are about.

They may be doubled, late and out of order, and say less than the trade: each is only «this trade changed».
*Unverified*: the inner name `messages.tmc_message`.
"""

from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.stores.taobao.trade import Id, many

ABOUT_A_TRADE = ("taobao_trade_", "taobao_refund_")
"""Beginnings of the topics whose content names a trade."""


class Content(WireDocument):
    tid: Id


class Message(WireDocument):
    """`content` is JSON inside a text; `user_id` is the shop."""

    id: Id
    topic: str = ""
    user_id: Id | None = None
    content: str = ""

    @property
    def is_about_a_trade(self) -> bool:
        return self.topic.startswith(ABOUT_A_TRADE)

    def trade(self) -> str:
        """The trade's id; empty if the content cannot be read (the platform may be set to XML)."""
        try:
            return str(decode(self.content.encode(), Content).tid)
        except MappingError:
            return ""


class MessageList(WireDocument):
    tmc_message: list[Message] | Message | None = None


class Messages(WireDocument):
    """taobao.tmc.messages.consume."""

    messages: MessageList | None = None

    def of(self, user_id: str) -> list[Message]:
        """Those of one shop: an application has one queue for all of its shops."""
        every = many(self.messages.tmc_message) if self.messages else []
        return [message for message in every if str(message.user_id) == user_id]


class User(WireDocument):
    user_id: Id
    nick: str


class Seller(WireDocument):
    """taobao.user.seller.get."""

    user: User
