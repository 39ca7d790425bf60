"""What a plan costs, and which plans are none."""

import numpy as np
import pytest

from hub.domain.waves import NEVER, Infeasible, cost, overdrawn
from tests.hub.domain.waves.tiny import drawn, problem


def test_fee_is_paid_once_for_each_location_that_sends_to_an_order():
    assert cost(problem(), np.array([0, 0, 1])) == (5 + 1 + 1) + (9 + 1)


def test_divided_order_pays_both_fees_and_a_line_that_is_left_its_penalty():
    assert cost(problem(), np.array([1, 0, -1])) == (5 + 1) + (9 + 1) + 50


def test_more_than_there_is_breaks_a_rule():
    plan = np.array([0, 0, 0])

    assert overdrawn(problem(), plan) == 1
    with pytest.raises(Infeasible, match="more than there is at 1 pair"):
        cost(problem(), plan)


def test_location_that_may_not_serve_an_order_breaks_a_rule():
    with pytest.raises(Infeasible, match="may not serve"):
        cost(problem(fee=[[5, 9], [6, NEVER]]), np.array([0, 0, 1]))


@pytest.mark.parametrize("plan", [[0, 0], [0, 0, 2], [0, 0, -2]])
def test_plan_of_other_lines_or_locations_breaks_a_rule(plan):
    with pytest.raises(Infeasible, match="names no location"):
        cost(problem(), np.array(plan))


@pytest.mark.parametrize(
    "changed, wrong",
    [
        ({"sku": [0, 1]}, "one entry for each line"),
        ({"picking": [1]}, "different numbers of locations"),
        ({"order": [1, 0, 0]}, "order by order"),
        ({"order": [0, 0, 2]}, "row of fees"),
        ({"sku": [0, 1, 2]}, "row of stock"),
        ({"quantity": [1, 0, 1]}, "1 or more"),
        ({"penalty": [50, 50, 1 << 25]}, "penalty must be between"),
        ({"fee": [[5, 9], [6, -1]]}, "fee must be between"),
    ],
)
def test_batch_that_contradicts_itself_is_refused(changed, wrong):
    with pytest.raises(ValueError, match=wrong):
        problem(**changed)


def test_line_has_an_arc_to_each_location_that_could_send_it_whole():
    arcs = problem(quantity=[1, 1, 2]).arcs

    assert list(zip(arcs.line.tolist(), arcs.location.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0)]


def test_rest_has_the_stock_that_the_others_leave():
    whole = problem()

    rest = whole.rest(np.array([0, 0, 1]), np.array([False, True]))

    assert rest.order.tolist() == [0]
    assert rest.fee.tolist() == [[6, 9]]
    assert rest.stock.tolist() == [[0, 1], [0, 0]]


def test_digest_tells_batches_apart():
    assert problem().digest == problem().digest
    assert len({drawn(seed).digest for seed in range(20)}) == 20
    assert problem(picking=[1, 2]).digest != problem().digest
