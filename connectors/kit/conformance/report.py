"""A connector's score without pytest: what holds, what is broken, what is exempt and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.kit.conformance.checks import Bench, Check, Result, Verdict, judge
from connectors.kit.conformance.suite import checks_for
from connectors.kit.plugin import StorePlugin


@dataclass(frozen=True, kw_only=True)
class Score:
    """`share` of the applicable checks that held, 0 to 1. An exempt check counts neither way."""

    platform: str
    kind: str
    share: float
    held: tuple[str, ...]
    failures: Mapping[str, str]
    exemptions: Mapping[str, str]
    not_applicable: Mapping[str, str]

    @property
    def passed(self) -> bool:
        return not self.failures


async def score(bench: Bench) -> Score:
    """Runs the suite of this kind of platform. An exemption from an unknown check or without a reason is a
    `ValueError`, so that no exemption outlives its check."""
    exempt = bench.plugin.exemptions
    checks = checks_for(bench)
    refuse_stale(exempt, checks)
    verdicts = [await judge_unless_exempt(check, bench, exempt) for check in checks]
    verdicts = [it for it in verdicts if it.result is not Result.EXEMPT]
    held = tuple(it.check for it in verdicts if it.result is Result.HELD)
    failures = _words(verdicts, Result.BROKEN)
    applicable = len(held) + len(failures)
    return Score(
        platform=bench.plugin.platform,
        kind="store" if isinstance(bench.plugin, StorePlugin) else "carrier",
        share=len(held) / applicable if applicable else 0.0,
        held=held,
        failures=failures,
        exemptions=exempt,
        not_applicable=_words(verdicts, Result.NOT_APPLICABLE),
    )


def refuse_stale(exemptions: Mapping[str, str], checks: tuple[Check, ...]) -> None:
    """An exemption names a check of this suite and says why."""
    known = {check.name for check in checks}
    for name, reason in exemptions.items():
        if name not in known:
            raise ValueError(f"there is no check {name!r} to be exempt from")
        if not reason.strip():
            raise ValueError(f"the exemption from {name!r} gives no reason")


async def judge_unless_exempt(check: Check, bench: Bench, exemptions: Mapping[str, str]) -> Verdict:
    """An exempt check is run too: one that holds needs no exemption, and saying so is a failure."""
    verdict = await judge(check, bench)
    if check.name not in exemptions:
        return verdict
    if verdict.result is Result.BROKEN:
        return Verdict(check=check.name, result=Result.EXEMPT, words=exemptions[check.name])
    words = f"exempt, and yet {verdict.result}: take the exemption out"
    return Verdict(check=check.name, result=Result.BROKEN, words=words)


def _words(verdicts: list[Verdict], result: Result) -> dict[str, str]:
    return {it.check: it.words for it in verdicts if it.result is result}
