"""How a store's orders are allocated, as people say it and look at it."""

from typing import Any
from unittest.mock import Mock

import pytest

from hub.cli import allocate
from hub.cli.problem import Problem


def test_store_says_which_location_is_asked_first(connected: Any) -> None:
    assert connected.run("allocate", "policy", "shop").splitlines() == [
        "asked first  territory, then division",
        "allocated    at once",
    ]
    connected.run("allocate", "policy", "shop", "--rank-by", "freight", "--rank-by", "division")
    (found,) = connected.json("stores", "list")
    assert (found["policy"]["rank_by"], found["policy_version"]) == (["freight", "division"], 2)
    assert "there is no store 'x'; there are: shop" in connected.fail("allocate", "policy", "x")


def test_orders_wait_for_their_wave_and_go_with_it(armed: Any, place_order: Any) -> None:
    armed.run("allocate", "policy", "shop", "--when", "in_waves")
    assert "No order waits" in armed.run("allocate", "wave")
    assert "There was no wave yet" in armed.run("allocate", "waves")
    place_order()
    armed.run("sync", "now")
    assert [each["stage"] for each in armed.json("orders", "list")] == ["approved"], armed.printed

    assert "no, this was a dry run" in armed.run("allocate", "wave", "--dry-run")
    assert armed.json("allocate", "waves") == []
    done = armed.json("allocate", "wave", "--store", "shop")

    assert done["applied"] == {"as_planned": 1, "alone": 0, "waiting": 0}
    assert [each["stage"] for each in armed.json("orders", "list")] == ["released"]
    (kept,) = armed.json("allocate", "waves")
    wave = kept["wave_id"]
    assert kept["as_planned"] == 1
    shown = armed.run("allocate", "show", wave)
    assert "gap" in shown and " wh" in shown
    assert f"Wave {wave} holds: it costs 14.00, and no plan costs less than 14.00." in armed.run(
        "allocate", "verify", wave
    )
    assert "there is no wave 'x'" in armed.fail("allocate", "verify", "x")
    (order,) = armed.json("orders", "list")
    assert f"as wave {wave} planned" in armed.run("orders", "explain", order["id"])


def test_without_a_solver_the_command_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = ModuleNotFoundError(name="highspy")
    monkeypatch.setattr(allocate.importlib, "import_module", Mock(side_effect=missing))
    (command,) = allocate._wave_commands().values()
    with pytest.raises(Problem, match="extra `planning`"):
        command()


def test_orders_are_allocated_anew_until_a_carrier_has_them(connected: Any, place_order: Any) -> None:
    connected.run("connections", "arm", "shop", "--from", "2020-01-01")
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    words = ("allocate", "again", order["id"], "--why", "stock came")
    assert "is released" in connected.run(*words)
    assert "because stock came [reallocated]" in connected.run("orders", "explain", order["id"])
    connected.run("connections", "arm", "sf")
    connected.run("sync", "now")
    assert "it cannot be allocated anew: parcel" in connected.fail(*words)
