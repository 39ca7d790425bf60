"""`docs/settings.md` from the model: `python -m hub.cli.settings_table > docs/settings.md`."""

import sys
from datetime import timedelta

from pydantic import BaseModel, TypeAdapter

from hub.settings import HubSettings

_DURATION = TypeAdapter(timedelta)

_HEAD = """# Settings

Made from `hub/settings.py` by `python -m hub.cli.settings_table`; do not edit.

Values come from the environment, else from `.env`, else from files in `/run/secrets` that are called like the
variable (`hub_master_keys`; `HUB_SECRETS_DIR` names another folder), else from `orderhub.toml` in the working
directory, where names are written without `HUB_`, in small letters. `orderhub init` writes that file,
`orderhub doctor` checks it. Lists are JSON. A duration is a number of seconds or ISO 8601, here and there:
`HUB_LEASE=120` and `HUB_LEASE=PT2M` are the same, and so are `HUB_RETRY_SCHEDULE=[10, 60]` and
`HUB_RETRY_SCHEDULE=["PT10S", "PT1M"]`.

| Environment | `orderhub.toml` | Default | Meaning |
| --- | --- | --- | --- |
"""


def table() -> str:
    """The whole page."""
    rows = [
        f"| `HUB_{name.upper()}` | `{name}` | {_default(field.get_default(call_default_factory=True))}"
        f" | {field.description} |"
        for name, field in HubSettings.model_fields.items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _default(value: object) -> str:
    match value:
        case "" | ():
            return "–"
        case timedelta():
            return f"`{_seconds(value)}` or `{_DURATION.dump_python(value, mode='json')}`"
        case BaseModel():
            return f"`{value.model_dump_json()}`"
        case tuple():
            return f"`[{', '.join(_seconds(each) for each in value)}]`"
        case _:
            return f"`{value}`"


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():.10g}"


if __name__ == "__main__":
    sys.stdout.write(table())
