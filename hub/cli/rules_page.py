"""`docs/rules.md` from the rules themselves: `python -m hub.cli.rules_page > docs/rules.md`."""

import sys
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import to_json

from hub.domain.rule_catalogue import Entry, catalogue

_HEAD = """# Audit rules

Made from `hub/domain/audit.py` and `hub/domain/audit_parameters.py` by `python -m hub.cli.rules_page`; do not
edit.

Before an order is allocated, the audit looks at it with every rule of its store. All rules that fail are told
at once, each with a sentence and a code (the rule's name); the order is then on hold. A person may overrule
them for one order (`orderhub orders release`). Facts that change, a changed rule and the end of a reason that
says until when it holds have the order audited again; orders that go on already are not called back.

```
orderhub rules list                                            all rules, and where each is on
orderhub rules show STORE                                      the rules of one store
orderhub rules set STORE quiet_hours begins=22:00 ends=08:00   switch on, or change parameters
orderhub rules off STORE quiet_hours
orderhub rules floors set SKU AMOUNT CURRENCY                  what price_floor compares with
orderhub rules blacklist add ORDER --buyer --why TEXT          what blacklist looks for
```

Each change raises the version of the store's policy; every decision names the version that it was made under.
Price floors and the blacklist belong to the whole brand. The blacklist keeps keyed marks, never values, and
knows nothing of values that the platform masks. Times of the day are those of the store's time zone
(`orderhub stores add STORE --time-zone …`; UTC without one).
"""


def page() -> str:
    """The whole page."""
    every = catalogue()
    standing = [each for each in every if each.is_standing]
    optional = [each for each in every if not each.is_standing]
    return (
        f"{_HEAD}\n## Always on\n\n{_table(standing)}\n## Off until a store switches them on\n\n"
        f"{_table(optional)}"
    )


def _table(entries: list[Entry]) -> str:
    rows = ["| Rule | Title | 中文 | What it does | Parameters |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{each.name}` | {each.title} | {each.zh} | {each.description} | {_parameters(each) or '–'} |"
        for each in entries
    ]
    return "\n".join(rows) + "\n"


def _parameters(entry: Entry) -> str:
    return "<br>".join(
        f"`{name}`: {field.description or field.title}{_default(field)}"
        for name, field in entry.parameters.items()
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return " (required)"
    value: Any = field.get_default()
    return "" if value in (None, ()) else f" (default {to_json(value).decode()})"


if __name__ == "__main__":
    sys.stdout.write(page())
