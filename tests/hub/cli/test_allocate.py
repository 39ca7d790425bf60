"""How a store's orders are allocated, as people say it and look at it."""

from typing import Any


def test_store_says_which_location_is_asked_first(connected: Any) -> None:
    assert connected.run("allocate", "policy", "shop").strip() == "asked first  territory, then division"
    connected.run("allocate", "policy", "shop", "--rank-by", "freight", "--rank-by", "division")
    (found,) = connected.json("stores", "list")
    assert (found["policy"]["rank_by"], found["policy_version"]) == (["freight", "division"], 2)
    assert "there is no store 'x'; there are: shop" in connected.fail("allocate", "policy", "x")
