"""What a batch asks and what there is: orders, lines, the stock of the locations, and what serving costs.

An order may be divided between locations, a line may not. A plan is an array with the location of each line,
or `UNSERVED`. It costs one fee for each location that sends something to an order, the picking of each line,
and a penalty for each line that is left. All costs are whole minor units (cents, fen): sums are exact.
"""

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

UNSERVED = -1
NEVER = 1 << 28
"""The fee where a location may not send to an order."""

DEAREST = 1 << 24
"""No fee, picking or penalty is above it: sums over an order's lines stay below `NEVER` and in 32 bits."""


class Infeasible(ValueError):
    """The plan breaks a rule of the problem; the message says which."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Every line with every location that could send it whole, by line and then by location.

    `pair` numbers the stock rows (SKU at location) that some arc uses; `capacity` and `need` are of pairs:
    units that are there, and units that all arcs together would take.
    """

    line: Whole
    location: Whole
    pair: Whole
    capacity: Whole
    need: Whole

    @cached_property
    def is_contended(self) -> Marks:
        """Pairs that cannot serve all that could ask them; the others never bind."""
        return self.need > self.capacity

    @cached_property
    def by_pair(self) -> tuple[Whole, Whole]:
        """Arcs in the order of their pairs, and where each pair begins there (one more at the end)."""
        order = np.argsort(self.pair, kind="stable")
        starts = np.searchsorted(self.pair[order], np.arange(len(self.capacity) + 1))
        return order, starts


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Lines come order by order. Per line: `order`, `sku`, `quantity`, `penalty`; then `fee[order, location]`
    (or `NEVER`), `picking[location]`, `stock[sku, location]`."""

    order: Whole
    sku: Whole
    quantity: Whole
    penalty: Whole
    fee: npt.NDArray[np.int32]
    picking: Whole
    stock: Whole

    def __post_init__(self) -> None:
        lines, (orders, locations) = len(self.order), self.fee.shape
        if not len(self.sku) == len(self.quantity) == len(self.penalty) == lines:
            raise ValueError("order, sku, quantity and penalty need one entry for each line")
        if len(self.picking) != locations or self.stock.shape[1] != locations:
            raise ValueError("fee, picking and stock name different numbers of locations")
        if (np.diff(self.order) < 0).any() or (lines and not 0 <= self.order[0] <= self.order[-1] < orders):
            raise ValueError("lines must come order by order, and each order needs a row of fees")
        if lines and not (self.sku.min() >= 0 and self.sku.max() < len(self.stock)):
            raise ValueError("each SKU needs a row of stock")
        if (self.quantity < 1).any():
            raise ValueError("a quantity must be 1 or more")
        for name in ("penalty", "fee", "picking"):
            costs = getattr(self, name)
            if (((costs < 0) | (costs > DEAREST)) & (costs != NEVER)).any():
                raise ValueError(f"{name} must be between 0 and {DEAREST} minor units")

    @property
    def orders(self) -> int:
        return len(self.fee)

    @property
    def lines(self) -> int:
        return len(self.order)

    @property
    def locations(self) -> int:
        return len(self.picking)

    @cached_property
    def starts(self) -> Whole:
        """Where each order's lines begin, and one more at the end."""
        return np.searchsorted(self.order, np.arange(self.orders + 1))

    @cached_property
    def arcs(self) -> Arcs:
        can = (self.stock[self.sku] >= self.quantity[:, None]) & (self.fee[self.order] < NEVER)
        line, location = np.nonzero(can)
        keys, pair = np.unique(self.sku[line] * self.locations + location, return_inverse=True)
        return Arcs(
            line=line,
            location=location,
            pair=pair,
            capacity=self.stock.reshape(-1)[keys],
            need=np.bincount(pair, self.quantity[line], len(keys)).astype(np.int64),
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that is asked: a certificate belongs to one problem."""
        whole = hashlib.sha256()
        for each in fields(self):
            values = np.ascontiguousarray(getattr(self, each.name), dtype="<i8")
            whole.update(f"{each.name}{values.shape}".encode())
            whole.update(values.tobytes())
        return whole.hexdigest()

    def rest(self, plan: Whole, free: Marks) -> "Problem":
        """The problem of the marked orders alone, on the stock that the plan of the others leaves."""
        kept = free[self.order]
        renumbered = np.cumsum(free) - 1
        return Problem(
            order=renumbered[self.order[kept]],
            sku=self.sku[kept],
            quantity=self.quantity[kept],
            penalty=self.penalty[kept],
            fee=self.fee[free],
            picking=self.picking,
            stock=self.stock - used(self, np.where(kept, UNSERVED, plan)),
        )


def used(problem: Problem, plan: Whole) -> Whole:
    """Units that the plan takes, by SKU and location."""
    served = plan != UNSERVED
    keys = problem.sku[served] * problem.locations + plan[served]
    units = np.bincount(keys, problem.quantity[served], problem.stock.size)
    return units.astype(np.int64).reshape(problem.stock.shape)


def overdrawn(problem: Problem, plan: Whole) -> int:
    """Pairs of SKU and location from which the plan takes more than there is."""
    return int((used(problem, plan) > problem.stock).sum())


def cost(problem: Problem, plan: Whole) -> int:
    """What the plan costs, in minor units; raises `Infeasible` if it breaks a rule."""
    if len(plan) != problem.lines or not ((plan >= UNSERVED) & (plan < problem.locations)).all():
        raise Infeasible("the plan names no location, or not one, for some line")
    if short := overdrawn(problem, plan):
        raise Infeasible(f"the plan takes more than there is at {short} pairs of SKU and location")
    served = plan != UNSERVED
    shipments = np.unique(problem.order[served] * problem.locations + plan[served])
    fees = problem.fee.reshape(-1)[shipments]
    if (fees >= NEVER).any():
        raise Infeasible("the plan sends from a location that may not serve that order")
    picking = problem.picking[plan[served]]
    return int(fees.sum(dtype=np.int64) + picking.sum() + problem.penalty[~served].sum())
