"""Pollers that lose what a queue held, or never come to its end."""

from collections.abc import Sequence

import msgspec
from orderhub_acme.connector import AcmeConnector
from orderhub_acme.mapping import outward

from broken.planted import in_acme
from connectors.kit import Batch, Notice, Topic


class NamesTheMessage(AcmeConnector):
    """gives the message's id as the order's"""

    async def poll_notices(self) -> Batch:
        batch = await super().poll_notices()
        named = tuple(Notice(topic=Topic.ORDER, external_id=receipt) for receipt in batch.receipts)
        return msgspec.structs.replace(batch, notices=named)


class ReadsTheFirstOnly(AcmeConnector):
    """confirms a whole batch of which it read one message"""

    async def poll_notices(self) -> Batch:
        batch = await super().poll_notices()
        return msgspec.structs.replace(batch, notices=batch.notices[:1])


class ConfirmsAtOnce(AcmeConnector):
    """confirms before anything is stored"""

    async def poll_notices(self) -> Batch:
        batch = await super().poll_notices()
        await super().confirm_notices(batch.receipts)
        return batch


class NeverConfirms(AcmeConnector):
    """lets the platform hand out the same for ever"""

    async def confirm_notices(self, receipts: Sequence[str]) -> None:
        return None


class ConfirmsOnlyOnce(AcmeConnector):
    """confirms as if a repetition did harm"""

    async def confirm_notices(self, receipts: Sequence[str]) -> None:
        body = {"receipts": list(receipts)}
        await self._ask(outward.Answer, "POST", "/queue/confirm", write=True, json=body)


POLL_FAULTS = (
    in_acme("poll.every_change_is_noticed", connector=NamesTheMessage),
    in_acme("poll.every_change_is_noticed", connector=ReadsTheFirstOnly),
    in_acme("poll.unconfirmed_comes_again", connector=ConfirmsAtOnce),
    in_acme("poll.confirmed_is_over", connector=NeverConfirms),
    in_acme("poll.nothing_is_lost_whatever_breaks", connector=ConfirmsOnlyOnce),
)
