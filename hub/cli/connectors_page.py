"""`docs/connectors.md` from the plug-ins: `python -m hub.cli.connectors_page > docs/connectors.md`."""

import sys

from hub.cli.connectors import ConnectorItem, installed

_HEAD = """# Connectors

Made from the installed plug-ins by `python -m hub.cli.connectors_page`; do not edit.

Each connector is tried against a stateful twin of its platform by the conformance kit: every check that
applies holds, but for the exemptions that are named here with their reasons. `make test` demands it;
`orderhub connectors score` runs the same checks and prints the shares.

What is *unverified* was found in no source that could be checked; it stays marked in the code, too.
"""


def page() -> str:
    """The whole page."""
    every = installed()
    stores = [each for each in every if each.kind == "store"]
    carriers = [each for each in every if each.kind == "carrier"]
    return f"{_HEAD}\n## Stores\n\n{_table(stores)}\n## Carriers\n\n{_table(carriers)}\n{_details(every)}"


def _table(rows: list[ConnectorItem]) -> str:
    lines = ["| Platform | Name | API | Capabilities | Exemptions |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{each.platform}` | {each.title} | {each.api_version or '–'} | {', '.join(each.capabilities)}"
        f" | {len(each.exemptions) or '–'} |"
        for each in rows
    ]
    return "\n".join(lines) + "\n"


def _details(rows: list[ConnectorItem]) -> str:
    return "\n".join(_detail(each) for each in rows if each.exemptions or each.unverified)


def _detail(each: ConnectorItem) -> str:
    lines = [f"## {each.title}\n"]
    lines += [f"- Exempt from `{check}`: {why}" for check, why in each.exemptions.items()]
    lines += [f"- Unverified: {fact}" for fact in each.unverified]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
