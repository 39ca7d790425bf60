"""An order that something was decided about."""

from hub.domain.effects import Effect
from hub.domain.order import Order
from hub.domain.outcome import Outcome
from hub.storage.orders import Stored
from mappings.structs import FrozenStruct


class Moved(FrozenStruct):
    """An order as it was loaded (or made), as it is now, and what led there."""

    stored: Stored
    order: Order
    outcomes: tuple[Outcome, ...]
    actor: str = "hub"
    inbox_id: str | None = None

    @property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(effect for outcome in self.outcomes for effect in outcome.effects)
