"""Campaigns as a person runs them: entered, told, looked at, ended."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

ADD = ("campaigns", "add", "spring", "--name", "Spring tea", "--from", "2026-03-05", "--until", "2026-03-12")
CHINA = ("--time-zone", "Asia/Shanghai")
TEA = ("--sku", "SKU-1", "--sku", "SKU-2")


def standing(desk: Any, connection: str = "shop") -> dict[str, Any]:
    shown = desk.json("campaigns", "show", "spring")["stores"]
    return next(each for each in shown if each["connection_id"] == connection)


def promotions(desk: Any) -> Any:
    return desk.twins["shop"].operations.promotions.known


@pytest.fixture
def told(armed: Any) -> Any:
    """A quarter off two SKUs, told to the one store."""
    armed.run(*ADD, *CHINA, *TEA, "--percent", "25")
    armed.run("campaigns", "tell", "spring")
    armed.run("sync", "now")
    return armed


def test_campaign_is_told_once_and_accepted(told: Any) -> None:
    told.run("campaigns", "tell", "spring")
    told.run("sync", "now")

    assert standing(told)["standing"] == "accepted" and standing(told)["external_id"] == "1"
    assert len(promotions(told)) == 1
    assert promotions(told)["1"].said["startsAt"] == "2026-03-04T16:00:00.000Z"
    messages = told.json("outbox", "list", "--verb", "run_campaign")
    assert [(each["state"], each["outcome"]) for each in messages] == [("done", "done")]
    shown = told.run("campaigns", "show", "spring")
    assert "2026-03-05 00:00 Asia/Shanghai" in shown and "accepted" in shown


def test_nothing_leaves_while_the_store_observes(connected: Any) -> None:
    connected.run(*ADD, *TEA, "--percent", "25")
    connected.run("campaigns", "tell", "spring")
    connected.run("sync", "now")

    assert standing(connected)["standing"] == "waiting" and not promotions(connected)


def test_change_is_told_in_place(told: Any) -> None:
    told.run(*ADD, *CHINA, *TEA, "--percent", "30")
    assert standing(told)["standing"] == "changed"

    told.run("campaigns", "tell", "spring")
    told.run("sync", "now")

    assert standing(told)["standing"] == "accepted"
    (promotion,) = promotions(told).values()
    assert promotion.said["actions"][0]["arguments"][0] == {"name": "discount", "value": "30"}
    assert "was so already" in told.run(*ADD, *CHINA, *TEA, "--percent", "30")


def test_what_somebody_changed_in_the_store_is_found_and_repaired(told: Any) -> None:
    promotions(told)["1"].said["enabled"] = False

    assert "ended it early" in told.run("campaigns", "check", "spring")
    assert standing(told)["standing"] == "differs"
    told.run("campaigns", "tell", "spring")
    told.run("sync", "now")
    assert standing(told)["standing"] == "accepted" and promotions(told)["1"].said["enabled"]


def test_store_that_cannot_is_listed_as_such(armed: Any) -> None:
    armed.twin("magento", "store", "magento")
    secrets = armed.settings_file("magento")
    armed.run("connections", "add", "magento", "--id", "magento", "--secrets-file", secrets)
    armed.run(*ADD, *TEA, "--percent", "25")

    printed = armed.run("campaigns", "tell", "spring")

    assert "magento runs no campaigns for us" in printed
    assert standing(armed, "magento")["standing"] == "cannot"


def test_refusal_is_shown_with_its_reason_and_leaves_no_task(armed: Any) -> None:
    armed.run(*ADD, *TEA, "--off", "5.00 EUR")
    armed.run("campaigns", "tell", "spring")
    armed.run("sync", "now")

    assert standing(armed)["standing"] == "refused" and "in percent only" in standing(armed)["words"]
    assert armed.json("outbox", "list", "--state", "parked") == []


def test_answer_that_was_lost_makes_no_second_promotion(armed: Any) -> None:
    armed.run(*ADD, *TEA, "--percent", "25")
    armed.run("campaigns", "tell", "spring")
    twin = armed.twins["shop"]
    create = twin.operations.by_name["CreatePromotion"]

    def lost(variables: Any) -> Any:
        twin.operations.by_name["CreatePromotion"] = create
        create(variables)
        raise httpx.ReadTimeout("silence")

    twin.operations.by_name["CreatePromotion"] = lost
    armed.run("sync", "now")
    assert standing(armed)["standing"] == "waiting" and len(promotions(armed)) == 1
    armed.clock.advance(timedelta(hours=1))
    armed.run("sync", "now")

    assert standing(armed)["standing"] == "accepted" and len(promotions(armed)) == 1


def test_end_is_told_and_read_back(told: Any) -> None:
    assert "1 stores" in told.run("campaigns", "end", "spring")
    told.run("sync", "now")

    assert standing(told)["standing"] == "ended" and not promotions(told)["1"].said["enabled"]
    assert "0 stores" in told.run("campaigns", "end", "spring")


def test_end_before_it_was_sent_overtakes_it(connected: Any) -> None:
    connected.run(*ADD, *TEA, "--percent", "25")
    connected.run("campaigns", "tell", "spring")
    connected.run("campaigns", "end", "spring")

    states = {each["verb"]: each["state"] for each in connected.json("outbox", "list")}
    assert states["run_campaign"] == "withdrawn" and states["end_campaign"] == "open"


def test_floor_holds_for_the_time_of_the_campaign(armed: Any) -> None:
    armed.run(*ADD, *TEA, "--percent", "25", "--floor", "7.50 EUR")

    floors = armed.json("rules", "floors", "list")
    assert [(each["sku"], each["amount"], each["campaign"]) for each in floors] == [
        ("SKU-1", "7.50", "spring"),
        ("SKU-2", "7.50", "spring"),
    ]


def test_mistakes_are_named(armed: Any) -> None:
    assert "not both" in armed.fail(*ADD, *TEA)
    assert "at most 100" in armed.fail(*ADD, *TEA, "--percent", "120")
    assert "no currency" in armed.fail(*ADD, *TEA, "--off", "5")
    assert "ends before it begins" in armed.fail(*ADD, *TEA, "--percent", "5", "--until", "2026-03-01")
    assert "no store 'x'" in armed.fail(*ADD, *TEA, "--percent", "5", "--store", "x")
    assert "no campaign 'autumn'" in armed.fail("campaigns", "tell", "autumn")
