"""Which connectors are installed and how they stand, for people and scripts."""

import json
from pathlib import Path

from typer.testing import CliRunner

from connectors.carriers.sf_express.connector import SfExpressConnector
from hub.cli import app, connectors_page
from hub.registry import load

ROOT = Path(__file__).parents[3]


def typed(*words):
    return CliRunner().invoke(app, ["connectors", *words])


def test_every_installed_connector_is_listed_with_its_capabilities():
    rows = {each["platform"]: each for each in json.loads(typed("list", "--json").stdout)}
    found = load()
    assert rows.keys() == {*found.stores, *found.carriers}
    assert "BooksShipments" in rows["sf-express"]["capabilities"]
    assert "sf-express" in typed("list").stdout


def test_a_sound_connector_scores_one_and_says_what_it_is_exempt_from():
    result = typed("score", "sf-express", "--json")
    (row,) = json.loads(result.stdout)
    assert (row["platform"], row["kind"], row["score"], row["failures"]) == ("sf-express", "carrier", 1.0, {})
    assert list(row["exemptions"]) == ["webhook.changed_post_is_refused"]
    assert row["held"] > 20
    assert result.exit_code == 0


def test_a_broken_one_does_not(monkeypatch):
    async def knows_nothing(self, parcels):
        return []

    monkeypatch.setattr(SfExpressConnector, "track", knows_nothing)
    result = typed("score", "sf-express")
    assert result.exit_code == 1
    assert "sf-express: FAILED" in result.stdout


def test_an_unknown_one_is_named():
    result = typed("score", "nobody")
    assert result.exit_code == 1
    assert "there is no connector 'nobody'" in result.output


def test_the_connectors_page_is_what_the_plug_ins_say():
    page = ROOT / "docs" / "connectors.md"
    assert page.read_text(encoding="utf-8") == connectors_page.page(), (
        "run python -m hub.cli.connectors_page > docs/connectors.md"
    )
