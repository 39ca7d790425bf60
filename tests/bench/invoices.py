"""Real orders for the optimiser: invoices of a British web shop for gifts, whose buyers are mostly resellers.

Daqing Chen, Online Retail II, UCI Machine Learning Repository (doi 10.24432/C5CG6D), CC BY 4.0. An invoice
has 28 lines on average, a line nine pieces. The shop had one warehouse: locations and fees are those of
`batches.py`, and each SKU's demand times `stock` is spread by chance over 4 to 20 locations.
"""

import csv
import lzma
import os
from collections import defaultdict
from itertools import islice
from pathlib import Path

import numpy as np

from hub.domain.waves import Problem
from tests.bench.batches import LOCATIONS, fees

FOLDER = Path(
    os.environ.get("ORDERHUB_ONLINE_RETAIL", Path(__file__).parents[3] / "shared" / "data" / "online_retail")
)
FILE = "lines_2010-12_2011-12.csv.xz"

MOST_LINES = 100_000
"""Read of the file: some 4,000 invoices."""


def is_there() -> bool:
    return (FOLDER / FILE).exists()


def batch(orders: int, seed: int, stock: float) -> Problem:
    """The first invoices of December 2010; where and what is in stock is by chance."""
    random = np.random.default_rng(seed)
    invoices = list(islice(_invoices().values(), orders))
    codes = sorted({code for invoice in invoices for code in invoice})
    number = {code: position for position, code in enumerate(codes)}
    lines = [
        (order, number[code], quantity)
        for order, invoice in enumerate(invoices)
        for code, quantity in invoice.items()
    ]
    order, sku, quantity = np.array(lines).T
    return Problem(
        order=order,
        sku=sku,
        quantity=quantity,
        penalty=np.full(len(lines), 50_00),
        fee=fees(random, orders),
        picking=random.integers(30, 121, LOCATIONS),
        stock=_stock(random, np.bincount(sku, quantity) * stock),
    )


def _invoices() -> dict[str, dict[str, int]]:
    """Invoice → product → pieces; without cancellations, adjustments and codes that are no products."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with lzma.open(FOLDER / FILE, "rt", encoding="utf-8") as lines:
        for line in islice(csv.DictReader(lines), MOST_LINES):
            quantity, code = int(line["qty"]), line["sku"]
            if line["invoice"].isdigit() and quantity > 0 and float(line["price"]) > 0 and code[:5].isdigit():
                found[line["invoice"]][code] = found[line["invoice"]].get(code, 0) + quantity
    return found


def _stock(random: np.random.Generator, units: np.ndarray) -> np.ndarray:
    stock = np.zeros((len(units), LOCATIONS), np.int64)
    for sku, wanted in enumerate(units):
        number = random.integers(4, 21)
        places = random.choice(LOCATIONS, number, replace=False)
        stock[sku, places] = np.ceil(wanted * random.dirichlet(np.full(number, 2.0)))
    return stock
