"""What a platform offers to the hub: one `PLUGIN` per folder, found through entry points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

from connectors.kit.capabilities import Connector, capabilities_of
from connectors.kit.limits import RateLimit
from connectors.kit.settings import ConnectorSettings
from mappings.contracts import CarrierMapping, StoreMapping

KIT_VERSION = 1

SettingsT = TypeVar("SettingsT", bound=ConnectorSettings)
ConnectorT = TypeVar("ConnectorT", bound=Connector)


@dataclass(frozen=True, kw_only=True)
class Plugin(Generic[SettingsT, ConnectorT]):
    """`platform` is the entry point's name. `twin` names the platform's imitation (`package.module:Class`),
    which only demo, simulation and tests load. `read_back_after` is how long a write that got no answer may
    take until the platform shows it. `unverified` lists facts that no source confirmed; `exemptions` names
    checks of the conformance kit that this platform cannot pass, and why."""

    platform: str
    title: str
    settings: type[SettingsT]
    connector: type[ConnectorT]
    limits: Sequence[RateLimit]
    twin: str
    read_back_after: timedelta = timedelta(seconds=30)
    pull_every: timedelta = timedelta(minutes=1)
    poll_every: timedelta = timedelta(seconds=10)
    api_version: str = ""
    unverified: Sequence[str] = ()
    exemptions: Mapping[str, str] = field(default_factory=dict)
    kit: int = KIT_VERSION

    @property
    def capabilities(self) -> tuple[type[Connector], ...]:
        return capabilities_of(self.connector)


@dataclass(frozen=True, kw_only=True)
class StorePlugin(Plugin[SettingsT, ConnectorT]):
    """A store platform."""

    mapping: StoreMapping


@dataclass(frozen=True, kw_only=True)
class CarrierPlugin(Plugin[SettingsT, ConnectorT]):
    """A carrier, or an aggregator of carriers."""

    mapping: CarrierMapping
