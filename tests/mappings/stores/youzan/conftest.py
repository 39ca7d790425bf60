"""Trades made up in code, in the shape that the platform sends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

TID = "E20260910080000000000001"


@pytest.fixture
def line() -> Callable[..., dict[str, Any]]:
    def make(number: int = 1, **changes: Any) -> dict[str, Any]:
        usual = {"oid": str(1_600_000_000_000_000_000 + number), "num": 2, "price": "10.00"}
        codes = {"payment": "20.00", "item_id": 700001, "sku_id": 500001, "outer_sku_id": "TEA-RED"}
        return {**usual, **codes, **changes}

    return make


@pytest.fixture
def trade(line: Callable[..., dict[str, Any]]) -> Callable[..., bytes]:
    """`changes` go to `order_info`; `...` leaves a field out."""

    def make(lines: Any = None, *, pay: Any = None, address: Any = None, **changes: Any) -> bytes:
        parts = {name: changes.pop(name, None) for name in ("refund_order", "delivery_order")}
        info = {
            "tid": TID,
            "created": "2026-09-10 08:00:00",
            "pay_time": "2026-09-10 08:01:00",
            "update_time": "2026-09-10 09:30:00",
            "status": "WAIT_SELLER_SEND_GOODS",
            "type": 0,
            "express_type": 0,
            "pay_type_str": "WEIXIN",
        }
        told = {name: value for name, value in {**info, **changes}.items() if value is not ...}
        full = {
            "order_info": told,
            "orders": [line()] if lines is None else lines,
            "pay_info": pay or {"payment": "28.00", "post_fee": "8.00"},
            "address_info": address,
        }
        return json.dumps({**parts, "full_order_info": full}, ensure_ascii=False).encode()

    return make


@pytest.fixture
def sample(contracts: Path) -> Callable[[str], bytes]:
    return lambda name: (contracts / "youzan" / "samples" / name).read_bytes()


@pytest.fixture
def expected() -> Callable[[str], Any]:
    """What a person has checked against the sample by eye."""
    return lambda name: msgspec.json.decode((Path(__file__).parent / "expected" / name).read_bytes())
