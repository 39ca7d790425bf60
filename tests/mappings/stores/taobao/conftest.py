"""Trades made up in code, in the shape that the platform sends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

TID = 4_123_456_789_012_345_678


@pytest.fixture
def child() -> Callable[..., dict[str, Any]]:
    def make(number: int = 1, **changes: Any) -> dict[str, Any]:
        usual = {
            "oid": TID + number,
            "num_iid": 700000000001,
            "sku_id": "5000000000001",
            "outer_sku_id": "TEA-1",
            "title": "Tea",
            "num": 2,
            "price": "10.00",
            "divide_order_fee": "20.00",
            "status": "WAIT_SELLER_SEND_GOODS",
            "refund_status": "NO_REFUND",
        }
        return {**usual, **changes}

    return make


@pytest.fixture
def trade(child: Callable[..., dict[str, Any]]) -> Callable[..., bytes]:
    def make(children: Any = None, **changes: Any) -> bytes:
        usual = {
            "tid": TID,
            "type": "fixed",
            "status": "WAIT_SELLER_SEND_GOODS",
            "created": "2026-09-09 21:03:11",
            "pay_time": "2026-09-09 21:03:40",
            "modified": "2026-09-10 07:55:02",
            "payment": "28.00",
            "post_fee": "8.00",
            "receiver_name": "陈**",
            "receiver_mobile": "*******5678",
            "receiver_state": "浙江省",
            "receiver_city": "杭州市",
            "receiver_district": "西湖区",
            "receiver_address": "文*路***号",
            "oaid": "1oaid",
            "orders": {"order": [child()] if children is None else children},
        }
        told = {name: value for name, value in {**usual, **changes}.items() if value is not ...}
        return json.dumps(told, ensure_ascii=False).encode()

    return make


@pytest.fixture
def sample(contracts: Path) -> Callable[[str], bytes]:
    return lambda name: (contracts / "taobao" / "samples" / name).read_bytes()


@pytest.fixture
def expected() -> Callable[[str], Any]:
    """What a person has checked against the sample by eye."""
    return lambda name: msgspec.json.decode((Path(__file__).parent / "expected" / name).read_bytes())
