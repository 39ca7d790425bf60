"""One word per idea, and none for everything."""

import ast
from pathlib import Path

import pytest

from connectors.kit.settings import ConnectorSettings
from hub import registry
from hub.domain.policies import StorePolicy
from hub.settings import HubSettings

FORBIDDEN = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "base",
    "data",
    "process",
    "info",
}
"""Names of modules that say nothing."""

REGISTRY = registry.load()
PLUGINS = [*REGISTRY.stores.values(), *REGISTRY.carriers.values()]


@pytest.mark.parametrize("package", ["hub", "connectors", "mappings"])
def test_modules_are_named_by_what_they_are(root: Path, package):
    names = {path.stem for path in (root / package).rglob("*.py")}
    names |= {path.name for path in (root / package).rglob("*") if path.is_dir()}

    assert names & FORBIDDEN == set()


@pytest.mark.parametrize("package", ["hub", "connectors", "mappings"])
def test_every_module_begins_with_a_line_that_a_newcomer_can_act_on(root: Path, package):
    silent = [
        str(path.relative_to(root))
        for path in sorted((root / package).rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) and "versions" not in path.parts
    ]

    assert silent == []


def test_hub_says_store_and_never_shop(root: Path):
    found = []
    for path in (root / "hub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in (getattr(node, field, None) for field in ("id", "attr", "name", "arg")):
                if isinstance(name, str) and "shop" in name.lower().replace("shopify", ""):
                    found.append(f"{path.name}: {name}")

    assert found == []


def untitled(settings: type[ConnectorSettings]) -> list[str]:
    """Fields without an English title or a Chinese one."""
    found = []
    for name, field in settings.model_fields.items():
        extra = field.json_schema_extra
        chinese = extra.get("zh") if isinstance(extra, dict) else None
        if not field.title or not field.title.isascii():
            found.append(f"{name}: title")
        if not isinstance(chinese, str) or not any("\u4e00" <= each <= "\u9fff" for each in chinese):
            found.append(f"{name}: zh")
    return found


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.platform)
def test_every_setting_of_a_plug_in_has_its_name_in_both_languages(plugin):
    assert untitled(plugin.settings) == []


def test_check_of_names_sees_a_field_without_them():
    class Bare(ConnectorSettings):
        token: str = ""

    assert untitled(Bare) == ["token: title", "token: zh"]


@pytest.mark.parametrize("model", [HubSettings, StorePolicy])
def test_every_setting_of_the_hub_says_what_it_is_for(model):
    silent = [name for name, field in model.model_fields.items() if not (field.description or field.title)]

    assert silent == []
