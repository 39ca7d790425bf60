"""One flow of a connection paused while the others go on. What is paused waits; nothing is lost."""

from enum import StrEnum

from hub.storage.database import UnitOfWork


class Flow(StrEnum):
    """`orders`: the platform is asked for nothing (what it posts by itself is taken). `stock`: it is told no
    levels. `push`: it is told nothing else, and a carrier books nothing."""

    ORDERS = "orders"
    STOCK = "stock"
    PUSH = "push"


_JOBS = {Flow.ORDERS: ("pull", "poll", "fetch"), Flow.STOCK: ("work_outbox",), Flow.PUSH: ("work_outbox",)}


def paused_flows(uow: UnitOfWork, connection_id: str) -> list[str]:
    """In the order of the alphabet; locks the connection's row."""
    lock = " FOR UPDATE" if uow.is_postgres else ""
    row = uow.one(f"SELECT paused_flows FROM connections WHERE id = :id{lock}", id=connection_id)
    return row.paused_flows.split() if row else []


def set_paused(uow: UnitOfWork, connection_id: str, flow: Flow, *, is_paused: bool) -> bool:
    """False if it was so already."""
    before = paused_flows(uow, connection_id)
    after = sorted({*before, flow.value} if is_paused else set(before) - {flow.value})
    if before == after:
        return False
    uow.change(
        "UPDATE connections SET paused_flows = :flows, version = version + 1 WHERE id = :id",
        flows=" ".join(after),
        id=connection_id,
    )
    if not is_paused:
        for job in _JOBS[flow]:
            uow.wake(job, connection_id)
    return True
