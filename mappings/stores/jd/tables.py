"""JD's vocabularies → ours. Codes that a rule reads and no table names are refused, never guessed."""

from enum import Enum

from mappings.tables import CodeTable

_ORDER = "field notes of jingdong.pop.order.enSearch, SOP shops"
_READ = "2026-11-24"


class State(Enum):
    """How far an order got."""

    UNPAID = "unpaid"
    OPEN = "open"
    PAUSED = "paused"
    LOCKED = "locked"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


STATES = CodeTable(
    name="jd.order_state",
    source=_ORDER,
    read_on=_READ,
    codes={
        "NOT_PAY": State.UNPAID,
        "WAIT_SELLER_STOCK_OUT": State.OPEN,
        "WAIT_SELLER_DELIVERY": State.OPEN,
        "WAIT_SEND_CODE": State.OPEN,
        "PAUSE": State.PAUSED,
        "POP_ORDER_PAUSE": State.PAUSED,
        "LOCKED": State.LOCKED,
        "WAIT_GOODS_RECEIVE_CONFIRM": State.SHIPPED,
        "DELIVERY_RETURN": State.SHIPPED,
        "FINISHED_L": State.SHIPPED,
        "TRADE_CANCELED": State.CANCELLED,
    },
)
"""Locked: the buyer asks to cancel. FBP orders, which JD's warehouses ship, have other states."""

FINISHED = "FINISHED_L"

IS_PAID_AT_THE_DOOR = CodeTable(
    name="jd.pay_type",
    source=_ORDER,
    read_on=_READ,
    codes={"1": True, "2": False, "3": True, "4": False, "5": False, "6": False},
)
"""Cash on delivery, postal order, at the pick-up point, online, transfer, card: as code or `4-在线支付`."""

SHOP_SHIPS, SERVICE = "22", "75"
"""Order types: SOP, which the shop ships; LOC, a code for a service. Others travel through JD."""

LOGISTICS_IDS = CodeTable(
    name="jd.logistics_id",
    source="public carrier maps of JD connectors",
    read_on=_READ,
    codes={
        "deppon": "3046",
        "ems-china-post": "465",
        "jdl": "2087",
        "sf-express": "467",
        "sto": "470",
        "yto": "463",
        "yunda": "1327",
        "zto": "1499",
    },
)


def _paths(above: str, names: str) -> frozenset[str]:
    return frozenset(f"{above}.{name}" for name in names.split())


UNREAD_FIELDS = (
    _paths(
        "$",
        "venderId orderTotalPrice orderSellerPrice deliveryType invoiceEasyInfo invoiceInfo invoiceCode"
        " realPin vatInfo customs customsModel orderSource storeOrder idSopShipmenttype scDT tuiHuoWuYou"
        " orderSign storeId flag sendpayMap commission dataVersion mdbStoreId idShipmenttype outBoundDate",
    )
    | _paths(
        "$.consigneeInfo",
        "provinceId cityId countyId townId encrypt_fullname encrypt_telephone encrypt_mobile"
        " encrypt_fullAddress desen_telephone desen_mobile",
    )
    | _paths(
        "$.itemInfoList[]",
        "giftPoint wareId productNo serviceName newStoreId id invoiceContentId itemExt",
    )
    | _paths("$.couponDetailList[]", "orderId couponType")
)
"""What is documented, or stands in a genuine order, and no rule reads: no drift of the schema."""
