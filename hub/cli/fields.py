"""Settings of a connection from `name=value`, a secrets file, the environment and hidden prompts."""

import os
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr, ValidationError

from connectors.kit import Plugin
from connectors.kit.settings import ConnectorSettings, revealed
from hub.cli.problem import Problem
from hub.cli.state import faults

SECRET_VARIABLE = "ORDERHUB_SECRET_"  # noqa: S105 - the beginning of a variable's name


def fill_in(
    plugin: Plugin[Any, Any], given: Sequence[str], secrets_file: Path | None, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Plain settings that the plug-in accepts, secrets included: only for the vault. `known` are settings
    that stay unless they are given anew. Missing secrets are asked for."""
    secrets = secret_fields(plugin)
    values = {**known, **_named_values(plugin, given, secrets)}
    values |= _from_environment(secrets) | _from_file(plugin, secrets_file)
    try:
        return revealed(_validated(plugin, values))
    except ValidationError as error:
        asked = _asked(plugin, [name for name in secrets if not values.get(name)])
        if not asked:
            raise _refused(plugin, error) from None
    try:
        return revealed(_validated(plugin, values | asked))
    except ValidationError as error:
        raise _refused(plugin, error) from None


def secret_fields(plugin: Plugin[Any, Any]) -> list[str]:
    """Names of the settings that must not be shown."""
    return [name for name, field in plugin.settings.model_fields.items() if field.annotation is SecretStr]


def _validated(plugin: Plugin[Any, Any], values: Mapping[str, Any]) -> ConnectorSettings:
    settings: ConnectorSettings = plugin.settings(**values)
    return settings


def _refused(plugin: Plugin[Any, Any], error: ValidationError) -> Problem:
    names = ", ".join(plugin.settings.model_fields)
    return Problem(
        f"the settings of {plugin.title} are not complete: {'; '.join(faults(error))}"
        f" (settings: {names}; secrets come from a prompt, --secrets-file or {SECRET_VARIABLE}NAME)"
    )


def _named_values(plugin: Plugin[Any, Any], given: Sequence[str], secrets: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in given:
        name, separator, value = each.partition("=")
        if not separator:
            raise Problem(f"--set takes name=value, not {name!r}")
        if name in secrets:
            raise Problem(
                f"{name} is a secret and would stay in the shell's history: leave it out to be asked for it,"
                f" or use --secrets-file or {SECRET_VARIABLE}{name.upper()}"
            )
        if name not in plugin.settings.model_fields:
            raise Problem(
                f"{plugin.title} has no setting {name!r}; it has {', '.join(plugin.settings.model_fields)}"
            )
        values[name] = value
    return values


def _from_environment(secrets: Sequence[str]) -> dict[str, str]:
    found = {name: os.environ.get(SECRET_VARIABLE + name.upper(), "") for name in secrets}
    return {name: value for name, value in found.items() if value}


def _from_file(plugin: Plugin[Any, Any], path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"the secrets file {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Problem(f'the secrets file {path} is not TOML: write lines like password = "…"') from None
    if unknown := sorted(set(values) - set(plugin.settings.model_fields)):
        raise Problem(f"the secrets file names settings that {plugin.title} does not have: {unknown[0]}")
    return values


def _asked(plugin: Plugin[Any, Any], names: Sequence[str]) -> dict[str, str]:
    """What a person enters without seeing it; nothing if there is nobody to ask."""
    answers: dict[str, str] = {}
    try:
        for name in names:
            field = plugin.settings.model_fields[name]
            hint = "" if field.is_required() else " (Enter: none)"
            answers[name] = ask(f"{field.title or name}{hint}")
    except typer.Abort:
        return {}
    return {name: answer for name, answer in answers.items() if answer}


def _ask(title: str) -> str:
    if not sys.stdin.isatty():
        raise typer.Abort
    answer: str = typer.prompt(title, default="", hide_input=True, show_default=False)
    return answer


ask: Callable[[str], str] = _ask
"""Tests answer here."""
