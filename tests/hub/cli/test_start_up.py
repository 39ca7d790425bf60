"""What happens before anything is set up: help, first run, keys, settings."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub.cli import settings_table
from hub.cli.program import COMMANDS, load
from hub.settings import HubSettings

_HEAVY = "('httpx', 'sqlalchemy', 'fastapi', 'starlette', 'arq', 'pydantic', 'cryptography', 'alembic')"


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    program = (
        "import sys\n"
        "from hub.cli import main\n"
        f"sys.argv = ['orderhub', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        f"loaded = [name for name in {_HEAVY} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_every_command_in_the_table_is_there() -> None:
    for name, (_, text) in COMMANDS.items():
        command = load(name)
        assert command.help or command.callback.__doc__, name
        assert text.endswith("."), name


def test_a_mistyped_command_names_the_right_one(desk: Any) -> None:
    result = desk.type("conections", "list")
    assert result.exit_code == 2
    assert "connections" in result.stderr


def test_init_writes_a_private_settings_file_and_a_database(desk: Any) -> None:
    said = desk.run("init", "--data-dir", "data")
    written = Path("orderhub.toml")
    assert written.stat().st_mode & 0o777 == 0o600
    assert Path("data").stat().st_mode & 0o777 == 0o700
    key = written.read_text().partition('master_keys = ["')[2].partition('"')[0]
    assert len(key) == 44 and key not in said
    assert desk.json("connections", "list") == []


def test_init_never_overwrites_a_master_key(hub: Any) -> None:
    before = Path("orderhub.toml").read_text()
    assert "exists already" in hub.fail("init")
    assert Path("orderhub.toml").read_text() == before


def test_init_leaves_a_given_master_key_where_it_is(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.run("new-key").strip()
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{key}"]')
    desk.run("init", "--data-dir", "data")
    assert "master_keys" not in Path("orderhub.toml").read_text()
    assert desk.run("stores", "list")


def test_without_a_master_key_commands_are_refused_with_the_remedy(desk: Any) -> None:
    for words in (["stock", "show"], ["migrate"], ["orders", "list"], ["sync", "now"], ["rotate-keys"]):
        assert "orderhub new-key" in desk.fail(*words)
    assert len(desk.run("new-key").strip()) == 44


def test_a_weak_master_key_is_refused(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_MASTER_KEYS", '["cGFzc3dvcmQ="]')
    said = desk.fail("stock", "show")
    assert "weak" in said and "cGFzc3dvcmQ=" not in said


def test_wrong_settings_are_named_without_their_values(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PORT", "canary-port")
    said = desk.fail("stock", "show")
    assert "HUB_PORT" in said and "canary-port" not in said


def test_a_broken_settings_file_is_named(desk: Any) -> None:
    Path("orderhub.toml").write_text('data_dir = "open')
    assert "orderhub.toml is not valid TOML" in desk.fail("stock", "show")


def test_commands_name_a_missing_database_and_a_missing_schema(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{desk.run("new-key").strip()}"]')
    assert "orderhub migrate" in desk.fail("stock", "show")
    Path("var/orderhub").mkdir(parents=True)
    Path("var/orderhub/orderhub.sqlite3").touch()
    assert "run `orderhub migrate`" in desk.fail("stock", "show")
    assert "migrated" in desk.run("migrate")
    assert "up to date already" in desk.run("migrate")


def test_rotated_keys_open_with_the_new_key_alone(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.twin("shop", "store", "vendure")
    file = hub.settings_file("shop")
    hub.run("connections", "add", "vendure", "--id", "shop", "--secrets-file", file)
    old = Path("orderhub.toml").read_text().partition('master_keys = ["')[2].partition('"')[0]
    new = hub.run("new-key").strip()
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{new}"]')
    assert "no master key opens" in hub.fail("connections", "test", "shop")
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{new}", "{old}"]')
    assert "1 connections" in hub.run("rotate-keys")
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{new}"]')
    assert "works" in hub.run("connections", "test", "shop")


def test_the_settings_page_is_what_the_model_says() -> None:
    page = Path(__file__).parents[3] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_table.table(), (
        "run python -m hub.cli.settings_table > docs/settings.md"
    )


@pytest.mark.parametrize("text", ["90", "90.0", " 90 ", "PT90S", "PT1M30S"])
def test_a_duration_in_the_environment_is_seconds_or_iso_8601(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_LEASE", text)
    monkeypatch.setenv("HUB_RETRY_SCHEDULE", f'[90, "{text}"]')

    settings = HubSettings()

    assert settings.lease == timedelta(seconds=90)
    assert settings.retry_schedule == (timedelta(seconds=90),) * 2


@pytest.mark.parametrize("text", ["soon", "90 s", "٩٠", "1e3"])
def test_what_is_no_duration_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LEASE", text)

    with pytest.raises(ValidationError):
        HubSettings()
