"""What an administrator fills in to connect: one frozen pydantic model per platform."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr


class ConnectorSettings(BaseModel):
    """Parent of all connection settings.

    Each field has a `title`, an English `description` and `json_schema_extra={"zh": …}` (use `setting()`).
    Secrets are `SecretStr`. Real endpoints are the defaults; sandboxes and twins are addressed by overriding.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    start_from: AwareDatetime | None = Field(
        default=None,
        title="Start from",
        description="Oldest change to pull; empty: as far as the platform reaches by default.",
        json_schema_extra={"zh": "起始时间"},
    )


def setting(title: str, zh: str, description: str = "", **options: Any) -> Any:
    """A field with its label in both languages: `host: str = setting("Host", "主机")`."""
    return Field(title=title, description=description, json_schema_extra={"zh": zh}, **options)


def revealed(settings: ConnectorSettings) -> dict[str, Any]:
    """Plain values for sealing, secrets included. Only the vault may see the result."""
    plain = settings.model_dump(mode="json")
    for name, value in settings:
        if isinstance(value, SecretStr):
            plain[name] = value.get_secret_value()
    return plain
