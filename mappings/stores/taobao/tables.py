"""Taobao's vocabularies → ours. Codes that a rule reads and no table names are refused, never guessed."""

from enum import Enum

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

_TRADE = "TOP field list of taobao.trade.fullinfo.get (metadata of 2026-04)"
_READ = "2026-11-24"


class LineState(Enum):
    """What a child order's status says about its goods."""

    OPEN = "open"
    SHIPPED = "shipped"
    REFUNDED = "refunded"  # closed after payment
    CLOSED_UNPAID = "closed_unpaid"


class RefundState(Enum):
    """What a child order's refund status asks of us."""

    NONE = "none"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class TradeKind(Enum):
    """What a trade's type says about its money and its goods."""

    GOODS = "goods"
    CASH_ON_DELIVERY = "cash_on_delivery"
    DIGITAL = "digital"  # codes, top-ups, vouchers, policies: nothing to ship


PAYMENTS = CodeTable(
    name="taobao.status",
    source=_TRADE,
    read_on=_READ,
    codes={
        "TRADE_NO_CREATE_PAY": PaymentStatus.PENDING,
        "WAIT_BUYER_PAY": PaymentStatus.PENDING,
        "PAY_PENDING": PaymentStatus.PENDING,
        "WAIT_PRE_AUTH_CONFIRM": PaymentStatus.PENDING,
        "PAID_FORBID_CONSIGN": PaymentStatus.PAID,
        "WAIT_SELLER_SEND_GOODS": PaymentStatus.PAID,
        "SELLER_CONSIGNED_PART": PaymentStatus.PAID,
        "WAIT_BUYER_CONFIRM_GOODS": PaymentStatus.PAID,
        "TRADE_BUYER_SIGNED": PaymentStatus.PAID,
        "TRADE_FINISHED": PaymentStatus.PAID,
        "TRADE_CLOSED": PaymentStatus.REFUNDED,
        "TRADE_CLOSED_BY_TAOBAO": PaymentStatus.VOIDED,
    },
)

LINE_STATES = CodeTable(
    name="taobao.orders.status",
    source=_TRADE,
    read_on=_READ,
    codes={
        "TRADE_NO_CREATE_PAY": LineState.OPEN,
        "WAIT_BUYER_PAY": LineState.OPEN,
        "PAY_PENDING": LineState.OPEN,
        "WAIT_PRE_AUTH_CONFIRM": LineState.OPEN,
        "PAID_FORBID_CONSIGN": LineState.OPEN,
        "WAIT_SELLER_SEND_GOODS": LineState.OPEN,
        "SELLER_CONSIGNED_PART": LineState.OPEN,
        "WAIT_BUYER_CONFIRM_GOODS": LineState.SHIPPED,
        "TRADE_BUYER_SIGNED": LineState.SHIPPED,
        "TRADE_FINISHED": LineState.SHIPPED,
        "TRADE_CLOSED": LineState.REFUNDED,
        "TRADE_CLOSED_BY_TAOBAO": LineState.CLOSED_UNPAID,
    },
)

REFUNDS = CodeTable(
    name="taobao.orders.refund_status",
    source=_TRADE + "; exchange values from taobao.refunds.receive.get",
    read_on=_READ,
    codes={
        "": RefundState.NONE,
        "NO_REFUND": RefundState.NONE,
        "CLOSED": RefundState.NONE,
        "SUCCESS": RefundState.DONE,
        **dict.fromkeys(
            (
                "WAIT_SELLER_AGREE",
                "WAIT_BUYER_RETURN_GOODS",
                "WAIT_SELLER_CONFIRM_GOODS",
                "SELLER_REFUSE_BUYER",  # the buyer may still appeal: a person looks before shipping
                "WAIT_BUYER_CONFIRM_EXCHANGE_SELLER_SEND_GOODS",
                "EXCHANGE_TRANSFORM_TO_REFUND",
                "WAIT_SELLER_CONSIGN_GOODS",
            ),
            RefundState.IN_PROGRESS,
        ),
    },
)

PRESALE_HOLDS = CodeTable(
    name="taobao.step_trade_status",
    source=_TRADE,
    read_on=_READ,
    codes={
        "": "",
        "FRONT_PAID_FINAL_PAID": "",
        "FRONT_NOPAID_FINAL_NOPAID": "pre-sale: nothing is paid yet",
        "FRONT_PAID_FINAL_NOPAID": "pre-sale: only the deposit is paid",
        "FRONT_PAID_FRONT_FORFEITED": "pre-sale: the deposit is forfeited",
    },
)

COUNTRIES = CodeTable(
    name="taobao.receiver_country",
    source="no list is published; Chinese names as they stand in receiver data",
    read_on=_READ,
    codes=dict.fromkeys(("", "中国", "中国大陆", "CN", "China"), "CN"),
)

_DIGITAL = ("auto_delivery", "ec", "eticket", "game_equipment", "insurance_plus", "finance")
_GOODS = (
    "", "fixed", "auction", "guarantee_trade", "step", "independent_simple_trade", "independent_shop_trade",
    "fenxiao", "shopex_trade", "netcn_trade", "external_trade", "instant_trade", "hotel_trade",
    "super_market_trade", "taohua", "waimai", "o2o_offlinetrade", "nopaid", "tmall_i18n", "pre_auth_type",
    "lazada",
)  # fmt: skip

TRADE_KINDS = CodeTable(
    name="taobao.type",
    source="TOP field lists of taobao.trades.sold.get and taobao.trade.fullinfo.get (metadata of 2026-04)",
    read_on=_READ,
    codes={
        **dict.fromkeys(("cod", "b2c_cod", "super_market_cod_trade"), TradeKind.CASH_ON_DELIVERY),
        **dict.fromkeys(_DIGITAL, TradeKind.DIGITAL),
        **dict.fromkeys(_GOODS, TradeKind.GOODS),
    },
)

ORDER_TYPES = ",".join(code for code in TRADE_KINDS.codes if code not in ("", "fenxiao"))
"""Every value that taobao.trades.sold.get documents for `type`: what is not listed is silently left out."""

COMPANY_CODES = CodeTable(
    name="taobao.company_code",
    source="public print of taobao.logistics.companies.get, about 2020",
    read_on=_READ,
    codes={
        "sf-express": "SF",
        "zto": "ZTO",
        "yto": "YTO",
        "sto": "STO",
        "yunda": "YUNDA",
        "ems-china-post": "EMS",
        "deppon": "DBKD",
        "debangwuliu": "DBL",
        "youzhengguonei": "POSTB",
        "huitongkuaidi": "HTKY",
        "baishiwuliu": "BESTQJT",
        "zhaijisong": "ZJS",
        "youshuwuliu": "UC",
        "tiantian": "TTKDEX",
        "kuaijiesudi": "FAST",
        "suer": "SURE",
        "quanyikuaidi": "UAPEX",
        "lianbangkuaidi": "FEDEX",
        "tiandihuayu": "HOAU",
        "ganzhongnengda": "NEDA",
        "tcat": "YCT",
        "lianhaowuliu": "LTS",
        "xinfengwuliu": "XFWL",
    },
)
"""Canonical carrier → `company_code`; carriers without a name among ours keep that of the aggregator which
books and follows them. Whoever is missing here is asked of the platform, by its Chinese name."""
