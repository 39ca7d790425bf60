"""`orderhub config`: one reviewed file, from hub to hub, without secrets."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.cli.config_file import read, written


@pytest.fixture
def furnished(connected: Any) -> Any:
    """A store with connections, a rule, a territory, a certificate, a link."""
    connected.run("stores", "set", "shop", "--brand", "Acme", "--location", "wh", "--carrier", "sf")
    connected.run(
        *["stores", "certify", "shop", "licence", "--kind", "business_licence", "--number", "91310000MA1K"]
    )
    connected.run("rules", "set", "shop", "payment_delay", "minutes=30")
    connected.run("territories", "add", "east", "--store", "shop", "--country", "CN", "--province", "上海")
    connected.run("rules", "floors", "set", "SKU-1", "19.90", "CNY")
    connected.run("config", "export", "hub.yaml")
    return connected


def edited(change: Any) -> str:
    document = yaml.safe_load(Path("hub.yaml").read_text(encoding="utf-8"))
    change(document)
    Path("new.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return "new.yaml"


def test_export_differs_in_nothing_and_is_always_the_same_text(furnished: Any) -> None:
    assert furnished.run("config", "diff", "hub.yaml", "--complete") == "Nothing differs.\n"
    assert furnished.run("config", "export") == Path("hub.yaml").read_text(encoding="utf-8")
    assert furnished.run("config", "apply", "hub.yaml", "--complete") == "Nothing differs.\n"


def test_export_holds_no_secret_and_no_number(furnished: Any) -> None:
    text = Path("hub.yaml").read_text(encoding="utf-8")
    secrets = [
        value
        for twin in furnished.twins.values()
        for name, value in twin.settings("https://twin.example").items()
        if isinstance(value, str) and name not in ("url", "partner_id")
    ]
    assert secrets and not [each for each in [*secrets, "91310000MA1K"] if len(each) > 3 and each in text]


def test_diff_shows_the_fields_and_apply_does_them(furnished: Any) -> None:
    def change(document: Any) -> None:
        document["stores"]["shop"]["brand"] = "Other"
        document["stores"]["west"] = {"name": "West"}
        del document["price_floors"]["SKU-1"]

    file = edited(change)
    result = furnished.type("config", "diff", file, "--complete")
    assert result.exit_code == 2
    assert '~ stores.shop\n    brand: "Acme" → "Other"\n' in result.stdout
    assert '+ stores.west\n    name: - → "West"\n' in result.stdout
    assert "- price_floors.SKU-1\n" in result.stdout

    assert furnished.run("config", "apply", file, "--complete") == result.stdout
    assert furnished.run("config", "diff", file, "--complete") == "Nothing differs.\n"
    assert furnished.json("stores", "show", "shop")["brand"] == "Other"
    assert "***1K" in furnished.run("stores", "show", "shop")
    assert len(furnished.json("config", "log", "--limit", "3")) == 3


def test_the_file_sets_up_another_hub(furnished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_carriers(document: Any) -> None:
        del document["stores"]["shop"]["policy"]["carriers"]

    file = Path(edited(without_carriers)).absolute()
    Path("other").mkdir()
    monkeypatch.chdir("other")
    furnished.run("init", "--data-dir", "data")
    furnished.run("config", "apply", str(file))
    furnished.run("config", "export", "again.yaml")
    assert yaml.safe_load(Path("again.yaml").read_text()) == yaml.safe_load(file.read_text())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not valid: line"),
        ("stores: {}\nstores: {}\n", "line 2, column 1: the name 'stores' stands twice"),
        ("stores: &a {}\nlocations: *a\n", "aliases"),
        ("stores: {<<: {}}", "line 1, column 10: merging"),
        ("stores: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("locations: {x: {name: X, address: {country: NO}}}", "Expected `str`, got `bool`"),
        ('{"stores": {"x": {"name": "X", "colour": 1}}}', "stores.x: contains unknown field `colour`"),
        ('{"shops": {}}', "there is no such section"),
    ],
)
def test_a_file_with_mistakes_changes_nothing(furnished: Any, text: str, said: str) -> None:
    Path("bad.yaml").write_text(text, encoding="utf-8")
    assert said in furnished.fail("config", "apply", "bad.yaml")
    assert furnished.run("config", "diff", "hub.yaml") == "Nothing differs.\n"


def test_a_file_that_is_not_there_is_a_problem(hub: Any) -> None:
    assert "cannot be read" in hub.fail("config", "diff", "nowhere.yaml")
    assert "cannot be written" in hub.fail("config", "export", "no/where.yaml")


def test_texts_from_a_file_cannot_steer_the_terminal(hub: Any) -> None:
    Path("hub.yaml").write_text('{"stores": {"x": {"name": "\\u001b[2J"}}}', encoding="utf-8")
    hub.type("config", "diff", "hub.yaml")
    assert "\x1b" not in hub.printed


def test_export_into_json_is_the_same_document(furnished: Any) -> None:
    furnished.run("config", "export", "hub.json")
    assert furnished.run("config", "diff", "hub.json", "--complete") == "Nothing differs.\n"
    yaml_text, json_text = (Path(f"hub.{each}").read_bytes() for each in ("yaml", "json"))
    assert read(yaml_text, as_json=False) == read(json_text, as_json=True)


WORDS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e300, 1e300) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "NO", "1", "~", "2026-01-01"]), PLAIN), st.booleans())
def test_whatever_is_written_is_read_again(document: Any, as_json: bool) -> None:
    assert read(written(document, as_json=as_json).encode(), as_json=as_json) == document


def test_days_and_instants_may_stand_without_quotes(furnished: Any) -> None:
    text = "stores: {x: {name: X, certificates: {a: {kind: permit, valid_until: 2027-01-01}}}}"
    Path("new.yaml").write_text(text, encoding="utf-8")
    furnished.run("config", "apply", "new.yaml")
    assert furnished.run("config", "diff", "new.yaml") == "Nothing differs.\n"
