"""Batches of orders for the optimiser: 200 locations in eight territories, 5,000 SKUs, demand after Zipf.

A location that carries an SKU has its share of the expected demand times `stock`, and at least three pieces.
Orders have 2.1 lines on average, mostly of one piece. A shipment costs 4.00 and one cent per kilometre, and
4.00 more out of the location's territory, which a tenth of the locations never leave; a line that is left
costs 50.00.
"""

import numpy as np

from hub.domain.waves import NEVER, Problem

LOCATIONS, SKUS, TERRITORIES = 200, 5_000, 8
TIGHT, SCARCE = 1.3, 0.88
"""Expected demand times this is in stock: at 10,000 orders 0.1 % and 5 % of the lines are left."""


def batch(orders: int, seed: int, stock: float) -> Problem:
    """The same arguments, the same batch."""
    random = np.random.default_rng(seed)
    order, sku, quantity = _lines(random, orders)
    units = len(order) * (quantity.sum() / len(quantity)) * stock
    return Problem(
        order=order,
        sku=sku,
        quantity=quantity,
        penalty=np.full(len(order), 50_00),
        fee=fees(random, orders),
        picking=random.integers(30, 121, LOCATIONS),
        stock=_stock(random, units),
    )


def _popularity() -> np.ndarray:
    weights = 1 / np.arange(1, SKUS + 1)
    return weights / weights.sum()


def _lines(random: np.random.Generator, orders: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order, SKU and quantity of each line; no SKU twice in one order."""
    sizes = np.minimum(random.geometric(1 / 2.13, orders), 8)
    order = np.repeat(np.arange(orders), sizes)
    sku = random.choice(SKUS, len(order), p=_popularity())
    while (again := _repeated(order, sku)).any():
        sku[again] = random.choice(SKUS, int(again.sum()), p=_popularity())
    return order, sku, random.choice([1, 2, 3], len(order), p=[0.85, 0.1, 0.05])


def _repeated(order: np.ndarray, sku: np.ndarray) -> np.ndarray:
    keys = order * SKUS + sku
    first = np.unique(keys, return_index=True)[1]
    return ~np.isin(np.arange(len(keys)), first)


def fees(random: np.random.Generator, orders: int) -> np.ndarray:
    """Territories are fields of 600 km; locations and buyers gather around their middles."""
    middle = np.stack((np.arange(TERRITORIES) % 4, np.arange(TERRITORIES) // 4), axis=1) * 600.0 + 300
    ours = np.arange(LOCATIONS) % TERRITORIES
    theirs = random.integers(0, TERRITORIES, orders)
    locations = middle[ours] + random.normal(0, 150, (LOCATIONS, 2))
    buyers = middle[theirs] + random.normal(0, 200, (orders, 2))
    kilometres = np.hypot(*np.moveaxis(buyers[:, None] - locations, 2, 0))
    outside = theirs[:, None] != ours
    stays = random.random(LOCATIONS) < 0.1
    fees = 400 + np.rint(kilometres).astype(np.int32) + 400 * outside.astype(np.int32)
    return np.where(outside & stays, NEVER, fees).astype(np.int32)


def _stock(random: np.random.Generator, units: float) -> np.ndarray:
    """Each SKU is carried by 4 to 60 locations, few by many."""
    carriers = np.rint(4 * 15 ** random.random(SKUS)).astype(int)
    stock = np.zeros((SKUS, LOCATIONS), np.int64)
    for sku, (number, share) in enumerate(zip(carriers, _popularity(), strict=True)):
        places = random.choice(LOCATIONS, number, replace=False)
        shares = random.dirichlet(np.full(number, 2.0))
        stock[sku, places] = np.maximum(3, np.rint(units * share * shares))
    return stock
