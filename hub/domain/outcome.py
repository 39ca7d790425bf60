"""What a step decided and why."""

from hub.domain.effects import Effect
from hub.domain.order import Order, Reason
from mappings.structs import FrozenStruct


class Outcome(FrozenStruct):
    """`order` is the order after the step; `effects` are what has to happen with it, in this transaction."""

    step: str
    order: Order
    reasons: tuple[Reason, ...] = ()
    effects: tuple[Effect, ...] = ()
