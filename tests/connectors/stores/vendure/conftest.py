"""Genuine exchanges with a Vendure 3.7.3 server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def sample(contracts: Path) -> Callable[[str], Any]:
    """Name → the captured exchange: request, status, response."""
    folder = contracts / "vendure" / "samples"
    return lambda name: json.loads((folder / f"{name}.json").read_bytes())
