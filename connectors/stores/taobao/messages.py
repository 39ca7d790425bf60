"""The platform's message service (TMC), polled. Messages that are not confirmed come again after about five
minutes. An application has one queue for all of its shops, unless a shop was given a group of its own."""

from collections.abc import Sequence

import msgspec

from connectors.kit import Batch, Delivery, Notice, Topic
from connectors.stores.taobao.gateway import Gateway
from mappings.stores.taobao.answers import Done
from mappings.stores.taobao.messages import Message, Messages, Seller, User

DEFAULT_GROUP = "default"
MOST_MESSAGES = 200
"""That one call hands out, or confirms."""


class MessageQueue:
    """One shop's part of the queue. The first look switches it on: the shop gets the topics that the
    application subscribed to (the platform's advice), and its group if it is to have one."""

    def __init__(self, gateway: Gateway, group: str) -> None:
        self._gateway = gateway
        self._group = {} if group == DEFAULT_GROUP else {"group_name": group}
        self._seller: User | None = None

    async def poll(self) -> Batch:
        seller = self._seller = self._seller or await self._switched_on()
        call = {**self._group, "quantity": str(MOST_MESSAGES)}
        answer = await self._gateway.call("taobao.tmc.messages.consume", call, Messages, write=False)
        return _batch(answer.of(str(seller.user_id)))

    async def confirm(self, receipts: Sequence[str]) -> None:
        for start in range(0, len(receipts), MOST_MESSAGES):
            ids = ",".join(receipts[start : start + MOST_MESSAGES])
            call = {**self._group, "s_message_ids": ids}
            await self._gateway.call("taobao.tmc.messages.confirm", call, Done, write=False)

    async def _switched_on(self) -> User:
        """All of it may be repeated: a permission replaces the former one, a group keeps its members."""
        fields = {"fields": "user_id,nick"}
        seller = (await self._gateway.call("taobao.user.seller.get", fields, Seller, write=False)).user
        await self._gateway.call("taobao.tmc.user.permit", {}, Done, write=False)
        if self._group:
            call = {**self._group, "nicks": seller.nick}
            await self._gateway.call("taobao.tmc.group.add", call, Done, write=False)
        return seller


def _batch(messages: Sequence[Message]) -> Batch:
    about_trades = [message for message in messages if message.is_about_a_trade]
    trades = dict.fromkeys(tid for message in about_trades if (tid := message.trade()))
    return Batch(
        notices=tuple(Notice(topic=Topic.ORDER, external_id=tid) for tid in trades),
        deliveries=tuple(_unread(message) for message in about_trades if not message.trade()),
        receipts=tuple(str(message.id) for message in messages),
    )


def _unread(message: Message) -> Delivery:
    return Delivery(topic=Topic.UNREAD, external_id=str(message.id), document=msgspec.json.encode(message))
