"""Top-level names are ours alone; platform folders and entry points are the same set."""

import re
import tomllib
from importlib.metadata import distribution, entry_points, packages_distributions
from pathlib import Path

import pytest

from hub import registry

TOP_LEVEL = ("hub", "connectors", "mappings")
KINDS = {"stores": registry.STORES, "carriers": registry.CARRIERS}


@pytest.fixture(scope="module")
def project(root: Path):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_top_level_name_belongs_to_no_other_distribution(name):
    """Installed editable, a distribution names no packages of its own: then nobody owns the name."""
    assert set(packages_distributions().get(name, ())) <= {"orderhub"}


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_top_level_name_is_imported_from_here(root: Path, name):
    module = __import__(name)

    assert [Path(each) for each in module.__path__] == [root / name]


def test_wheel_holds_exactly_the_three_packages(project):
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(TOP_LEVEL)


def folder_of(platform: str) -> str:
    """No module's name begins with a digit: 17track lives in `track17`."""
    return re.sub(r"^(\d+)(.+)", r"\2\1", platform).replace("-", "_")


@pytest.mark.parametrize("kind", KINDS)
def test_every_platform_folder_has_its_entry_point_and_its_mapping(root: Path, project, kind):
    folders = {each.parent.name for each in (root / "connectors" / kind).glob("*/__init__.py")}
    mapped = {each.parent.name for each in (root / "mappings" / kind).glob("*/__init__.py")}
    declared = project["project"]["entry-points"][KINDS[kind]]

    assert {folder_of(name) for name in declared} == folders == mapped
    for name, target in declared.items():
        assert target == f"connectors.{kind}.{folder_of(name)}:PLUGIN"


@pytest.mark.parametrize("kind", KINDS)
def test_installed_entry_points_are_the_declared_ones(project, kind):
    """Adding one needs a new installation, also in editable mode."""
    ours = {
        point.name
        for point in entry_points(group=KINDS[kind])
        if point.dist and point.dist.name == distribution("orderhub").name
    }

    assert ours == set(project["project"]["entry-points"][KINDS[kind]])


def test_every_plug_in_loads():
    assert registry.load().broken == {}


class TestBrokenPlugIns:
    """They are listed with what is wrong, and the rest works."""

    def load(self, value: str, name: str = "vendure"):
        from importlib.metadata import EntryPoint

        good = next(point for point in entry_points(group=registry.STORES) if point.name == "shopify")
        return registry.load([EntryPoint(name, value, registry.STORES), good], [])

    @pytest.mark.parametrize(
        "value, wrong",
        [
            ("no.such.module:PLUGIN", "ModuleNotFoundError"),
            ("connectors.stores.vendure:NOTHING", "AttributeError"),
            ("connectors.carriers.sf_express:PLUGIN", "is not a StorePlugin"),
        ],
    )
    def test_is_named_with_the_reason(self, value, wrong):
        found = self.load(value)

        assert wrong in found.broken["vendure"]
        assert set(found.stores) == {"shopify"}

    def test_platform_and_entry_point_must_have_one_name(self):
        found = self.load("connectors.stores.vendure:PLUGIN", "wendure")

        assert "calls itself 'vendure'" in found.broken["wendure"]
