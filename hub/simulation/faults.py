"""What goes wrong in a run: a mix drawn from the seed, because lone faults hide the bugs."""

from random import Random

from connectors.kit.twin import Fault, Twin
from mappings.structs import FrozenStruct

ANSWERS = (Fault.THROTTLE, Fault.SERVER_ERROR, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER)
SIGN_IN = (Fault.EXPIRE_TOKEN,)
PAGES = (Fault.DRIFT,)
WEBHOOKS = (Fault.DROP_WEBHOOK, Fault.DUPLICATE_WEBHOOK, Fault.DELAY_WEBHOOK, Fault.REORDER_WEBHOOK)
OURS = ("crash", "lost_wake", "clock", "race", "stall")
EVERY_FAULT: tuple[str, ...] = (*ANSWERS, *SIGN_IN, *PAGES, *WEBHOOKS, *OURS)

_HIGHEST = dict.fromkeys(ANSWERS, 0.06) | {
    Fault.EXPIRE_TOKEN: 0.01,
    Fault.DRIFT: 0.1,
    Fault.DROP_WEBHOOK: 0.5,
    Fault.DUPLICATE_WEBHOOK: 0.5,
    Fault.DELAY_WEBHOOK: 0.4,
    Fault.REORDER_WEBHOOK: 0.8,
    "crash": 0.012,
    "lost_wake": 0.4,
    "clock": 0.01,
    "race": 0.3,
    "stall": 0.01,
}


class FaultMix(FrozenStruct):
    """Chance of each fault, per occasion: a request, a webhook, a transaction, a wake-up, a step.

    crash: everything is lost but the database, before or after a commit, before or after a request.
    lost_wake: a wake-up does not arrive. clock: the hub's clock is set to up to four minutes off.
    race: two jobs run at once, maybe the same. stall: a worker sleeps beyond its lease amid a request.
    """

    chances: dict[str, float]

    def __getitem__(self, fault: str) -> float:
        return self.chances.get(fault, 0.0)

    def apply(self, twin: Twin) -> None:
        """Have a twin misbehave like this."""
        ours = (*ANSWERS, *SIGN_IN, *PAGES, *WEBHOOKS)
        twin.faults.chance = {name: chance for name, chance in self.chances.items() if name in ours}


NO_FAULTS = FaultMix(chances={})


def draw_faults(random: Random, names: tuple[str, ...] = EVERY_FAULT) -> FaultMix:
    """Each named fault happens in three of five runs, then up to its highest chance."""
    return FaultMix(
        chances={
            name: round(_HIGHEST[name] * random.uniform(0.1, 1), 4) for name in names if random.random() < 0.6
        }
    )


def all_faults(names: tuple[str, ...] = EVERY_FAULT, strength: float = 1.0) -> FaultMix:
    """Each named fault at `strength` times its highest chance (sabotages, reductions)."""
    return FaultMix(chances={name: min(1.0, _HIGHEST[name] * strength) for name in names})
