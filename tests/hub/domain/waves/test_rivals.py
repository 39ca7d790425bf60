"""The strategies that other systems ship."""

import pytest

from hub.domain.waves import NEVER, cost
from hub.domain.waves.rivals import nearest_location_first, plain_greedy, priority_list
from tests.hub.domain.waves.tiny import cheapest, drawn, problem

RIVALS = [plain_greedy, nearest_location_first, priority_list]


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("seed", range(10))
def test_plan_is_feasible_and_never_better_than_the_best(rival, seed):
    batch = drawn(seed)

    assert cost(batch, rival(batch)) >= cheapest(batch)


def test_greedy_takes_the_cheapest_location_that_can_send_all():
    assert plain_greedy(problem(stock=[[1, 1], [1, 1]], fee=[[9, 5], [9, 5]])).tolist() == [1, 1, 0]


def test_greedy_divides_by_the_number_of_lines():
    batch = problem(order=[0, 0, 0], sku=[0, 1, 2], fee=[[5, 9]], stock=[[1, 0], [0, 1], [0, 1]])

    assert plain_greedy(batch).tolist() == [0, 1, 1]


def test_nearest_location_sends_what_it_has_before_the_next():
    batch = problem(order=[0, 0, 0], sku=[0, 1, 2], fee=[[5, 9]], stock=[[1, 1], [0, 1], [0, 1]])

    assert nearest_location_first(batch).tolist() == [0, 1, 1]


def test_priority_list_looks_at_no_distance():
    batch = problem(fee=[[9, 5], [NEVER, 5]], stock=[[2, 1], [1, 1]])

    assert priority_list(batch).tolist() == [0, 0, 1]
