"""Pinduoduo's vocabularies → ours. Codes that a rule reads and no table names are refused, never guessed."""

from enum import Enum

from mappings.tables import CodeTable

_ORDER = "field notes of pdd.order.information.get"
_READ = "2026-11-24"


class Goods(Enum):
    """Where the goods of an order are."""

    HERE = "here"
    SHIPPED = "shipped"


class Deal(Enum):
    """Is it an order at all? It is one once it is paid and its group is complete."""

    PENDING = "pending"
    MADE = "made"
    CANCELLED = "cancelled"


class Refund(Enum):
    NONE = "none"
    IN_PROGRESS = "in_progress"
    DONE = "done"


GOODS = CodeTable(
    name="pinduoduo.order_status",
    source=_ORDER,
    read_on=_READ,
    codes={"1": Goods.HERE, "2": Goods.SHIPPED, "3": Goods.SHIPPED},
)

DEALS = CodeTable(
    name="pinduoduo.confirm_status, group_status",
    source=_ORDER,
    read_on=_READ,
    codes={"0": Deal.PENDING, "1": Deal.MADE, "2": Deal.CANCELLED},
)

REFUNDS = CodeTable(
    name="pinduoduo.refund_status",
    source=_ORDER,
    read_on=_READ,
    codes={"1": Refund.NONE, "2": Refund.IN_PROGRESS, "3": Refund.IN_PROGRESS, "4": Refund.DONE},
)

IS_UNDER_REVIEW = CodeTable(
    name="pinduoduo.risk_control_status", source=_ORDER, read_on=_READ, codes={"0": False, "1": True}
)

COUNTRIES = CodeTable(
    name="pinduoduo.country",
    source="no list is published; the Chinese name as it stands in receiver data",
    read_on=_READ,
    codes=dict.fromkeys(("", "中国"), "CN"),
)

LOGISTICS_IDS = CodeTable(
    name="pinduoduo.logistics_id",
    source="public prints of pdd.logistics.companies.get",
    read_on=_READ,
    codes={
        "sf-express": "44",
        "zto": "115",
        "yto": "85",
        "sto": "1",
        "yunda": "121",
        "jtexpress": "384",
        "ems-china-post": "118",
        "jdl": "120",
        "deppon": "131",
    },
)
"""Canonical carrier → `logistics_id`. Whoever is missing here is asked of the platform, by its name."""
