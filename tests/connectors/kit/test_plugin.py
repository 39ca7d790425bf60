"""Plug-ins and capabilities: the declaration cannot lie; settings hide what is secret."""

import inspect

import orderhub_acme as acme
import orderhub_swift as swift
import pytest
from orderhub_acme.settings import AcmeSettings
from pydantic import ValidationError

from connectors.kit import (
    BooksShipments,
    Connector,
    FetchesOrders,
    FindsBookings,
    PullsOrders,
    PushesFulfilments,
    PushesFulfilmentStatus,
    PushesStock,
    RevisitsOpenOrders,
    capabilities,
    capabilities_of,
    revealed,
)
from connectors.kit.capabilities import CAPABILITIES
from connectors.kit.conformance.rig import Rig


def test_capabilities_are_those_of_the_class_line_and_what_they_imply():
    class Some(RevisitsOpenOrders, PushesFulfilmentStatus):
        pass

    assert capabilities_of(Some) == (
        FetchesOrders,
        RevisitsOpenOrders,
        PushesFulfilments,
        PushesFulfilmentStatus,
    )
    assert BooksShipments in swift.PLUGIN.capabilities and FindsBookings in swift.PLUGIN.capabilities


def test_every_capability_is_in_the_table():
    kinds = [it for _, it in inspect.getmembers(capabilities, inspect.isclass) if issubclass(it, Connector)]

    assert set(kinds) - {Connector} == set(CAPABILITIES)


@pytest.mark.parametrize("verb", sorted({verb for it in CAPABILITIES for verb in it.__abstractmethods__}))
def test_promise_without_its_method_cannot_be_instantiated(verb):
    promises = next(it for it in CAPABILITIES if verb in it.__abstractmethods__)
    others = {name: lambda self: None for name in promises.__abstractmethods__ - {verb}}
    broken = type("Broken", (promises,), others)

    with pytest.raises(TypeError, match=verb):
        broken(None, None)


def test_sound_connector_is_instantiated():
    assert isinstance(Rig(acme.PLUGIN).connector, PullsOrders | PushesStock)


def test_settings_show_no_secret_and_cannot_be_changed():
    settings = AcmeSettings(app_key="k", app_secret="s3cret", webhook_secret="h00k")

    assert "s3cret" not in f"{settings!r}{settings}{settings.model_dump_json()}"
    with pytest.raises(ValidationError):
        settings.app_key = "other"


def test_revealed_settings_build_the_same_settings():
    settings = AcmeSettings(app_key="k", app_secret="s3cret", webhook_secret="h00k")

    assert revealed(settings)["app_secret"] == "s3cret"
    assert AcmeSettings(**revealed(settings)) == settings


def test_labels_and_secrets_reach_the_form():
    fields = AcmeSettings.model_json_schema()["properties"]

    assert (fields["app_secret"]["title"], fields["app_secret"]["zh"]) == ("App secret", "应用密钥")
    assert fields["app_secret"]["writeOnly"] is True
