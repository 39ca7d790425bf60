"""CPU and wall time of a piece of work, with the CPU of the servers that worked for it."""

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass
class Spent:
    """`cpu` is user and system time of this process and of the servers named, in seconds."""

    cpu: float = 0
    wall: float = 0

    def __iadd__(self, other: "Spent") -> "Spent":
        self.cpu += other.cpu
        self.wall += other.wall
        return self


def cpu_of(process_ids: Sequence[int]) -> float:
    """Seconds of CPU that these processes used so far."""
    times = [psutil.Process(each).cpu_times() for each in process_ids]
    return sum(each.user + each.system for each in times)


@contextmanager
def measured(servers: Sequence[int] = ()) -> Iterator[Spent]:
    """Measure what happens inside; the value is filled in at the end. What the measurement itself keeps in
    memory is hidden from the garbage collector, which would walk through it at the expense of the work."""
    spent = Spent()
    gc.collect()
    gc.freeze()
    served, cpu, wall = cpu_of(servers), time.process_time(), time.perf_counter()
    yield spent
    spent.wall = time.perf_counter() - wall
    spent.cpu = time.process_time() - cpu + cpu_of(servers) - served
    gc.unfreeze()
