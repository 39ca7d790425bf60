"""The methods that Taobao's twin knows: their parameters, and what the gateway says when one is amiss."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from connectors.stores.taobao.twin_state import BEIJING, TIME


class Refused(Exception):
    """An `error_response`."""

    def __init__(
        self, code: int, msg: str, sub_code: str = "", sub_msg: str = "", *, as_xml: bool = False
    ) -> None:
        super().__init__(msg)
        sub = {"sub_code": sub_code, "sub_msg": sub_msg}
        self.body = {"code": code, "msg": msg, **{name: text for name, text in sub.items() if text}}
        self.as_xml = as_xml


@dataclass(frozen=True)
class Method:
    """Names of business parameters; one that no field list names is refused, stricter than the platform."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()

    def check(self, given: Mapping[str, str]) -> None:
        for name in sorted(self.required):
            if not given.get(name):
                raise Refused(40, "Missing required arguments:" + name, "isv.missing-parameter:" + name)
        for name in sorted(given.keys() - self.required - self.optional):
            invalid(name)


def _method(required: str, optional: str = "") -> Method:
    return Method(frozenset(required.split()), frozenset(optional.split()))


_PAGES = "page_no page_size"
METHODS = {
    "taobao.trades.sold.increment.get": _method(
        "fields start_modified end_modified", f"status type buyer_nick ext_type tag use_has_next {_PAGES}"
    ),
    "taobao.trades.sold.get": _method(
        "fields", f"start_created end_created status type buyer_nick ext_type tag use_has_next {_PAGES}"
    ),
    "taobao.trade.fullinfo.get": _method("fields tid", "include_oaid"),
    "taobao.items.onsale.get": _method("fields", f"q order_by start_modified end_modified {_PAGES}"),
    "taobao.items.inventory.get": _method(
        "fields", f"q banner order_by start_modified end_modified {_PAGES}"
    ),
    "taobao.item.seller.get": _method("fields num_iid"),
    "taobao.item.quantity.update": _method("num_iid quantity", "sku_id outer_id type"),
    "taobao.skus.quantity.update": _method("num_iid", "skuid_quantities outerid_quantities type"),
    "taobao.logistics.offline.send": _method(
        "tid company_code out_sid", "is_split sub_tid feature sender_id cancel_id seller_ip"
    ),
    "taobao.logistics.online.send": _method(
        "tid company_code", "out_sid is_split sub_tid feature sender_id cancel_id seller_ip"
    ),
    "taobao.logistics.online.confirm": _method("tid out_sid", "is_split sub_tid seller_ip"),
    "alibaba.ascp.logistics.offline.send": _method(
        "tid consign_pkgs consign_status consign_type", "sub_tid feature sender_id cancel_id"
    ),
    "taobao.logistics.consign.resend": _method(
        "tid company_code out_sid", "is_split sub_tid feature seller_ip"
    ),
    "taobao.logistics.orders.get": _method("fields", f"tid {_PAGES}"),
    "taobao.logistics.companies.get": _method("fields", "is_recommended order_mode"),
    "taobao.user.seller.get": _method("fields"),
    "taobao.tmc.user.permit": _method("", "topics"),
    "taobao.tmc.group.add": _method("group_name nicks", "user_platform"),
    "taobao.tmc.messages.consume": _method("", "group_name quantity"),
    "taobao.tmc.messages.confirm": _method("s_message_ids", "group_name f_message_ids"),
}

PUBLIC = frozenset(
    (
        "method",
        "app_key",
        "session",
        "timestamp",
        "format",
        "v",
        "sign_method",
        "sign",
        "simplify",
        "partner_id",
    )
)


def invalid(name: str) -> NoReturn:
    raise Refused(41, "Invalid arguments:" + name, "isv.invalid-parameter:" + name)


def number_of(given: Mapping[str, str], name: str, default: int, *, least: int = 1, most: int = 10**9) -> int:
    text = given.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        invalid(name)
    return int(text)


def moment_of(given: Mapping[str, str], name: str) -> datetime:
    try:
        return datetime.strptime(given.get(name, ""), TIME).replace(tzinfo=BEIJING)
    except ValueError:
        invalid(name)
