"""What the plug-in declares, and the form that an administrator fills in."""

import re
from typing import Any

from pydantic import SecretStr, ValidationError

from connectors.kit.capabilities import CAPABILITIES, PullsOrders, ReceivesWebhooks
from connectors.kit.conformance.checks import Bench, Checks, NotApplicable, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.errors import AuthenticationFailed
from connectors.kit.plugin import KIT_VERSION, StorePlugin
from connectors.kit.settings import ConnectorSettings, revealed

CHECKS = Checks("settings")

SECRET_WORDS = re.compile(r"secret|password|passwd|token|private", re.IGNORECASE)
CHINESE = re.compile("[\u3400-\u9fff]")


@CHECKS.add()
async def declaration_is_complete(bench: Bench) -> None:
    """A name for the entry point, a title, limits, a kit version that is supported, at least one verb."""
    plugin = bench.plugin
    require(bool(re.fullmatch(r"[a-z0-9][a-z0-9-]*", plugin.platform)), "`platform` is lower case and dashes")
    require(bool(plugin.title.strip()), "the plug-in has no title")
    require(plugin.kit == KIT_VERSION, f"made for kit {plugin.kit}, this is kit {KIT_VERSION}")
    require(bool(plugin.limits), "no rate limit is stated")
    sane = all(it.calls > 0 and it.per.total_seconds() > 0 for it in plugin.limits)
    require(sane, "a rate limit of nothing")
    require(bool(plugin.capabilities), "the connector declares no capability")
    if isinstance(plugin, StorePlugin):
        way_in = bench.declares(PullsOrders) or bench.declares(ReceivesWebhooks)
        require(way_in, "a store needs a way in: pull orders or receive webhooks")


@CHECKS.add()
async def methods_have_their_capability(bench: Bench) -> None:
    """A verb that is implemented is also declared on the class line, or the hub never uses it."""
    declared = bench.plugin.capabilities
    for capability in CAPABILITIES:
        verbs = {
            name for name, verb in vars(capability).items() if getattr(verb, "__isabstractmethod__", False)
        }
        if verbs and capability not in declared:
            forgotten = [verb for verb in sorted(verbs) if hasattr(bench.plugin.connector, verb)]
            named = len(forgotten) < len(verbs)
            require(named, f"{forgotten} is implemented, but {capability.__name__} is not declared")


@CHECKS.add()
async def twin_is_there(bench: Bench) -> None:
    """The twin loads, belongs to this platform, and gives settings that connect."""
    rig = bench.rig()
    require(rig.twin.platform == bench.plugin.platform, "the twin says that it is another platform")
    await rig.connector.check()


@CHECKS.add()
async def fields_are_labelled(bench: Bench) -> None:
    """Every field has a title and a Chinese title."""
    for name, field in bench.plugin.settings.model_fields.items():
        require(bool(field.title), f"setting {name} has no title")
        extra = field.json_schema_extra
        zh = extra.get("zh") if isinstance(extra, dict) else None
        require(isinstance(zh, str) and bool(CHINESE.search(zh)), f"setting {name} has no Chinese title")


@CHECKS.add()
async def secrets_are_secret(bench: Bench) -> None:
    """A field that is named like a secret is a `SecretStr`; printing settings shows none."""
    settings = bench.rig().settings()
    for name, value in settings:
        if SECRET_WORDS.search(name) and isinstance(value, str) and not name.endswith("_url"):
            require(False, f"setting {name} looks like a secret and is plain text")
    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    for name, secret in secrets_of(settings).items():
        require(secret not in shown, f"printing the settings shows {name}")


@CHECKS.add()
async def settings_survive_the_vault(bench: Bench) -> None:
    """What is sealed and opened again is the same; settings cannot be changed, nor unknown ones given."""
    settings = bench.rig().settings()
    plain = revealed(settings)
    require(bench.plugin.settings(**plain) == settings, "settings differ after sealing and opening")
    try:
        bench.plugin.settings(**plain, no_such_setting=1)
    except ValidationError:
        return
    require(False, "a setting that does not exist is accepted")


@CHECKS.add()
async def wrong_credentials_are_refused(bench: Bench) -> None:
    """«Test connection» with wrong secrets says `AuthenticationFailed`."""
    rig = bench.rig()
    if not secrets_of(rig.settings()):
        raise NotApplicable("there are no secrets")
    rig.overrides.update(wrong_secrets(rig))
    try:
        await rig.connect().check()
    except AuthenticationFailed:
        return
    require(False, "check() is content with wrong secrets")


def secrets_of(settings: ConnectorSettings) -> dict[str, str]:
    """The plain secrets, by field."""
    return {
        name: plain
        for name, value in settings
        if isinstance(value, SecretStr) and (plain := value.get_secret_value())
    }


def wrong_secrets(rig: Rig) -> dict[str, Any]:
    """Other secrets of the same form: the last character differs."""
    return {
        name: secret[:-1] + ("b" if secret[-1] != "b" else "c")
        for name, secret in secrets_of(rig.settings()).items()
    }
