"""What came of the exam, for the screen and for `docs/proofs.md`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.simulation.proof import commit
from tests.crash.proof import HEADING as KILL_RUN
from tests.exam.judging import By, Judgement
from tests.exam.known import EQUIVALENT

HEADING = "## Exam of the connector kit"
END = "<!-- end of the exam -->"
METHOD = """Mistakes planted by machine into connectors and mappings, each in a process of its own. The kit's
conformance suite judges first, then the connector's golden documents and other tests, until one fails.
Equivalent mutants behave as the connector does and do not count; mutants that cannot be imported neither.
Holes that seed 1 showed were closed with its mutants in view: its share says that they are closed, not what
share of new mistakes is caught. For that, ask a seed that nobody has worked on."""
TARGET = 0.95


class Results:
    """Judgements of mutants; those of connectors as they are must be `By.NOBODY`."""

    def __init__(self, judgements: Sequence[Judgement]) -> None:
        mutants = [it for it in judgements if it.mutant is not None]
        self.born = [it for it in mutants if it.by is not By.NOT_BORN]
        self.stillborn = len(mutants) - len(self.born)
        self.equivalent = [it for it in self.born if not it.is_caught and it.mutant.key in EQUIVALENT]
        self.counted = [it for it in self.born if it not in self.equivalent]
        self.survivors = [it for it in self.counted if not it.is_caught]

    @property
    def share(self) -> float:
        """Of the mutants that count, those that were caught."""
        return 1 - len(self.survivors) / max(1, len(self.counted))

    def caught_by(self, by: By) -> int:
        return sum(it.by is by for it in self.counted)


def page(results: Results, seed: int, seconds: float) -> str:
    """The section of `docs/proofs.md`."""
    return "\n".join(
        (HEADING, "", METHOD, "", *_facts(results, seed, seconds), "", *_table(results), "", END)
    )


def _facts(results: Results, seed: int, seconds: float) -> Iterator[str]:
    platforms = {it.platform for it in results.counted}
    by = ", ".join(f"{kind.value} {results.caught_by(kind)}" for kind in (By.KIT, By.OWN_TESTS, By.TIME))
    yield f"- commit: `{commit()}`, seed {seed}, {seconds:.0f} s"
    yield f"- mutants: {len(results.counted)} in {len(platforms)} connectors"
    yield f"- caught: {results.share:.1%} (target {TARGET:.0%}); {by}"
    yield f"- caught by the kit alone: {results.caught_by(By.KIT) / max(1, len(results.counted)):.1%}"
    yield f"- equivalent: {len(results.equivalent)}; could not be imported: {results.stillborn}"
    for it in results.survivors:
        yield f"- survivor: {it.mutant}"
    for it in results.equivalent:
        yield f"- equivalent: {it.mutant}: {EQUIVALENT[it.mutant.key]}"


def _table(results: Results) -> Iterator[str]:
    planted = Counter(it.mutant.operator for it in results.counted)
    caught = Counter(it.mutant.operator for it in results.counted if it.is_caught)
    kit = Counter(it.mutant.operator for it in results.counted if it.by is By.KIT)
    yield "| Mistake | Planted | Caught | of these by the kit |"
    yield "|---|---|---|---|"
    for operator in sorted(planted):
        yield f"| {operator} | {planted[operator]} | {caught[operator]} | {kit[operator]} |"


def publish(section: str, file: Path) -> None:
    """Replaces the section of an earlier exam; the first one goes before the kill run, the page's end."""
    before, found, rest = file.read_text(encoding="utf-8").partition(HEADING)
    if found:
        after = rest.partition(END)[2]
    else:
        before, heading, rest = before.partition(KILL_RUN)
        after = heading + rest
    parts = (before.strip(), section, after.strip())
    file.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
