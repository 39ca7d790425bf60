"""Who may import whom: the contracts in pyproject.toml, each of which was seen to fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.application import use_cases
from importlinter.application.app_config import settings
from importlinter.configuration import configure

PLANTED = {
    "one direction: hub uses connectors, connectors use mappings": (
        "connectors.kit.limits",
        "hub.clock",
    ),
    "the hub meets platforms only through entry points": ("hub.jobs.pull", "connectors.stores.vendure"),
    "mappings and domain are pure": ("hub.domain.route", "random"),
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
    "inside the hub": ("hub.storage.bulk", "hub.pipeline.books"),
}
"""Contract → an import (importer, imported) that breaks it."""


@pytest.fixture(scope="module")
def options(root: Path) -> Iterator[use_cases.UserOptions]:
    configure()
    yield use_cases.read_user_options(config_filename=str(root / "pyproject.toml"))


@pytest.fixture(scope="module")
def graph(options):
    """All imports of the three packages, built once."""
    return settings.GRAPH_BUILDING_SERVICE if False else _graph()


def _graph():
    import grimp

    return grimp.build_graph("hub", "connectors", "mappings", include_external_packages=True)


def checked(options, graph) -> dict[str, bool]:
    """Contract → whether it is kept."""
    from copy import deepcopy

    from importlinter.domain.contract import registry

    use_cases.register_contract_types(options) if hasattr(use_cases, "register_contract_types") else None
    found = {}
    for each in options.contracts_options:
        contract = registry.get_contract_class(each["type"])(
            name=each["name"], session_options=options.session_options, contract_options=each
        )
        found[contract.name] = contract.check(graph=deepcopy(graph), verbose=False).kept
    return found
