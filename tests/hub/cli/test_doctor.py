"""The doctor finds what is wrong, names a remedy, and never stops at the first thing."""

import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.cli import doctor


def findings(desk: Any, *, healthy: bool) -> dict[str, dict[str, str]]:
    import json

    result = desk.type("doctor", "--json")
    assert result.exit_code == (0 if healthy else 1), result.output
    return {each["check"]: each for each in json.loads(result.stdout)}


def test_a_fresh_hub_is_healthy(hub: Any) -> None:
    found = findings(hub, healthy=True)
    assert {each["state"] for each in found.values()} == {"ok"}
    assert set(found) == {
        *("packages", "plug-ins", "settings", "master key", "database", "schema", "clock", "connections"),
        *("certificates", "completeness", "queue", "disk"),
    }
    assert "fail" not in hub.run("doctor")


def test_before_anything_is_set_up_it_says_what_to_do(desk: Any) -> None:
    found = findings(desk, healthy=False)
    assert "orderhub init" in found["master key"]["remedy"]
    assert "orderhub migrate" in found["database"]["remedy"]


def test_wrong_settings_are_a_finding(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_BATCH_SIZE", "0")
    assert "HUB_BATCH_SIZE" in findings(hub, healthy=False)["settings"]["detail"]


def test_an_old_schema_is_a_finding(hub: Any) -> None:
    engine = sa.create_engine("sqlite:///data/orderhub.sqlite3")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    engine.dispose()
    assert findings(hub, healthy=False)["schema"]["remedy"] == "`orderhub migrate`"


def test_a_database_that_is_away_is_a_finding(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://user:canary-secret@/x?host=/nowhere")
    found = findings(hub, healthy=False)
    assert "HUB_DATABASE_URL" in found["database"]["remedy"]
    assert "canary-secret" not in hub.printed


def test_a_queue_that_is_away_is_a_finding(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_REDIS_URL", "unix:///nowhere/queue.sock")
    assert findings(hub, healthy=False)["queue"]["state"] == "fail"


def test_a_master_key_that_opens_nothing_is_a_finding(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.run("stores", "list")
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{hub.run("new-key").strip()}"]')
    assert "the key that was used before" in findings(hub, healthy=False)["sealed keys"]["remedy"]


def test_the_doctor_changes_nothing(hub: Any) -> None:
    before = Path("data/orderhub.sqlite3").read_bytes()
    hub.run("doctor")
    assert Path("data/orderhub.sqlite3").read_bytes() == before


def test_strangers_in_our_packages_are_a_finding(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "packages_distributions", lambda: {"hub": ["orderhub", "activeloop-hub"]})
    assert "activeloop-hub" in findings(hub, healthy=False)["packages"]["detail"]


@pytest.mark.parametrize(("free", "state"), [(10**8, "fail"), (10**9, "warn"), (10**11, "ok")])
def test_a_full_disk_is_a_finding(hub: Any, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**12, 0, free))
    assert findings(hub, healthy=state != "fail")["disk"]["state"] == state


def test_a_paused_connection_is_a_warning(hub: Any) -> None:
    hub.twin("shop", "store", "vendure")
    file = hub.settings_file("shop")
    hub.run("connections", "add", "vendure", "--id", "shop", "--secrets-file", file)
    hub.run("connections", "pause", "shop", "--why", "moving house")
    assert findings(hub, healthy=True)["connection shop"]["detail"] == "moving house"
    Path(file).unlink()


def test_certificates_that_end_are_warnings_in_their_order(hub: Any) -> None:
    hub.run("stores", "add", "east")
    today = hub.clock().date()
    for name, kind, days in (
        ("licence", "business_licence", 10),
        ("grant", "brand_authorisation", -1),
        ("later", "permit", 61),
    ):
        until = str(today + timedelta(days=days))
        hub.run("stores", "certify", "east", name, "--kind", kind, "--until", until)

    found = findings(hub, healthy=True)
    named = [check for check in found if check.startswith("certificate ")]
    assert named == ["certificate east/grant", "certificate east/licence"]
    assert found[named[0]]["detail"].startswith("expired on ")
    assert found["certificates"] == {**found["certificates"], "state": "warn", "detail": "2 to look after"}


def test_alarm_days_are_a_setting_per_kind(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.run("stores", "add", "east")
    until = str(hub.clock().date() + timedelta(days=61))
    hub.run("stores", "certify", "east", "permit", "--kind", "permit", "--until", until)
    monkeypatch.setenv("HUB_CERTIFICATE_ALARM_DAYS", '{"permit": 61}')
    assert "certificate east/permit" in findings(hub, healthy=True)
