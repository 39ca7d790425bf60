"""Youzan's vocabularies → ours. Codes that a rule reads and no table names are refused, never guessed."""

from enum import Enum

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

_TRADE = "doc.youzanyun.com, youzan.trade.get 4.0.2"
_READ = "2026-11-24"


class Kind(Enum):
    """What an order's type says about its goods."""

    GOODS = "goods"
    NOTHING_TO_SHIP = "nothing_to_ship"
    SUPPLY = "supply"  # a distributor buys from a supplier, at prices of its own


class RefundState(Enum):
    """What a refund asks of us."""

    NONE = "none"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class Delivery(Enum):
    """How the buyer gets the goods."""

    COURIER = "courier"
    PICK_UP = "pick_up"
    LOCAL = "local"
    NONE = "none"


PAYMENTS = CodeTable(
    name="youzan.status",
    source=_TRADE,
    read_on=_READ,
    codes={
        "WAIT_BUYER_PAY": PaymentStatus.PENDING,
        **dict.fromkeys(
            (
                "TRADE_PAID",
                "WAIT_CONFIRM",
                "WAIT_SELLER_SEND_GOODS",
                "WAIT_BUYER_CONFIRM_GOODS",
                "TRADE_SUCCESS",
            ),
            PaymentStatus.PAID,
        ),
        "TRADE_CLOSED": PaymentStatus.VOIDED,
    },
)

STATUS_HOLDS = {
    "TRADE_PAID": "TRADE_PAID: the payment is still being entered",
    "WAIT_CONFIRM": "WAIT_CONFIRM: paid, but a group or an acceptance is pending",
}

IS_PAID_AHEAD = CodeTable(
    name="youzan.pay_type_str",
    source=_TRADE + " (the list there ends with «…»); read only where no time of payment is told",
    read_on=_READ,
    codes={
        **dict.fromkeys(
            (
                "WEIXIN", "WEIXIN_DAIXIAO", "ALIPAY", "BANKCARDPAY", "PEERPAY", "PRESENTTAKE", "COUPONPAY",
                "ECARD", "PREPAIDCARD", "OFCASH", "MARKPAY",
            ),
            True,
        ),
        "CODPAY": False,
    },
)  # fmt: skip

KINDS = CodeTable(
    name="youzan.type",
    source=_TRADE,
    read_on=_READ,
    codes={
        **dict.fromkeys(("0", "1", "2", "4", "10", "40", "100"), Kind.GOODS),
        **dict.fromkeys(("6", "35", "61", "75", "81"), Kind.NOTHING_TO_SHIP),
        "3": Kind.SUPPLY,
    },
)
"""0 normal, 1 gift, 2 paid by a friend, 3 distributor's purchase, 4 present, 6 QR code at the counter,
10 group, 35 hotel, 40 take-away, 61 cash desk, 75 knowledge, 81 gift card, 100 wholesale."""

DELIVERIES = CodeTable(
    name="youzan.express_type",
    source=_TRADE,
    read_on=_READ,
    codes={"0": Delivery.COURIER, "1": Delivery.PICK_UP, "2": Delivery.LOCAL, "9": Delivery.NONE},
)

REFUNDS = CodeTable(
    name="youzan.refund_order.refund_state",
    source=_TRADE,
    read_on=_READ,
    codes={
        **dict.fromkeys(("1", "10", "20", "30", "40"), RefundState.IN_PROGRESS),
        "50": RefundState.NONE,
        "60": RefundState.DONE,
    },
)
"""1 asked for, 10 refused by the seller (the buyer may appeal), 20 return agreed, 30 sent back, 40 not
received by the seller, 50 closed, 60 done."""

CLOSE_REASONS = CodeTable(
    name="youzan.close_type",
    source=_TRADE,
    read_on=_READ,
    codes={
        "1": "expired",
        "2": "refunded",
        "3": "cancelled",
        "4": "cancelled by the buyer",
        "5": "cancelled by the seller",
        "6": "partly refunded",
    },
)

EXPRESS_NAMES = CodeTable(
    name="youzan.express.name",
    source="youzan.logistics.express.get, of which three names are published (申通, 圆通, 中通)",
    read_on=_READ,
    codes={
        "sf-express": ("顺丰速运", "顺丰快递"),
        "zto": ("中通快递", "中通速递", "中通"),
        "yto": ("圆通速递", "圆通快递", "圆通"),
        "sto": ("申通快递", "申通"),
        "yunda": ("韵达快递", "韵达速递", "韵达"),
        "jdl": ("京东快递", "京东物流"),
        "jtexpress": ("极兔速递", "极兔快递"),
        "ems-china-post": ("EMS", "邮政EMS"),
        "deppon": ("德邦快递", "德邦物流"),
    },
)
"""Canonical carrier → names under which Youzan may list it. Its number is always asked of the platform."""
