"""What the shared sheets of carriers say about status codes."""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest


@pytest.fixture(scope="session")
def status_map(contracts: Path) -> Callable[[str, str], Mapping[str, str]]:
    """(carrier, vocabulary) → code → canonical status."""
    file = contracts.parent / "carriers" / "status-map.json"
    if not file.is_file():
        pytest.skip("the shared status map is not on this machine")
    carriers = msgspec.json.decode(file.read_bytes())["carriers"]
    return lambda carrier, vocabulary: {
        code: entry["status"] for code, entry in carriers[carrier][vocabulary]["codes"].items()
    }
