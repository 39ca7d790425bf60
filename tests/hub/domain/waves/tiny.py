"""Batches that are small enough to try every plan."""

from itertools import product

import numpy as np

from hub.domain.waves import NEVER, UNSERVED, Infeasible, Problem, cost


def problem(**changed) -> Problem:
    """Two orders, three lines, two locations. The first order could come from one location; the second wants
    the last piece of SKU 0 at location 0 too."""
    given = {
        "order": [0, 0, 1],
        "sku": [0, 1, 0],
        "quantity": [1, 1, 1],
        "penalty": [50, 50, 50],
        "fee": [[5, 9], [6, 9]],
        "picking": [1, 1],
        "stock": [[1, 1], [1, 0]],
        **changed,
    }
    arrays = {
        name: np.array(values, np.int32 if name == "fee" else np.int64) for name, values in given.items()
    }
    return Problem(**arrays)


def drawn(seed: int, *, orders: int = 4, lines: int = 6, locations: int = 3, skus: int = 3) -> Problem:
    """A batch by chance, short of stock."""
    random = np.random.default_rng(seed)
    fee = random.integers(1, 30, (orders, locations)).astype(np.int32)
    fee[random.random(fee.shape) < 0.1] = NEVER
    return Problem(
        order=np.sort(random.integers(0, orders, lines)),
        sku=random.integers(0, skus, lines),
        quantity=random.integers(1, 4, lines),
        penalty=random.integers(10, 60, lines),
        fee=fee,
        picking=random.integers(0, 5, locations),
        stock=random.integers(0, 6, (skus, locations)),
    )


def cheapest(problem: Problem) -> int:
    """The oracle: the cost of the best of all plans."""
    costs = []
    for plan in product(range(UNSERVED, problem.locations), repeat=problem.lines):
        try:
            costs.append(cost(problem, np.array(plan)))
        except Infeasible:
            continue
    return min(costs)
