"""Whole lives of the hub under faults, from fixed seeds. A failing seed names itself and how to repeat it."""

import pytest

from hub.simulation.faults import NO_FAULTS
from hub.simulation.run import Report, simulate

SEEDS = range(1, 41)
ON_POSTGRES_TOO = (3, 8, 14, 22, 31)


def _lived(report: Report) -> Report:
    assert report.holds, f"seed {report.seed} breaks {report.violation}\nreproduce: {report.reproduce}"
    return report


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds_under_the_faults_of_the_seed(seed: int):
    report = _lived(simulate(seed, orders=50))

    assert sum(row.placed for row in report.stores) >= 50
    assert all(row.closes for row in report.stores)


@pytest.mark.server
@pytest.mark.parametrize("seed", ON_POSTGRES_TOO)
def test_postgresql_comes_to_the_same_digest(seed: int, empty_postgres: str):
    here = _lived(simulate(seed, orders=50))

    there = _lived(simulate(seed, orders=50, database_url=empty_postgres))

    assert there.tables == here.tables
    assert there.digest == here.digest


def test_the_same_seed_lives_the_same_life():
    first, second = simulate(5, orders=25), simulate(5, orders=25)

    assert (first.digest, first.steps, first.jobs) == (second.digest, second.steps, second.jobs)


def test_another_seed_lives_another_life():
    assert simulate(5, orders=10, days=0.5).digest != simulate(6, orders=10, days=0.5).digest


def test_without_faults_every_planted_problem_ends_as_planted():
    report = _lived(simulate(1, orders=60, faults=NO_FAULTS))

    held = {code for row in report.stores for code in row.on_hold}
    assert {"unpaid", "unmapped_sku", "address", "suspected_duplicate", "masked_receiver"} <= held
    assert sum(row.backordered for row in report.stores) >= 1
    assert sum(row.cancelled for row in report.stores) >= 1
    assert not report.deaths
