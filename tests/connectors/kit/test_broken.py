"""A check that never fails is no check: each planted fault is found where it must be found."""

from pathlib import Path

import pytest
from broken import FAULTS, Planted

from connectors.kit.conformance.checks import Bench, Result, judge
from connectors.kit.conformance.suite import CHECKS

GOLDEN = Path(__file__).parent / "golden" / "fixtures"


def bench(planted: Planted) -> Bench:
    return Bench(plugin=planted.plugin, crowd=60, fixtures=GOLDEN)


@pytest.mark.parametrize("planted", FAULTS, ids=lambda planted: f"{planted.check}: {planted.fault}")
async def test_planted_fault_is_found(planted: Planted):
    verdict = await judge(CHECKS[planted.check], bench(planted))

    assert verdict.result is Result.BROKEN, f"{planted.check} does not see: {planted.fault}"


async def test_share_of_planted_faults_found_is_whole(capsys):
    found = 0
    for planted in FAULTS:
        verdict = await judge(CHECKS[planted.check], bench(planted))
        found += verdict.result is Result.BROKEN

    with capsys.disabled():
        print(f"\nplanted faults found: {found} of {len(FAULTS)} ({found / len(FAULTS):.0%})")
    assert found == len(FAULTS)


def test_every_check_was_seen_red():
    seen = {planted.check for planted in FAULTS}

    assert sorted(set(CHECKS) - seen) == []
