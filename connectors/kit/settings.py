"""What an administrator fills in to connect: one frozen pydantic model per platform."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from connectors.kit.errors import Misconfigured
from mappings.structs import FrozenStruct

TermsT = TypeVar("TermsT", bound=FrozenStruct)


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


def terms_of(settings: ConnectorSettings, shape: type[TermsT], needs: Sequence[str] = ()) -> TermsT:
    """What a mapping must know of the agreement: each field of `shape` from the setting of the same name,
    secrets in plain. `Misconfigured` if a setting in `needs` is empty."""
    plain = {name: getattr(settings, name) for name in shape.__struct_fields__}
    for name, value in plain.items():
        if isinstance(value, SecretStr):
            plain[name] = value.get_secret_value()
    if missing := next((name for name in needs if not plain[name]), ""):
        raise Misconfigured(f"this needs the setting {missing}", setting=missing)
    return shape(**plain)
