"""`docs/settings.md` from the model: `python -m hub.cli.settings_table > docs/settings.md`."""

import sys
from datetime import timedelta

from hub.settings import HubSettings

_HEAD = """# Settings

Made from `hub/settings.py` by `python -m hub.cli.settings_table`; do not edit.

Values come from the environment, else from `.env`, else from `orderhub.toml` in the working directory (where
names are written without `HUB_`, in small letters). `orderhub init` writes that file, `orderhub doctor`
checks it. Durations are ISO 8601 (`PT10S`) or seconds; lists are JSON.

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
            return f"`{_seconds(value)}`"
        case tuple():
            return f"`[{', '.join(_seconds(each) for each in value)}]`"
        case _:
            return f"`{value}`"


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():.10g}"


if __name__ == "__main__":
    sys.stdout.write(table())
