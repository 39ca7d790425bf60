"""An automation rule on past orders, before it goes live: which would it have fired on?

Orders take the route as in a what-if (`whatif.py`), with this rule alone and with endless stock, so a rule
that waits for back-orders never fires here. Nothing is written.
"""

from dataclasses import replace

from hub.domain.automation import CODE
from hub.domain.order import Order, Reason
from hub.domain.route import advance
from hub.domain.snapshot import LiveRule
from hub.domain.whatif import as_it_came
from hub.pipeline.books import Books
from hub.pipeline.whatif import Position, Side
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

PAGE = 250


class Tried(FrozenStruct):
    """`did`: what the rule would have done; empty: it would not have fired."""

    order: Order
    did: tuple[Reason, ...]


def try_page(
    books: Books, uow: UnitOfWork, side: Side, live: LiveRule, after: Position
) -> tuple[list[Tried], Position | None]:
    """The next page of orders, and where the one behind it begins (null: that was all)."""
    orders, following = books.orders.past(uow, after, PAGE)
    facts = books.snapshots.past(uow, orders, [side.stores])
    snapshot = replace(
        side.snapshot,
        links=facts.links,
        same_buyer=facts.same_buyer,
        audit=facts.audit[0],
        automation=(live,),
    )
    found = []
    for each in orders:
        _, outcomes = advance(as_it_came(each), snapshot.at(each.sales.placed_at))
        reasons = (reason for outcome in outcomes for reason in outcome.reasons)
        did = tuple(reason for reason in reasons if reason.code == CODE + live.rule.name)
        found.append(Tried(order=each, did=did))
    return found, following
