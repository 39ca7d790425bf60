"""Douyin's vocabularies → ours. Codes that a rule reads and no table names are refused, never guessed."""

from enum import Enum

from mappings.tables import CodeTable

_ORDER = "official field lists of order.searchList and order.orderDetail"
_READ = "2026-11-24"


class State(Enum):
    """How far an order, or a line, got."""

    UNPAID = "unpaid"
    WAITING = "waiting"
    SHIPPED = "shipped"
    CLOSED = "closed"


class AfterSale(Enum):
    NONE = "none"
    IN_PROGRESS = "in_progress"
    DONE = "done"


STATES = CodeTable(
    name="douyin.order_status",
    source=_ORDER,
    read_on=_READ,
    codes={
        "1": State.UNPAID,
        "103": State.UNPAID,
        "105": State.WAITING,
        "2": State.WAITING,
        "101": State.WAITING,
        "3": State.SHIPPED,
        "5": State.SHIPPED,
        "4": State.CLOSED,
    },
)
"""1 to pay, 103 partly paid, 105 paid and not to be shipped yet, 2 to ship, 101 partly shipped, 3 shipped,
5 finished, 4 closed."""

IS_PAID_AHEAD = CodeTable(
    name="douyin.pay_type",
    source=_ORDER + "; read only where no time of payment is told",
    read_on=_READ,
    codes={"0": False, **dict.fromkeys(("1", "2", "3", "4", "5", "7", "8", "9", "12"), True)},
)

AFTER_SALES = CodeTable(
    name="douyin.after_sale_status",
    source=_ORDER,
    read_on=_READ,
    codes={
        "0": AfterSale.NONE,
        **dict.fromkeys(("6", "7", "8", "11", "13", "27", "29"), AfterSale.IN_PROGRESS),
        **dict.fromkeys(("14", "28", "51"), AfterSale.NONE),
        **dict.fromkeys(("12", "53"), AfterSale.DONE),
    },
)
"""6 applied, 7 return under way, 8 the seller has to ship, 11 sent back, 13 exchange shipped, 27 and 29
refused (the buyer may appeal); 14 exchange received, 28 closed, 51 order cancelled; 12 and 53 done."""

COMPANY_CODES = CodeTable(
    name="douyin.company_code",
    source="codes seen in official samples of order.logisticsCompanyList",
    read_on=_READ,
    codes={
        "sf-express": "shunfeng",
        "zto": "zhongtong",
        "yto": "yuantong",
        "sto": "shentong",
        "yunda": "yunda",
        "jtexpress": "jtexpress",
        "jdl": "jd",
    },
)
"""Canonical carrier → `company_code`. Whoever is missing here is asked of the platform, by its name."""
