"""`orderhub redecide`: do stored decisions follow from what is stored?"""

from collections import Counter

import typer

from hub.cli.shown import AsJson, progress, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.jobs.redecide import redecide as replay
from hub.pipeline.redecide import Redecided

app = typer.Typer()

MOST_SHOWN = 50


class Result:
    """`different` are the first that differ."""

    def __init__(self) -> None:
        self.counts = Counter({"decided again": 0, "the same": 0, "different": 0})
        self.why_not: Counter[str] = Counter()
        self.different: list[Redecided] = []

    def add(self, each: Redecided) -> None:
        if each.why_not:
            self.why_not[each.why_not] += 1
            return
        self.counts.update(("decided again", "the same" if each.is_same else "different"))
        if not each.is_same and len(self.different) < MOST_SHOWN:
            self.different.append(each)


@app.command("redecide")
def redecide(as_json: AsJson = False) -> None:
    """Audit every order again as it first came, from its document, at its instant, and compare with what was
    decided, to the byte. Nothing is written. Which facts are kept, and which are not: docs/whatif.md."""
    result = with_hub(_redecided)
    if as_json:
        show_json(
            {
                **{name.replace(" ", "_"): number for name, number in result.counts.items()},
                "not_decided_again": dict(result.why_not),
                "differences": [_difference(each) for each in result.different],
            }
        )
        return
    for name, number in result.counts.items():
        typer.echo(f"{number} {name}")
    for why, number in result.why_not.most_common():
        typer.echo(f"{number} not decided again: {why}")
    if result.different:
        columns = {name: (lambda row, name=name: row[name]) for name in _difference(result.different[0])}
        rows = [_difference(each) for each in result.different]
        show(rows, columns, as_json=False, nothing="")


async def _redecided(hub: HubContext) -> Result:
    result = Result()
    with progress() as shown:
        task = shown.add_task("deciding again")
        async for page in replay(hub):
            for each in page:
                result.add(each)
            shown.update(task, description=f"{result.counts['decided again']} decided again")
    return result


def _difference(each: Redecided) -> dict[str, object]:
    return {
        "order": each.was.order_id,
        "at": each.was.at,
        "was": each.was.stage,
        "why": each.was.reasons,
        "today": each.stage,
        "why today": each.reasons,
    }
