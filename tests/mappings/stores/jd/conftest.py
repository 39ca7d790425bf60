"""Orders made up in code, in the shape that the platform sends, and its samples."""

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
        item = {"skuId": "10054887745652", "outerSkuId": "TEA", "itemTotal": "2", "jdPrice": "60.00"}
        usual = {
            "orderId": "249786309733",
            "orderType": "22",
            "orderState": "WAIT_SELLER_STOCK_OUT",
            "payType": "4-在线支付",
            "orderStartTime": "2026-07-16 16:37:38",
            "paymentConfirmTime": "2026-07-16 16:38:32",
            "orderEndTime": "0001-01-01 00:00:00",
            "modified": "2026-07-16 16:38:32",
            "orderPayment": "126.00",
            "freightPrice": "6.00",
            "itemInfoList": [item],
        }
        told = {name: value for name, value in {**usual, **changes}.items() if value is not ...}
        return json.dumps(told, ensure_ascii=False).encode()

    return make


@pytest.fixture
def samples(contracts: Path) -> Callable[[str], Any]:
    return lambda name: msgspec.json.decode((contracts / "jd" / "samples" / name).read_bytes())
