"""`orderhub tokens`: shown once, listed without the secret, revoked."""

from pathlib import Path
from typing import Any

from hub.cli import api_page


def test_a_token_is_shown_once(hub: Any) -> None:
    text = hub.run("tokens", "add", "till", "--role", "clerk", "--expires", "90d").strip()
    assert text.startswith("oh_")
    (token,) = hub.json("tokens", "list")
    assert (token["name"], token["role"], token["used_at"]) == ("till", "clerk", None)
    listed = hub.run("tokens", "list")
    assert text.rpartition("_")[0] in listed and text not in listed
    assert text.rpartition("_")[2] not in str(token)


def test_a_name_is_used_once_at_a_time(hub: Any) -> None:
    hub.run("tokens", "add", "till", "--role", "viewer")
    assert "orderhub tokens revoke till" in hub.fail("tokens", "add", "till", "--role", "viewer")
    hub.run("tokens", "revoke", "till")
    hub.run("tokens", "add", "till", "--role", "viewer")
    assert {each["revoked_at"] is None for each in hub.json("tokens", "list")} == {True, False}


def test_mistakes_are_named(hub: Any) -> None:
    assert "may have small letters" in hub.fail("tokens", "add", "The Till", "--role", "viewer")
    assert "is past" in hub.fail("tokens", "add", "till", "--role", "viewer", "--expires", "2001-01-01")
    assert "no token 'till' is in use" in hub.fail("tokens", "revoke", "till")
    assert hub.json("tokens", "list") == hub.json("tokens", "trail") == []


def test_the_api_page_is_what_the_endpoints_say() -> None:
    page = Path(__file__).parents[3] / "docs" / "api.md"
    assert page.read_text(encoding="utf-8") == api_page.page(), "run python -m hub.cli.api_page > docs/api.md"
