"""The container files hold what they promise. No engine runs where they are tested, so they are read."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.settings import HubSettings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "live", "bulk")


def final_stage() -> str:
    return DOCKERFILE.rpartition("\nFROM ")[2]


def test_the_final_image_has_no_build_tools_and_no_root() -> None:
    stage = final_stage()
    assert "pip" not in stage and "COPY --from=build /opt/orderhub" in stage
    assert re.search(r"^USER 10001$", stage, re.MULTILINE)
    assert "pip uninstall --yes pip setuptools" in DOCKERFILE


def test_everything_that_is_installed_is_locked_by_hash() -> None:
    installs = re.findall(r"pip install ([^\n]*)", DOCKERFILE)
    assert all("--no-deps" in each for each in installs)
    assert all("--require-hashes" in each or each.strip().endswith("/wheels/*.whl \\") for each in installs)
    runtime = (ROOT / "docker" / "runtime.txt").read_text()
    names = set(re.findall(r"^([a-z0-9-]+)==", runtime, re.MULTILINE))
    assert {"httpx", "tenacity", "pydantic-settings", "sqlalchemy", "arq"} <= names
    assert not names & {"hatchling", "pytest", "ruff", "highspy"}


def test_what_the_image_copies_is_there_and_nothing_else_is_sent() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for each in copied for source in each.split()}
    assert all((ROOT / source).exists() for source in sources)
    sent = (ROOT / "docker" / "Dockerfile.dockerignore").read_text().split()
    assert sent[0] == "*" and {each.removeprefix("!") for each in sent[1:-1]} == sources


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_read_only_and_get_secrets_from_files(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert set(service["secrets"]) == {"hub_master_keys", "hub_database_url"}
    for variable in service["environment"]:
        assert variable.removeprefix("HUB_").lower() in HubSettings.model_fields, variable
    for secret in service["secrets"]:
        assert secret.removeprefix("hub_") in HubSettings.model_fields, secret


def test_two_web_servers_and_three_workers_stand_behind_a_proxy() -> None:
    assert SERVICES["web"]["deploy"]["replicas"] == SERVICES["live"]["deploy"]["replicas"] == 2
    assert SERVICES["bulk"]["command"] == ["worker", "--lane", "bulk"]
    proxy = (ROOT / "docker" / "proxy.conf").read_text()
    assert "server web:8321" in proxy and "ports" not in SERVICES["web"]


def test_whatever_runs_is_asked_whether_it_is_well_and_data_lies_in_a_volume() -> None:
    for name, service in SERVICES.items():
        assert "healthcheck" in service or name == "proxy", name
        assert ":" in service["image"] and not service["image"].endswith(":latest")
    assert set(COMPOSE["volumes"]) == {"postgres"}
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
