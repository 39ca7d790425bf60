"""Who may import whom: the contracts in pyproject.toml, each of which a planted import breaks."""

import warnings
from pathlib import Path

import grimp
import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

KINDS = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}

PLANTED = {
    "one direction: hub uses connectors, connectors use mappings": ("connectors.kit.limits", "hub.clock"),
    "the hub meets platforms only through entry points": ("hub.jobs.pull", "connectors.stores.vendure"),
    "mappings and domain are pure": ("hub.domain.route", "random"),
    "inside the hub": ("hub.storage.bulk", "hub.pipeline.books"),
    "deciding and remembering know no connector": ("hub.pipeline.intake", "connectors.kit.limits"),
    "connectors know no database": ("connectors.kit.limits", "sqlalchemy"),
    "stores are independent of each other": ("connectors.stores.taobao.gateway", "connectors.stores.vendure"),
    "carriers are independent of each other": (
        "connectors.carriers.kuaidi100.signing",
        "connectors.carriers.sf_express.signing",
    ),
    "store mappings are independent of each other": (
        "mappings.stores.taobao.tables",
        "mappings.stores.vendure.tables",
    ),
    "carrier mappings are independent of each other": (
        "mappings.carriers.kuaidi100.tables",
        "mappings.carriers.sf_express.tables",
    ),
    "the kit knows no platform": ("connectors.kit.limits", "connectors.stores.vendure"),
}
"""Contract → an import (importer, imported) that breaks it."""


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """All imports of the three packages as they are."""
    return grimp.build_graph("hub", "connectors", "mappings", include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def contracts(root: Path):
    """Name → contract."""
    configure()
    options = use_cases.read_user_options(config_filename=str(root / "pyproject.toml"))
    return {
        each["name"]: KINDS[each["type"]](
            name=each["name"], session_options=options.session_options, contract_options=each
        )
        for each in options.contracts_options
    }


def is_kept(contract, imports: grimp.ImportGraph) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(contract.check(graph=imports, verbose=False).kept)


def test_every_contract_is_kept(contracts, imports):
    broken = [name for name, contract in contracts.items() if not is_kept(contract, imports)]

    assert broken == [], "run `lint-imports` to see the imports"


def test_every_contract_was_seen_to_fail(contracts):
    assert set(PLANTED) == set(contracts)


@pytest.mark.parametrize("name", PLANTED)
def test_planted_import_breaks_its_contract(contracts, imports, name):
    importer, imported = PLANTED[name]
    was_there = imported in imports.find_modules_directly_imported_by(importer)
    assert not was_there
    imports.add_import(importer=importer, imported=imported)
    try:
        assert not is_kept(contracts[name], imports)
    finally:
        imports.remove_import(importer=importer, imported=imported)


def test_new_module_of_the_hub_must_be_given_a_place(contracts, imports):
    imports.add_module("hub.novelty")
    try:
        assert not is_kept(contracts["inside the hub"], imports)
    finally:
        imports.remove_module("hub.novelty")
