"""Orders made up in code, in the shape that the platform sends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest


@pytest.fixture
def order() -> Callable[..., bytes]:
    """One SKU, twice; `...` leaves a field out."""

    def make(**changes: Any) -> bytes:
        item = {"goods_id": 1, "sku_id": 2, "goods_count": 2, "goods_price": 10.1, "outer_id": "TEA"}
        usual = {
            "order_sn": "260910-100000000000001",
            "created_time": "2026-09-10 08:00:00",
            "pay_time": "2026-09-10 08:00:31",
            "confirm_time": "2026-09-10 08:00:35",
            "confirm_status": 1,
            "group_status": 1,
            "order_status": 1,
            "refund_status": 1,
            "updated_at": "2026-09-10 09:30:00",
            "pay_amount": 26.2,
            "postage": 8,
            "discount_amount": 2,
            "logistics_id": 0,
            "tracking_number": "",
            "item_list": [item],
        }
        told = {name: value for name, value in {**usual, **changes}.items() if value is not ...}
        return json.dumps(told, ensure_ascii=False).encode()

    return make


@pytest.fixture
def sample(contracts: Path) -> Callable[[str], Any]:
    """A sample, from which the envelope was taken."""

    def read(name: str) -> bytes:
        document = msgspec.json.decode((contracts / "pinduoduo" / "samples" / name).read_bytes())
        return msgspec.json.encode(document.get("order_info_get_response", document)["order_info"])

    return read


@pytest.fixture
def expected() -> Callable[[str], Any]:
    """What a person has checked against the sample by eye."""
    return lambda name: msgspec.json.decode((Path(__file__).parent / "expected" / name).read_bytes())
