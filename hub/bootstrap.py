"""The composition root: settings → context. Nothing else builds these things."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.kit.outside import Sleep
from hub import registry as plugins
from hub.clock import Clock, NewId, OrderedIds, system_now
from hub.connections import LiveConnections, MakeClient, internet
from hub.context import HubContext
from hub.pipeline.books import open_books
from hub.queue import Queue, SilentQueue
from hub.registry import Registry
from hub.settings import HubSettings
from hub.storage.connections import Connections
from hub.storage.database import Database
from hub.vault import Vault
from hub.visits import Visitor


@dataclass(frozen=True, kw_only=True)
class World:
    """What comes from outside of the hub and is replaced in tests, simulation and demo."""

    now: Clock = system_now
    sleep: Sleep = asyncio.sleep
    new_id: NewId = field(default_factory=OrderedIds)
    jitter: Callable[[], float] = random.random
    make_client: MakeClient = field(default_factory=internet)
    registry: Registry = field(default_factory=plugins.load)
    visitor: Visitor = field(default_factory=Visitor)
    shares_clock: bool = False
    """Leases use `now` instead of the database server's clock (virtual or scaled time)."""


def open_database(settings: HubSettings, world: World) -> Database:
    """The database that the settings name; its schema must be there (`orderhub migrate`)."""
    clock = world.now if world.shares_clock else None
    return Database(settings.sqlalchemy_url, threads=settings.database_threads, clock=clock)


def open_vault(settings: HubSettings) -> Vault:
    """Raises `VaultError` with the remedy if the master key is missing or weak."""
    return Vault([key.get_secret_value() for key in settings.master_keys])


def open_hub(
    settings: HubSettings,
    *,
    world: World | None = None,
    queue: Queue | None = None,
    database: Database | None = None,
    vault: Vault | None = None,
) -> HubContext:
    """Put the hub together. The queue is silent unless one is given: sweeps find what is written."""
    world = world or World()
    database = database or open_database(settings, world)
    connections = Connections(vault or open_vault(settings))
    books, _ = database.transact(
        lambda uow: open_books(
            uow, connections, world.new_id, lease=settings.lease, track_every=settings.track_every
        )
    )
    hub = HubContext(
        settings=settings,
        database=database,
        books=books,
        registry=world.registry,
        mappings=world.registry.mappings,
        live=LiveConnections(
            database,
            connections,
            world.registry,
            now=world.now,
            sleep=world.sleep,
            jitter=world.jitter,
            make_client=world.make_client,
        ),
        queue=queue or SilentQueue(),
        now=world.now,
        sleep=world.sleep,
        visitor=world.visitor,
    )
    database.after_commit = hub.queue.wake
    return hub
