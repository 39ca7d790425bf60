"""The HTTP side of Taobao's twin: one address, signed calls, refusals inside a 200."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.signing import hmac_hex_upper, md5_hex_upper, same
from connectors.kit.twin import StoreTwin
from connectors.stores.taobao.twin_catalog import METHODS, PUBLIC, Refused, invalid, moment_of, number_of
from connectors.stores.taobao.twin_messages import NICK, USER_ID, MessageService
from connectors.stores.taobao.twin_shipping import (
    COMPANIES,
    SendRefused,
    confirm,
    resend,
    send_by_quantity,
    send_classic,
    shippings,
)
from connectors.stores.taobao.twin_state import (
    SentParcel,
    Shelves,
    Trade,
    TradeBook,
    Variant,
    render,
)

T = TypeVar("T")

SKEW = timedelta(minutes=10)
CALLS_PER_SECOND = 40
KEPT = timedelta(days=92)
USUAL_TYPES = "guarantee_trade,auto_delivery,ec,cod,step"
RAW_LINE_FEED = "\ue00a"
"""Stands for a line feed that goes out raw inside a string, as the platform sends memos."""

_SEND_FAULTS = {
    "taobao.logistics.online.send": "isv.logistics-online-service-error",
    "taobao.logistics.online.confirm": "isv.logistics-online-service-error",
}


class TaobaoGateway(StoreTwin):
    """One shop and one application."""

    platform = "taobao"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.app_key = "12345678"
        self.app_secret = f"{random.getrandbits(128):032x}"
        self.session = f"6100{random.getrandbits(128):032x}"
        self.session_ended = False
        self.shelves = Shelves()
        self.book = TradeBook()
        self.messages = MessageService()
        self._second: datetime | None = None
        self._calls = 0
        super().__init__(now, random)
        self._opened = now()

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/router/rest", self._gateway, methods=["GET", "POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "app_key": self.app_key,
            "app_secret": self.app_secret,
            "session_key": self.session,
            "sign_method": "hmac",
            "message_group": "orderhub",
            "gateway": f"{base_url}/router/rest",
            "start_from": (self._opened - timedelta(hours=1)).isoformat(),
        }

    def throttled(self) -> Response:
        return _refusal(_too_many())

    def expire_tokens(self) -> None:
        """Nobody but the seller can change that: `sign_in_again`, then enter the new settings."""
        self.session_ended = True

    def sign_in_again(self) -> None:
        """The seller gives consent anew."""
        self.session = f"6100{self.random.getrandbits(128):032x}"
        self.session_ended = False

    async def _gateway(self, request: Request) -> Response:
        body = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        given = {**dict(request.query_params), **dict(body)}
        try:
            self._count_call()
            self._authenticate(given)
            method = given["method"]
            business = {name: value for name, value in given.items() if name not in PUBLIC}
            METHODS[method].check(business)
            answer = _ANSWERS[method](self, business)
        except Refused as refused:
            return _refusal(refused)
        except SendRefused as refused:
            sub_code = _SEND_FAULTS.get(given["method"], "isv.logistics-offline-service-error")
            return _refusal(Refused(15, "Remote service error", f"{sub_code}:{refused.code}", str(refused)))
        envelope = method.removeprefix("taobao.").replace(".", "_") + "_response"
        return _json({envelope: {**answer, "request_id": f"{self.requests.total():012x}"}})

    def _count_call(self) -> None:
        second = self.now().replace(microsecond=0)
        self._calls = self._calls + 1 if second == self._second else 1
        self._second = second
        if self._calls > CALLS_PER_SECOND:
            raise _too_many()

    def _authenticate(self, given: Mapping[str, str]) -> None:
        """In the gateway's order: method, key, time, version, format, signature, session."""
        _needed(given, "method", 21, "Missing method")
        if given["method"] not in METHODS:
            raise Refused(22, "Invalid method")
        _needed(given, "app_key", 28, "Missing app key")
        if given["app_key"] != self.app_key:
            raise Refused(29, "Invalid app key")
        self._check_time(_needed(given, "timestamp", 30, "Missing timestamp"))
        if _needed(given, "v", 32, "Missing version") != "2.0":
            raise Refused(33, "Invalid version")
        if given.get("format") != "json":
            raise Refused(23, "Invalid format")
        if not same(self._signature(given), _needed(given, "sign", 24, "Missing signature")):
            raise Refused(25, "Invalid signature")
        if not given.get("session"):
            raise Refused(27, "Invalid session", "session-is-blank", as_xml=True)
        if given["session"] != self.session or self.session_ended:
            raise Refused(27, "Invalid session", "session-expired", "session expired")

    def _check_time(self, text: str) -> None:
        try:
            sent = moment_of({"timestamp": text}, "timestamp")
        except Refused:
            raise Refused(31, "Invalid timestamp") from None
        if abs(sent - self.now()) > SKEW:
            raise Refused(31, "Invalid timestamp")

    def _signature(self, given: Mapping[str, str]) -> str:
        secret = self.app_secret
        text = "".join(name + given[name] for name in sorted(given) if name != "sign")
        match given.get("sign_method"):
            case "md5":
                return md5_hex_upper(secret + text + secret)
            case "hmac":
                return hmac_hex_upper(secret, text, "md5")
            case "hmac-sha256":
                return hmac_hex_upper(secret, text, "sha256")
        raise Refused(25, "Invalid signature")

    def _increment(self, given: Mapping[str, str]) -> dict[str, Any]:
        start, end = moment_of(given, "start_modified"), moment_of(given, "end_modified")
        if end <= start or end - start > timedelta(days=1):
            invalid("end_modified")
        return self._trades(given, start, end, created=False)

    def _by_creation(self, given: Mapping[str, str]) -> dict[str, Any]:
        start = moment_of(given, "start_created") if "start_created" in given else self.now() - KEPT
        end = moment_of(given, "end_created") if "end_created" in given else self.now()
        return self._trades(given, start, end, created=True)

    def _trades(
        self, given: Mapping[str, str], start: datetime, end: datetime, *, created: bool
    ) -> dict[str, Any]:
        types = set(given.get("type", USUAL_TYPES).split(","))
        if "guarantee_trade" in types:
            types |= {"fixed", "auction"}
        found = self.book.between(max(start, self.now() - KEPT), end, created=created)
        found = [trade for trade in found if trade.kind in types]
        rows, more = _cut(found, given, most=100)
        fields = given["fields"].split(",")
        told = {"trade": [render(trade, fields, with_oaid=False) for trade in rows]} if rows else {}
        if given.get("use_has_next") == "true":
            return {"has_next": more, "trades": told}
        return {"total_results": len(found), "trades": told}

    def _full(self, given: Mapping[str, str]) -> dict[str, Any]:
        trade = self.book.trades.get(given["tid"]) if given["tid"].isdigit() else invalid("tid")
        if trade is None:
            raise Refused(15, "Remote service error", "isv.trade-not-exist", "交易订单不存在")
        with_oaid = given.get("include_oaid") == "true"
        return {"trade": render(trade, given["fields"].split(","), with_oaid=with_oaid)}

    def _on_sale(self, given: Mapping[str, str]) -> dict[str, Any]:
        return self._items(given, [it for it in self.shelves.items.values() if any(v.quantity for v in it)])

    def _in_warehouse(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Items leave the shop when they are sold out; nothing else takes them off the shelf here."""
        number_of(given, "page_no", 1, most=101)
        sold_out = given.get("banner") == "sold_out"
        found = [it for it in self.shelves.items.values() if sold_out and not any(v.quantity for v in it)]
        return self._items(given, found)

    def _items(self, given: Mapping[str, str], found: Sequence[list[Variant]]) -> dict[str, Any]:
        rows, _ = _cut(found, given, most=200)
        wanted = given["fields"].split(",")
        items = [{name: value for name, value in _item(it).items() if name in wanted} for it in rows]
        return {"total_results": len(found), "items": {"item": items} if items else {}}

    def _detail(self, given: Mapping[str, str]) -> dict[str, Any]:
        variants = self.shelves.items.get(given["num_iid"])
        if variants is None:
            raise Refused(
                15, "Remote service error", "isv.item-get-service-error:ITEM_NOT_FOUND", "商品不存在"
            )
        skus = [{"sku_id": int(v.sku_id), "outer_id": v.product.sku} for v in variants if v.sku_id]
        return {"item": {**_item(variants), **({"skus": {"sku": skus}} if skus else {})}}

    def _set_item(self, given: Mapping[str, str]) -> dict[str, Any]:
        self._set(given, [(given.get("sku_id", ""), given["quantity"])])
        return {"item": {"num_iid": int(given["num_iid"])}}

    def _set_skus(self, given: Mapping[str, str]) -> dict[str, Any]:
        pairs = [tuple(pair.split(":")) for pair in given.get("skuid_quantities", "").split(";")]
        if not 1 <= len(pairs) <= 20 or any(len(pair) != 2 for pair in pairs):
            invalid("skuid_quantities")
        self._set(given, [(pair[0], pair[1]) for pair in pairs])
        return {"item": {"num_iid": int(given["num_iid"])}}

    def _set(self, given: Mapping[str, str], quantities: Sequence[tuple[str, str]]) -> None:
        """Full updates only; all or nothing."""
        if given.get("type", "1") != "1" or not all(text.isdigit() for _, text in quantities):
            invalid("quantity")
        variants = [self.shelves.by_id.get((given["num_iid"], sku_id)) for sku_id, _ in quantities]
        found = [variant for variant in variants if variant]
        if len(found) < len(variants):
            raise Refused(
                15, "Remote service error", "isv.item-quantity-service-error:SKU_NOT_FOUND", "SKU不存在"
            )
        for variant, (_, text) in zip(found, quantities, strict=True):
            variant.quantity = int(text)
            self.record("stock", variant.product.sku, quantity=int(text))

    def changed(self, trade: Trade, topic: str) -> None:
        """Any change moves `modified`, and is announced."""
        self.book.touch(trade, self.now())
        self.messages.announce(topic, trade, self.now(), self.faults)

    def _sent(self, given: Mapping[str, str], parcel: SentParcel | None) -> dict[str, Any]:
        trade = self.book.trades[given["tid"]]
        is_part = trade.status == "SELLER_CONSIGNED_PART"
        self.changed(trade, f"taobao_trade_Trade{'PartlySellerShip' if is_part else 'SellerShip'}")
        if parcel:
            self.book.numbers.setdefault(parcel.number, given["tid"])
            told = {"carrier": parcel.company_code, "quantities": parcel.quantities}
            self.record("fulfilment", given["tid"], number=parcel.number, **told)
        return {"shipping": {"is_success": True}}

    def _send_offline(self, given: Mapping[str, str]) -> dict[str, Any]:
        return self._sent(given, send_classic(self.book, given, self.now(), channel="offline"))

    def _send_online(self, given: Mapping[str, str]) -> dict[str, Any]:
        return self._sent(given, send_classic(self.book, given, self.now(), channel="online"))

    def _confirm(self, given: Mapping[str, str]) -> dict[str, Any]:
        return self._sent(given, confirm(self.book, given, self.now()))

    def _send_by_quantity(self, given: Mapping[str, str]) -> dict[str, Any]:
        self._sent(given, send_by_quantity(self.book, given, self.now()))
        return {"result": {"success": True}}

    def _resend(self, given: Mapping[str, str]) -> dict[str, Any]:
        parcel = resend(self.book, given, self.now())
        self.changed(self.book.trades[given["tid"]], "taobao_trade_TradeChanged")
        self.book.numbers.setdefault(parcel.number, given["tid"])
        self.record("correction", given["tid"], number=parcel.number, carrier=parcel.company_code)
        return {"shipping": {"is_success": True}}

    def _logistics(self, given: Mapping[str, str]) -> dict[str, Any]:
        trade = self.book.trades.get(given.get("tid", ""))
        told = shippings(trade) if trade else []
        return {"total_results": len(told), "shippings": {"shipping": told} if told else {}}

    def _companies(self, given: Mapping[str, str]) -> dict[str, Any]:
        companies = [{"code": code, "name": name} for code, name in COMPANIES.items()]
        return {"logistics_companies": {"logistics_company": companies}}

    def _seller(self, given: Mapping[str, str]) -> dict[str, Any]:
        known = {"user_id": USER_ID, "nick": NICK, "type": "B"}
        return {"user": {name: known[name] for name in given["fields"].split(",") if name in known}}


_ANSWERS: Mapping[str, Callable[[TaobaoGateway, Mapping[str, str]], dict[str, Any]]] = {
    "taobao.trades.sold.increment.get": TaobaoGateway._increment,
    "taobao.trades.sold.get": TaobaoGateway._by_creation,
    "taobao.trade.fullinfo.get": TaobaoGateway._full,
    "taobao.items.onsale.get": TaobaoGateway._on_sale,
    "taobao.items.inventory.get": TaobaoGateway._in_warehouse,
    "taobao.item.seller.get": TaobaoGateway._detail,
    "taobao.item.quantity.update": TaobaoGateway._set_item,
    "taobao.skus.quantity.update": TaobaoGateway._set_skus,
    "taobao.logistics.offline.send": TaobaoGateway._send_offline,
    "taobao.logistics.online.send": TaobaoGateway._send_online,
    "taobao.logistics.online.confirm": TaobaoGateway._confirm,
    "alibaba.ascp.logistics.offline.send": TaobaoGateway._send_by_quantity,
    "taobao.logistics.consign.resend": TaobaoGateway._resend,
    "taobao.logistics.orders.get": TaobaoGateway._logistics,
    "taobao.logistics.companies.get": TaobaoGateway._companies,
    "taobao.user.seller.get": TaobaoGateway._seller,
    "taobao.tmc.user.permit": lambda twin, given: twin.messages.permit(given, twin.now()),
    "taobao.tmc.group.add": lambda twin, given: twin.messages.add_group(given, twin.now()),
    "taobao.tmc.messages.consume": lambda twin, given: twin.messages.consume(given, twin.now()),
    "taobao.tmc.messages.confirm": lambda twin, given: twin.messages.confirm(given, twin.now()),
}


def _needed(given: Mapping[str, str], name: str, code: int, msg: str) -> str:
    value = given.get(name)
    if not value:
        raise Refused(code, msg)
    return value


def _cut(found: Sequence[T], given: Mapping[str, str], *, most: int) -> tuple[Sequence[T], bool]:
    """One page, and whether another follows."""
    size = number_of(given, "page_size", 40, most=most)
    start = (number_of(given, "page_no", 1) - 1) * size
    return found[start : start + size], start + size < len(found)


def _item(variants: Sequence[Variant]) -> dict[str, Any]:
    """An item with SKUs has no code of its own here; one without carries the product's."""
    first = variants[0]
    code = {} if first.sku_id else {"outer_id": first.product.sku}
    return {"num_iid": int(first.num_iid), "title": first.product.title, "approve_status": "onsale", **code}


def _too_many() -> Refused:
    sub_code = "accesscontrol.limited-by-app-access-count"
    return Refused(7, "App Call Limited", sub_code, "This ban will last for 1 more seconds")


def _refusal(refused: Refused) -> Response:
    if refused.as_xml:
        fields = "".join(f"<{name}>{value}</{name}>" for name, value in refused.body.items())
        text = f'<?xml version="1.0" encoding="utf-8" ?><error_response>{fields}</error_response>'
        return Response(text, media_type="text/xml;charset=UTF-8")
    return _json({"error_response": refused.body})


def _json(answer: Mapping[str, Any]) -> Response:
    body = msgspec.json.encode(answer).replace(RAW_LINE_FEED.encode(), b"\n")
    return Response(body, media_type="text/javascript;charset=UTF-8")
