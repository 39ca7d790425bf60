"""Orders made up in code, in the shape that the platform sends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

ORDER = "6900000000000000001"


@pytest.fixture
def line() -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        usual = {"order_id": ORDER, "item_num": 2, "pay_amount": 2000, "order_status": 2}
        goods = {"origin_amount": 1000, "sum_amount": 2000, "product_id": 1, "sku_id": 2, "code": "TEA"}
        return {**usual, **goods, **changes}

    return make


@pytest.fixture
def order(line: Callable[..., dict[str, Any]]) -> Callable[..., bytes]:
    """`...` leaves a field out."""

    def make(lines: Any = None, **changes: Any) -> bytes:
        usual = {
            "order_id": ORDER,
            "create_time": 1788998400,
            "pay_time": 1788998460,
            "update_time": 1789002000,
            "order_status": 2,
            "main_status": 2,
            "pay_type": 1,
            "pay_amount": 2800,
            "post_amount": 800,
            "sku_order_list": [line()] if lines is None else lines,
        }
        told = {name: value for name, value in {**usual, **changes}.items() if value is not ...}
        return json.dumps(told, ensure_ascii=False).encode()

    return make


@pytest.fixture
def sample(contracts: Path) -> Callable[[str], bytes]:
    """The one order of a sample, without its envelope."""

    def read(name: str) -> bytes:
        data = msgspec.json.decode((contracts / "douyin" / "samples" / name).read_bytes())["data"]
        return msgspec.json.encode(data.get("shop_order_detail") or data["shop_order_list"][0])

    return read


@pytest.fixture
def expected() -> Callable[[str], Any]:
    """What a person has checked against the sample by eye."""
    return lambda name: msgspec.json.decode((Path(__file__).parent / "expected" / name).read_bytes())
