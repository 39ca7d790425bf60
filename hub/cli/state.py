"""How a command gets at the hub, and how what goes wrong there becomes one sentence."""

import asyncio
import contextlib
import tomllib
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import DBAPIError

from connectors.kit import ConnectorError
from hub.bootstrap import World, open_database, open_hub, open_vault
from hub.cli.problem import Problem
from hub.connections import UnknownPlatform
from hub.context import HubContext
from hub.settings import HubSettings
from hub.storage.database import Database
from hub.storage.orders import StaleOrder
from hub.storage.schema import schema_is_current
from hub.vault import VaultError

T = TypeVar("T")

make_world: Callable[[], World] = World
"""Tests put twins and a manual clock here."""


def settings() -> HubSettings:
    """The settings, from wherever they come."""
    try:
        return HubSettings()
    except ValidationError as error:
        raise Problem(f"the settings are not valid: {'; '.join(faults(error, 'HUB_'))}") from None
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"orderhub.toml is not valid TOML: {error}") from None
    except SettingsError as error:
        raise Problem(f"the settings cannot be read: {error}") from None


def faults(error: ValidationError, prefix: str = "") -> list[str]:
    """What is wrong with which field; never the value, which may be a secret."""
    return [
        f"{_field(each['loc'], prefix)}{each['msg'].removeprefix('Value error, ')}"
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _field(location: tuple[int | str, ...], prefix: str) -> str:
    if not location:
        return ""
    name = ".".join(str(part) for part in location)
    return f"{prefix}{name.upper() if prefix else name}: "


def usable_settings() -> HubSettings:
    """The settings, with a master key that the vault accepts."""
    given = settings()
    with explained():
        open_vault(given)
    return given


def with_hub(work: Callable[[HubContext], Awaitable[T]]) -> T:
    """Open the hub, do the work, close it. Nobody is woken: the sweep of a running hub finds what is
    written."""
    given = usable_settings()
    with explained():
        return asyncio.run(_with_hub(given, make_world(), work))


async def _with_hub(given: HubSettings, world: World, work: Callable[[HubContext], Awaitable[T]]) -> T:
    if given.is_embedded and not database_file_exists(given):
        raise Problem(f"there is no database in {given.data_dir}: make it with `orderhub migrate`")
    database = open_database(given, world)
    try:
        _require_schema(database)
        hub = open_hub(given, world=world, database=database)
    except BaseException:
        database.close()
        raise
    try:
        return await work(hub)
    finally:
        await hub.close()


def database_file_exists(given: HubSettings) -> bool:
    """Is there an embedded database already? (Opening it would make an empty one.)"""
    return (given.data_dir / "orderhub.sqlite3").exists()


def _require_schema(database: Database) -> None:
    if not schema_is_current(database.engine):
        raise Problem("the database does not have the schema of this version: run `orderhub migrate`")


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Errors that a person can act on become a `Problem`."""
    try:
        yield
    except DBAPIError as error:
        first_line = str(error.orig).strip().partition("\n")[0]
        raise Problem(f"the database refused: {first_line} (see `orderhub doctor`)") from None
    except StaleOrder as error:
        raise Problem(f"{error}: run the command again") from None
    except (ConnectorError, UnknownPlatform, VaultError) as error:
        raise Problem(str(error)) from None
