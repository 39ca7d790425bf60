"""Settings of the hub: environment (`HUB_…`), `.env`, secret files, then `orderhub.toml`. Names and meaning:
this model.

`docs/settings.md` and `orderhub doctor` are made from it.
"""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SECRETS = Path(os.environ.get("HUB_SECRETS_DIR", "/run/secrets"))
"""Where container engines put secrets as files: `hub_master_keys` holds the value of `HUB_MASTER_KEYS`."""

_NUMBER = re.compile(r"\s*[0-9]+(\.[0-9]+)?\s*", re.ASCII)


def _seconds(value: object) -> object:
    """Text of a plain number is a number; pydantic reads numbers as seconds, and such text not at all."""
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


Duration = Annotated[timedelta, BeforeValidator(_seconds)]
"""ISO 8601 (`PT10S`), or seconds (`10`): the same in the environment and in files."""


class AlarmDays(BaseModel):
    """Kind of certificate → so many days before it expires somebody is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    business_licence: int = Field(60, ge=0)
    brand_authorisation: int = Field(60, ge=0)
    platform_credential: int = Field(14, ge=0)
    permit: int = Field(60, ge=0)
    other: int = Field(30, ge=0)

    def by_kind(self) -> dict[str, int]:
        return self.model_dump()


class HubSettings(BaseSettings):
    """Everything an operator can set. The defaults are the embedded mode: SQLite and an embedded queue."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", env_file=".env", toml_file="orderhub.toml", extra="forbid", frozen=True
    )

    data_dir: Path = Field(
        Path("var/orderhub"), description="Where the embedded database and queue server live."
    )
    database_url: str = Field(
        "",
        description="PostgreSQL address (postgresql://user:password@host/name); empty: SQLite in data_dir.",
    )
    redis_url: str = Field("", description="Redis address; empty: an embedded queue server in data_dir.")
    master_keys: tuple[SecretStr, ...] = Field(
        (), description="Master keys of the vault, the one in use first (JSON list; `orderhub new-key`)."
    )
    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(8321, ge=0, le=65535, description="Port that the web server listens on.")
    public_url: str = Field(
        "",
        description="Address under which platforms and carriers reach this hub (https://…); empty: they do"
        " not, so webhooks are not registered and everything is pulled.",
    )
    webhook_limit_bytes: int = Field(
        2 * 1024 * 1024, ge=1024, description="Largest webhook body that is accepted."
    )
    webhook_body_seconds: float = Field(10, gt=0, description="How long a webhook body may take to arrive.")
    batch_size: int = Field(250, ge=1, le=1000, description="Documents and messages per transaction.")
    lease: Duration = Field(
        timedelta(minutes=2), description="How long a worker may hold an outbox message before it is retried."
    )
    sweep_every: Duration = Field(
        timedelta(seconds=10), description="How often a sweep looks for work whose wake-up was lost."
    )
    track_every: Duration = Field(
        timedelta(hours=2), description="How often parcels are asked for where the carrier does not push."
    )
    retry_schedule: tuple[Duration, ...] = Field(
        tuple(timedelta(seconds=each) for each in (10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)),
        description="Pauses between attempts of an outbox message; after the last it is parked.",
    )
    keep_documents: Duration = Field(
        timedelta(days=90), description="How long raw documents are kept; their digests stay."
    )
    completeness_settle: Duration = Field(
        timedelta(minutes=15),
        ge=timedelta(0),
        description="How long after the end of an hour its orders are compared with those of the store.",
    )
    contents_every: Duration = Field(
        timedelta(days=1),
        ge=timedelta(hours=1),
        description="How often a sample of each store's orders is read anew and compared.",
    )
    contents_sample: int = Field(
        200, ge=0, le=1000, description="Orders per store in that sample; the next one goes on after them."
    )
    keep_webhooks: Duration = Field(
        timedelta(days=30), description="How long delivered and given up outgoing webhooks stay visible."
    )
    link_check_every: Duration = Field(
        timedelta(days=1), gt=timedelta(0), description="How often the web links of stores are visited."
    )
    certificate_alarm_days: AlarmDays = Field(
        AlarmDays(),
        description="How many days before the certificate of a store expires `orderhub doctor` and the"
        ' metrics tell it, by kind (JSON; `{"permit": 90}` changes one).',
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    database_threads: int = Field(
        4, ge=1, le=64, description="Database connections per process (PostgreSQL)."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls)
        if not SECRETS.is_dir():
            return init_settings, env_settings, dotenv_settings, toml
        secrets = SecretsSettingsSource(settings_cls, secrets_dir=SECRETS)
        return init_settings, env_settings, dotenv_settings, secrets, toml

    @property
    def sqlalchemy_url(self) -> str:
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'orderhub.sqlite3'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def is_embedded(self) -> bool:
        return not self.database_url
