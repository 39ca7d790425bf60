"""An order that one store sold lies in another store's territory: who ships it?

The policy of the selling store decides, else the brand's (`crossing_policy.py`); where that is to ask, the
audit holds the order until a person says who. The answer chooses whose own rooms go first in the allocation.
"""

import msgspec

from hub.domain.crossing_policy import Ships
from hub.domain.order import Order, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot
from hub.domain.territories import Territory
from mappings.structs import FrozenStruct

CROSS_TERRITORY = "cross_territory"
"""Code of the reasons, and name of the audit rule."""


class Precedence(FrozenStruct):
    """`first` is the store whose own rooms go first (empty: the nearest do); `reasons` say why, where the
    order lies in another store's territory."""

    first: str
    reasons: tuple[Reason, ...] = ()


def foreign_territory(order: Order, snapshot: Snapshot) -> Territory | None:
    """The territory of another store that the order's address lies in."""
    owner = _owner(order, snapshot)
    return owner if owner and owner.store_id != order.store_id else None


def _owner(order: Order, snapshot: Snapshot) -> Territory | None:
    address = order.sales.ship_to
    return snapshot.territories.owner(address) if address else None


def is_answered(order: Order, snapshot: Snapshot) -> Reason | None:
    """Audit rule: where the policy is to ask, a person says who ships."""
    if order.crossing or snapshot.crossing_of(order.store_id).ships is not Ships.ASK:
        return None
    territory = foreign_territory(order, snapshot)
    if territory is None:
        return None
    return Reason(code=CROSS_TERRITORY, text=f"{_where(territory)}; a person says who ships")


def precedence(order: Order, snapshot: Snapshot) -> Precedence:
    """Whose own rooms go first. An order that a person released without an answer is its owner's."""
    owner = _owner(order, snapshot)
    if owner is None or owner.store_id == order.store_id:
        return Precedence(first=owner.store_id if owner else "")
    ships = Ships(order.crossing or snapshot.crossing_of(order.store_id).ships)
    firsts = {Ships.SELLER: order.store_id, Ships.NEAREST: ""}
    by = "a person's word" if order.crossing else f"policy: {ships}"
    text = f"{_where(owner)}: {_WORDS[ships]} ({by})"
    return Precedence(
        first=firsts.get(ships, owner.store_id), reasons=(Reason(code=CROSS_TERRITORY, text=text),)
    )


_WORDS = {
    Ships.OWNER: "its rooms go first",
    Ships.SELLER: "the selling store's rooms go first",
    Ships.NEAREST: "the nearest with stock goes first",
    Ships.ASK: "its rooms go first, for nobody said otherwise",
}


def _where(territory: Territory) -> str:
    return f"the address lies in territory {territory.territory_id} of store {territory.store_id}"


def answer(order: Order, ships: Ships, why: str, snapshot: Snapshot) -> Outcome:
    """A person says who ships, before the order is allocated. Raises `ValueError` where there is nothing to
    say, or it is too late."""
    number = order.sales.order_number
    if ships is Ships.ASK:
        raise ValueError("to ask is no answer: say owner, seller or nearest")
    if foreign_territory(order, snapshot) is None:
        raise ValueError(f"order {number} does not lie in another store's territory")
    if order.stage not in (Stage.ON_HOLD, Stage.BACKORDERED):
        raise ValueError(
            f"order {number} is {order.stage}: only orders on hold or back-ordered can be answered"
        )
    text = f"{ships} ships" + (f": {why}" if why else "")
    answered = msgspec.structs.replace(order, crossing=ships.value, stage=Stage.RECEIVED)
    return Outcome(step="who_ships", order=answered, reasons=(Reason(code="answered", text=text),))
