"""A check that never fails is no check: each planted fault is found where it must be found."""

from pathlib import Path

import pytest
from broken import FAULTS, Planted

from connectors.kit.conformance.checks import Bench, Result, Verdict, judge
from connectors.kit.conformance.suite import CHECKS

GOLDEN = Path(__file__).parents[2] / "examples" / "orderhub-acme" / "tests" / "fixtures"


_verdicts: dict[Planted, Verdict] = {}


async def verdict_on(planted: Planted) -> Verdict:
    """What the intended check says; asked once per fault."""
    if planted not in _verdicts:
        bench = Bench(plugin=planted.plugin, crowd=60, fixtures=GOLDEN)
        _verdicts[planted] = await judge(CHECKS[planted.check], bench)
    return _verdicts[planted]


@pytest.mark.parametrize("planted", FAULTS, ids=lambda planted: f"{planted.check}: {planted.fault}")
async def test_planted_fault_is_found(planted: Planted):
    verdict = await verdict_on(planted)

    assert verdict.result is Result.BROKEN, f"{planted.check} does not see: {planted.fault}"


async def test_share_of_planted_faults_found_is_whole(capsys):
    verdicts = [await verdict_on(planted) for planted in FAULTS]

    found = sum(verdict.result is Result.BROKEN for verdict in verdicts)
    with capsys.disabled():
        print(f"\nplanted faults found: {found} of {len(FAULTS)}")  # noqa: T201 - the share is to be seen
    assert found == len(FAULTS)


def test_every_check_was_seen_red():
    seen = {planted.check for planted in FAULTS}

    assert sorted(set(CHECKS) - seen) == []
