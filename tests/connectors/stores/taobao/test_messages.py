"""The message service, polled: what is ours is noticed, what is not is left alone."""

import msgspec
import pytest

from connectors.kit import Batch, Notice, Topic
from connectors.stores.taobao import PLUGIN
from mappings.stores.taobao.messages import Messages

QUEUE = "taobao.tmc.messages.consume"


@pytest.fixture
def queue(rig):
    """Switched on, and the messages that wait in it."""
    rig.twin.messages.permit({}, rig.clock())
    rig.twin.messages.group = "orderhub"
    return rig.twin.messages._queue


async def emptied(rig):
    poller, heard = rig.connect(), []
    while (batch := await poller.poll_notices()).receipts:
        heard.append(batch)
        await poller.confirm_notices(batch.receipts)
    return heard


async def test_every_trade_is_noticed_once_per_batch(rig, buy, queue):
    tid = buy()

    batch = await rig.connect().poll_notices()

    assert batch.notices == (Notice(topic=Topic.ORDER, external_id=tid),)
    assert len(batch.receipts) == 2  # created, paid


async def test_first_look_enables_the_shop_in_its_group(rig, buy, sent):
    connector = rig.connect()
    await connector.poll_notices()
    await connector.poll_notices()

    assert len(sent("taobao.tmc.user.permit")) == 1
    assert "topics" not in sent("taobao.tmc.user.permit")[0]
    assert sent("taobao.tmc.group.add")[0]["nicks"] == "示例旗舰店"
    assert [call["group_name"] for call in sent(QUEUE)] == ["orderhub", "orderhub"]


async def test_default_group_is_not_named(rig, buy, sent):
    rig.overrides["message_group"] = "default"
    await rig.connect().poll_notices()
    tid = buy()

    (batch,) = await emptied(rig)

    assert [notice.external_id for notice in batch.notices] == [tid]
    assert not sent("taobao.tmc.group.add") and "group_name" not in sent(QUEUE)[0]


async def test_without_a_group_nothing_is_asked(rig, buy):
    rig.overrides["message_group"] = ""
    buy()
    rig.wire.clear()

    assert await rig.connect().poll_notices() == Batch()
    assert rig.wire.sent == []


async def test_message_of_another_shop_is_left_to_it(rig, buy, queue):
    buy()
    for queued in queue.values():
        queued.message = {**queued.message, "user_id": 5}

    assert await emptied(rig) == []
    assert len(queue) == 2


async def test_unreadable_content_is_kept_for_a_person(rig, buy, queue):
    buy()
    name, queued = next(iter(queue.items()))
    queued.message = {**queued.message, "content": "<trade/>"}

    (batch,) = await emptied(rig)

    assert [(it.topic, it.external_id) for it in batch.deliveries] == [(Topic.UNREAD, name)]
    assert not queue


async def test_message_about_no_trade_is_only_confirmed(rig, buy, queue):
    buy()
    for queued in queue.values():
        queued.message = {**queued.message, "topic": "taobao_item_ItemUpdate"}

    (batch,) = await emptied(rig)

    assert (batch.notices, batch.deliveries, len(batch.receipts)) == ((), (), 2)
    assert not queue


async def test_more_receipts_than_a_call_takes_are_cut(rig, queue, sent):
    await rig.connect().confirm_notices([str(number) for number in range(1, 402)])

    told = [len(call["s_message_ids"].split(",")) for call in sent("taobao.tmc.messages.confirm")]
    assert told == [200, 200, 1]


@pytest.mark.parametrize("group", ["default-2", "x" * 33])
def test_group_that_cannot_be_made_is_refused_at_once(rig, group):
    with pytest.raises(ValueError, match="group"):
        PLUGIN.settings(**{**rig.twin.settings("https://twin.example"), "message_group": group})


def test_sample_is_read(contracts):
    message = (contracts / "taobao" / "samples" / "composed.tmc.trade-partly-seller-ship.json").read_bytes()

    answer = msgspec.convert({"messages": {"tmc_message": msgspec.json.decode(message)}}, Messages)

    (only,) = answer.of("123456789")
    assert (only.is_about_a_trade, only.trade(), only.id) == (
        True,
        "4123456789012345678",
        "4160600490938325004",
    )
