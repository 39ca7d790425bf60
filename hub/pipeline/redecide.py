"""Stored decisions once more, from the documents that led to them: are they the same to the byte?

Decided again is the audit with which each order began, at its own instant and under the policy of its
version. That works while the document is kept and the store's policy is still of that version. All other
facts are those of today, because they are not kept as they were: links, automation rules, price floors,
blacklist, territories, carriers, other orders of the buyer. Where they changed, a decision that differs was
right when it was made. Allocations are not decided again: what was available is kept nowhere, as reservations
keep no instants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.domain.audit import audit_step
from hub.domain.automation import automated
from hub.domain.order import Order
from hub.domain.snapshot import Snapshot
from hub.pipeline.books import Books
from hub.pipeline.whatif import Side
from hub.storage import decisions, stores
from hub.storage.database import UnitOfWork
from hub.storage.decisions import FirstAudit, stored_reasons
from mappings.contracts import Mappings
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

PAGE = 250

NO_DOCUMENT = "the document was thrown away after its time"
OTHER_POLICY = "the store's policy changed since"
BY_ARMING = "it was older than the arming of its connection"
UNREADABLE = "the mapping of today does not read its document"


class Redecided(FrozenStruct):
    """`stage` and `reasons` (JSON) are those of today; `why_not`: it could not be decided again."""

    was: FirstAudit
    stage: str = ""
    reasons: str = ""
    why_not: str = ""

    @property
    def is_same(self) -> bool:
        return not self.why_not and (self.stage, self.reasons) == (self.was.stage, self.was.reasons)


def redecide_page(
    books: Books, mappings: Mappings, uow: UnitOfWork, side: Side, after: str
) -> tuple[list[Redecided], str]:
    """The next page of orders by id, and where the one behind it begins (empty: that was all). `side`: the
    rules of today, as `open_side` makes them."""
    page = decisions.first_audits(uow, after, PAGE)
    versions = {each.store_id: each.policy_version for each in stores.stores(uow)}
    found: list[Redecided] = []
    readable: dict[str, Order] = {}
    for each in page:
        why_not = _why_not(each, versions)
        order = None if why_not else _order(books, mappings, side.snapshot, each)
        if order is None:
            found.append(Redecided(was=each, why_not=why_not or UNREADABLE))
        else:
            readable[each.order_id] = order
    if readable:
        snapshot = _shown(books, uow, side, list(readable.values()))
        found += [
            _again(each, readable[each.order_id], snapshot) for each in page if each.order_id in readable
        ]
    return found, page[-1].order_id if len(page) == PAGE else ""


def _why_not(was: FirstAudit, versions: Mapping[str, int]) -> str:
    if was.document is None:
        return NO_DOCUMENT
    if was.policy_version != versions[was.store_id]:
        return OTHER_POLICY
    return BY_ARMING if '"code":"history"' in was.reasons else ""


def _order(books: Books, mappings: Mappings, snapshot: Snapshot, was: FirstAudit) -> Order | None:
    """As it came; null if today's mapping cannot read it."""
    connection = snapshot.connections[was.connection_id]
    document = books.connections.key(was.connection_id).open(was.document or b"", f"inbox:{was.inbox_id}")
    try:
        sales = mappings.stores[connection.platform].read_order(document)
    except (MappingError, KeyError):
        return None
    order = Order(
        order_id=was.order_id,
        connection_id=was.connection_id,
        store_id=was.store_id,
        sales=sales,
        inbox_id=was.inbox_id,
    )
    return order.with_sales(sales)


def _shown(books: Books, uow: UnitOfWork, side: Side, orders: Sequence[Order]) -> Snapshot:
    facts = books.snapshots.past(uow, orders, [side.stores])
    return replace(side.snapshot, links=facts.links, same_buyer=facts.same_buyer, audit=facts.audit[0])


def _again(was: FirstAudit, order: Order, snapshot: Snapshot) -> Redecided:
    shown = snapshot.at(was.at)
    outcome = automated(audit_step(order, shown), shown)
    return Redecided(was=was, stage=outcome.order.stage.value, reasons=stored_reasons(outcome))
