"""What starts must not load what it does not use."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import psutil
import pytest

LOADS = """
import sys
from importlib import import_module

def platforms():
    parts = (name.split(".") for name in sys.modules)
    return {".".join(it[:3]) for it in parts if len(it) > 2 and it[1] in ("stores", "carriers")}

for module in sys.argv[1:]:
    before = platforms()
    import_module(module)
    print(module, *sorted(it for it in platforms() - before if it.startswith("connectors.")))
"""


@pytest.mark.parametrize("backwards", [False, True])
def test_one_connector_does_not_import_another(backwards: bool):
    """Each in turn, in both orders: what one needs would come with it in one of them."""
    groups = ("orderhub.stores", "orderhub.carriers")
    known = {it.module for group in groups for it in entry_points(group=group) if it.dist.name == "orderhub"}
    modules = sorted(known, reverse=backwards)
    told = subprocess.run([sys.executable, "-c", LOADS, *modules], capture_output=True, text=True, check=True)

    assert len(modules) > 20
    assert [line.split() for line in told.stdout.splitlines()] == [[it, it] for it in modules]


def seconds_of_cpu(*command: str) -> float:
    """The least of three runs; processor time, which other work on the machine does not lengthen much."""
    return min(_once(command) for _ in range(3))


def _once(command: tuple[str, ...]) -> float:
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    before = psutil.Process().cpu_times()
    process.wait()
    after = psutil.Process().cpu_times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def test_help_comes_in_three_times_what_the_http_client_takes():
    client = seconds_of_cpu(sys.executable, "-c", "import httpx")
    shown = seconds_of_cpu(str(Path(sys.executable).with_name("orderhub")), "--help")

    assert shown < 3 * client
