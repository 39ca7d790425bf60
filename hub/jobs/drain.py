"""Do everything that is due, here and now, without a queue."""

from collections.abc import Callable

from hub.context import HubContext
from hub.jobs.sweep import due_work
from hub.jobs.table import JOBS
from hub.storage.database import Wake

SAME_ROUNDS = 3
"""So many rounds that find the same work get nowhere (a message behind one that is not due yet)."""


async def drain(hub: HubContext, report: Callable[[Wake], None] = lambda wake: None) -> int:
    """Run due jobs until a sweep finds nothing, or nothing new; returns how many ran. `report` hears of each
    job before it runs."""
    ran, same, before = 0, 0, list[Wake]()
    while wakes := await due_work(hub):
        same = same + 1 if wakes == before else 0
        if same == SAME_ROUNDS:
            break
        for wake in wakes:
            report(wake)
            await JOBS[wake.job](hub, wake.key)
        ran, before = ran + len(wakes), wakes
    return ran
