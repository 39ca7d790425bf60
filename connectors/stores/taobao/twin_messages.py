"""The message service of Taobao's twin: messages wait in a group until they are confirmed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.kit.twin import Fault, Faults
from connectors.stores.taobao.twin_catalog import Refused, invalid, number_of
from connectors.stores.taobao.twin_state import Trade, mask, wall_clock

USER_ID = 2_209_876_543_210
NICK = "示例旗舰店"
HIDDEN = timedelta(minutes=5)
"""For so long a message that was handed out is not handed out again."""
FIRST_ID = 4_160_600_490_938_325_000


class Queued(msgspec.Struct):
    message: Mapping[str, Any]
    group: str
    visible: datetime


class MessageService:
    """Of one application with one shop, subscribed to everything. Nothing is queued before the shop was
    enabled."""

    def __init__(self) -> None:
        self.enabled = False
        self.topics: frozenset[str] = frozenset()
        self.group = ""
        self._queue: dict[str, Queued] = {}
        self._count = 0

    def announce(self, topic: str, trade: Trade, now: datetime, faults: Faults) -> None:
        """Something happened to a trade; faults decide whether the message is lost, doubled or late."""
        if not self.enabled or (self.topics and topic not in self.topics):
            return
        if faults.strikes(Fault.DROP_WEBHOOK):
            return
        copies = 2 if faults.strikes(Fault.DUPLICATE_WEBHOOK) else 1
        late = faults.random.uniform(60, 7200) if faults.strikes(Fault.DELAY_WEBHOOK) else 0
        for _ in range(copies):
            self._count += 1
            message = _message(str(FIRST_ID + self._count), topic, trade, now)
            self._queue[message["id"]] = Queued(message, self.group, now + timedelta(seconds=late))

    def permit(self, given: Mapping[str, str], now: datetime) -> dict[str, Any]:
        """The topics replace former ones; without any, all that the application subscribed to."""
        self.enabled = True
        self.topics = frozenset(filter(None, given.get("topics", "").split(",")))
        return {"is_success": True}

    def add_group(self, given: Mapping[str, str], now: datetime) -> dict[str, Any]:
        """Later messages of the shop go to its group; earlier ones stay where they are."""
        name = given["group_name"]
        if len(name) > 32 or name.startswith("default"):
            invalid("group_name")
        if not self.enabled or given["nicks"].split(",") != [NICK]:
            raise Refused(15, "Remote service error", "isv.user-not-exist:nicks", "用户未开通消息服务")
        self.group = name
        return {"group_name": name, "created": wall_clock(now)}

    def consume(self, given: Mapping[str, str], now: datetime) -> dict[str, Any]:
        quantity = number_of(given, "quantity", 100, least=10, most=200)
        group = self._known_group(given)
        due = [it for it in self._queue.values() if it.group == group and it.visible <= now][:quantity]
        for queued in due:
            queued.visible = now + HIDDEN
        return {"messages": {"tmc_message": [it.message for it in due]} if due else {}}

    def confirm(self, given: Mapping[str, str], now: datetime) -> dict[str, Any]:
        ids, group = given["s_message_ids"].split(","), self._known_group(given)
        if len(ids) > 200 or not all(each.isdigit() for each in ids):
            invalid("s_message_ids")
        for each in ids:
            if each in self._queue and self._queue[each].group == group:
                del self._queue[each]
        return {"is_success": True}

    def _known_group(self, given: Mapping[str, str]) -> str:
        name = given.get("group_name", "")
        if name and name != self.group:
            invalid("group_name")
        return name


def _message(number: str, topic: str, trade: Trade, now: datetime) -> dict[str, Any]:
    content = {
        "buyer_nick": mask(trade.buyer),
        "payment": f"{trade.payment:.2f}",
        "oid": int(trade.children[0].oid),
        "tid": int(trade.tid),
        "type": trade.kind,
        "seller_nick": NICK,
    }
    return {
        "id": number,
        "topic": topic,
        "user_id": USER_ID,
        "user_nick": NICK,
        "pub_time": wall_clock(now),
        "content": msgspec.json.encode(content).decode(),
    }
