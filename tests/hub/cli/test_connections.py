"""Connecting, arming and repairing, without a secret ever being printed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.cli import fields
from hub.pipeline import resume

CANARY = "canary-secret-4711"


def test_a_connection_that_works_is_saved_and_observes(hub: Any) -> None:
    hub.twin("shop", "store", "vendure")
    said = hub.run(
        "connections", "add", "vendure", "--id", "shop", "--secrets-file", hub.settings_file("shop")
    )
    assert "observes" in said
    (row,) = hub.json("connections", "list")
    assert (row["id"], row["kind"], row["status"], row["store"]) == ("shop", "store", "observing", "shop")
    assert row["pulled_at"] is None and row["armed_from"] is None
    assert [each["id"] for each in hub.json("stores", "list")] == ["shop"]


def test_a_connection_that_does_not_work_is_not_saved(hub: Any) -> None:
    hub.twin("shop", "store", "vendure")
    file = hub.settings_file("shop", password=CANARY)
    said = hub.fail("connections", "add", "vendure", "--id", "shop", "--secrets-file", file)
    assert "was not saved, because it does not work" in said
    assert hub.json("connections", "list") == []
    hub.run("connections", "add", "vendure", "--id", "shop", "--secrets-file", file, "--no-check")
    assert hub.json("connections", "list")[0]["status"] == "observing"
    assert "was not armed" in hub.fail("connections", "arm", "shop", "--from", "2026-03-01")
    assert hub.json("connections", "list")[0]["status"] == "observing"


@pytest.mark.parametrize("platform", ["vendure", "shopify", "taobao", "sf-express", "kuaidi100"])
def test_every_platform_is_tried_before_it_is_saved(hub: Any, platform: str) -> None:
    kind = "carrier" if platform in ("sf-express", "kuaidi100") else "store"
    hub.twin("it", kind, platform)
    hub.run("connections", "add", platform, "--id", "it", "--secrets-file", hub.settings_file("it"))
    assert "works" in hub.run("connections", "test", "it")


def test_secrets_are_asked_for_and_never_shown(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.twin("shop", "store", "vendure")
    plain = hub.twins["shop"].settings("https://twin.example")
    asked: list[str] = []

    def answer(title: str) -> str:
        asked.append(title)
        return plain["password"] if title.startswith("Password") else ""

    monkeypatch.setattr(fields, "ask", answer)
    hub.run(
        *("connections", "add", "vendure", "--id", "shop", "--set", f"url={plain['url']}"),
        *("--set", f"username={plain['username']}"),
    )
    assert any(title.startswith("Password") for title in asked)
    shown = hub.json("connections", "settings", "shop")
    assert (shown["password"], shown["api_key"], shown["username"]) == ("set", "not set", plain["username"])
    assert plain["password"] not in hub.printed


def test_secrets_come_from_the_environment(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.twin("shop", "store", "vendure")
    plain = hub.twins["shop"].settings("https://twin.example")
    monkeypatch.setenv("ORDERHUB_SECRET_PASSWORD", plain["password"])
    hub.run(
        *("connections", "add", "vendure", "--id", "shop", "--set", f"url={plain['url']}"),
        *("--set", f"username={plain['username']}"),
    )
    assert "works" in hub.run("connections", "test", "shop")


def test_a_secret_on_the_command_line_is_refused(hub: Any) -> None:
    said = hub.fail("connections", "add", "vendure", "--set", f"password={CANARY}")
    assert "shell's history" in said and CANARY not in said


def test_wrong_settings_are_named_without_their_values(hub: Any) -> None:
    Path("s.toml").write_text(f'url = "{CANARY}"\nusername = "me"\npassword = "{CANARY}"\n')
    said = hub.fail("connections", "add", "vendure", "--secrets-file", "s.toml")
    assert "url: " in said and CANARY not in said
    assert "has no setting 'colour'" in hub.fail("connections", "add", "vendure", "--set", "colour=red")
    assert "password" in hub.fail("connections", "add", "vendure", "--set", "url=https://a.example")


def test_unknown_names_are_answered_with_those_there_are(hub: Any) -> None:
    assert "vendure" in hub.fail("connections", "add", "vendur")
    assert "none yet" in hub.fail("connections", "test", "shop")
    assert "orderhub stores add" in hub.fail("connections", "add", "vendure", "--store", "nowhere")
    assert "may have small letters" in hub.fail("connections", "add", "vendure", "--id", "Bad Id")


def test_arming_makes_older_orders_history(
    connected: Any, place_order: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "PAGE", 1)
    for number in range(3):
        place_order(f"old{number}")
    connected.clock.advance(timedelta(hours=1))
    connected.run("sync", "now")
    assert {row["waits_for"] for row in connected.json("outbox", "list", "--verb", "book")} == {
        "shop observes until it is armed"
    }
    assert "from a date" in connected.fail("connections", "arm", "shop")
    armed_at = connected.clock().isoformat()
    assert "3 older orders became history" in connected.run("connections", "arm", "shop", "--from", armed_at)
    assert {row["stage"] for row in connected.json("orders", "list")} == {"closed"}
    assert {row["reserved"] for row in connected.json("stock", "show")} == {0}
    connected.run("connections", "arm", "sf")
    connected.run("sync", "now")
    assert connected.twins["sf"].effects == []


def test_a_date_is_meant_in_the_stores_time_zone(connected: Any) -> None:
    connected.run("stores", "add", "shop", "--time-zone", "Asia/Shanghai")
    said = connected.run("connections", "arm", "shop", "--from", "2026-03-01")
    assert "2026-02-28 16:00:00 UTC" in said
    assert "is not a date" in connected.fail("connections", "arm", "shop", "--from", "gestern")


def test_a_paused_connection_keeps_still_until_it_is_resumed(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order()
    connected.run("connections", "pause", "shop", "--why", "moving house")
    assert "moving house" in connected.fail("sync", "now", "shop")
    connected.type("sync", "now")
    assert connected.json("orders", "list") == []
    assert "observing" in connected.run("connections", "resume", "shop")
    connected.run("sync", "now")
    assert len(connected.json("orders", "list")) == 1


def test_a_connection_with_orders_stays_and_one_without_goes(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order()
    connected.run("sync", "now")
    assert "so it stays" in connected.fail("connections", "remove", "shop", "--yes")
    connected.twin("spare", "carrier", "kuaidi100")
    file = connected.settings_file("spare")
    connected.run("connections", "add", "kuaidi100", "--id", "spare", "--secrets-file", file)
    assert connected.type("connections", "remove", "spare", input="n\n").exit_code == 1
    connected.run("connections", "remove", "spare", "--yes")
    assert "spare" not in {row["id"] for row in connected.json("connections", "list")}


def test_an_expired_sign_in_is_told_and_mended(connected: Any) -> None:
    good = connected.settings_file("shop")
    bad = connected.settings_file("shop", password="wrong").replace("shop", "shop")
    assert "was not changed" in connected.fail("connections", "settings", "shop", "--secrets-file", bad)
    connected.run("connections", "settings", "shop", "--secrets-file", bad, "--no-check")
    assert "shop does not work" in connected.fail("sync", "now")
    (row,) = (row for row in connected.json("connections", "list") if row["id"] == "shop")
    assert row["status"] == "paused" and row["paused_reason"].startswith("sign in again")
    connected.settings_file("shop")
    connected.run("connections", "settings", "shop", "--secrets-file", good)
    connected.run("connections", "resume", "shop")
    connected.run("sync", "now")


def test_no_secret_was_ever_printed(connected: Any) -> None:
    for words in (
        ("connections", "list"),
        ("connections", "list", "--json"),
        ("connections", "settings", "shop"),
        ("connections", "settings", "sf", "--json"),
        ("connections", "test", "sf"),
        ("doctor",),
        ("inbox", "list"),
    ):
        connected.run(*words)
    for connection_id, names in {"shop": ["password"], "sf": ["check_word", "webhook_token"]}.items():
        plain = connected.twins[connection_id].settings("https://twin.example")
        for name in names:
            assert plain[name] not in connected.printed


def test_arming_registers_webhooks_where_the_hub_can_be_reached(
    hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example")
    hub.twin("shop", "store", "shopify")
    file = hub.settings_file("shop")
    said = hub.run("connections", "add", "shopify", "--id", "shop", "--secrets-file", file)
    assert "https://hub.example/webhooks/shop" in said
    before = sum(hub.twins["shop"].requests.values())
    hub.run("connections", "arm", "shop", "--from", "2026-03-01")
    assert sum(hub.twins["shop"].requests.values()) > before + 1
    assert hub.json("connections", "list")[0]["status"] == "active"


def test_one_flow_is_paused_and_resumed_with_its_trace(connected: Any) -> None:
    said = connected.run("connections", "pause", "shop", "--flow", "stock", "--why", "counting")
    assert said == "the flow stock of shop is paused.\n"
    (shop,) = [each for each in connected.json("connections", "list") if each["id"] == "shop"]
    assert (shop["status"], shop["paused_flows"]) == ("observing", "stock")
    assert "connection shop, flow stock" in connected.run("doctor")
    (trace,) = connected.json("config", "log", "--limit", "1")
    assert trace["change"]["after"] == {"paused_flows": ["stock"], "why": "counting"}

    assert "already" in connected.run("connections", "pause", "shop", "--flow", "stock")
    assert connected.run("connections", "resume", "shop", "--flow", "stock").endswith("is on.\n")
    assert "flow stock" not in connected.run("doctor")


def test_a_carrier_has_the_flow_push_only(connected: Any) -> None:
    assert "has the flow push only" in connected.fail("connections", "pause", "sf", "--flow", "orders")


def test_pulling_now_says_that_orders_are_paused(connected: Any) -> None:
    connected.run("connections", "pause", "shop", "--flow", "orders")
    assert "resume shop --flow orders" in connected.fail("sync", "now", "shop")
