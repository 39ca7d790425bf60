"""A checker that was never seen red is no checker: the ten worst sabotages are caught (`make proof`: all)."""

import pytest

from hub.simulation.sabotage import SABOTAGES, Sabotage, attempt

WORST = [each for each in SABOTAGES if each.worst]


def test_there_are_enough_sabotages():
    assert len(SABOTAGES) >= 14
    assert len(WORST) >= 10
    assert len({each.name for each in SABOTAGES}) == len(SABOTAGES)


@pytest.mark.parametrize("sabotage", WORST, ids=lambda each: each.name.replace(" ", "-"))
def test_the_sabotage_is_caught(sabotage: Sabotage):
    caught = attempt(sabotage, seeds=range(1, 5))

    assert caught.violation, f"nobody noticed: {sabotage.name}"
