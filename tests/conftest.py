"""Shared by all tests: sockets off (unless marked `server`), and the vendors' contracts, if present."""

import os
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

CONTRACTS = Path(os.environ.get("ORDERHUB_CONTRACTS", Path(__file__).parents[2] / "shared" / "contracts"))


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest):
    """Only tests marked `server` may open sockets, and those only on loopback."""
    if request.node.get_closest_marker("server"):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The vendors' own schemas and samples; tests that need them skip where they are not laid out."""
    if not CONTRACTS.is_dir():
        pytest.skip("the vendors' contracts are not on this machine (set ORDERHUB_CONTRACTS)")
    return CONTRACTS
