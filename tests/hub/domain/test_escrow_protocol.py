"""The protocol of quotas as a small machine, explored in every order of events: two stores, three units,
levels that are lost before or after the platform took them and repeated, orders that arrive late and in any
order, one unit that moves from one store to the other.

A platform sells whatever it shows; nothing is oversold while every order finds its unit in the quota.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

import pytest

from hub.domain.quotas import Phase


class Call(Enum):
    """Where the one message of a connection is: waiting to be sent, or in doubt after an attempt."""

    NONE = 0
    FRESH = 1
    IN_DOUBT = 2


@dataclass(frozen=True)
class Side:
    """One store. `heard`: a pull that began after the closing is through; `zombie`: the level of an attempt
    that was given up and may be carried out at any time."""

    shown: int
    quota: int
    flying: int = 0
    phase: Phase | None = None
    level: int = 0
    call: Call = Call.NONE
    heard: bool = False
    zombie: int | None = None


@dataclass(frozen=True)
class State:
    sides: tuple[Side, Side]
    to_move: int = 1

    def put(self, at: int, side: Side) -> "State":
        return replace(self, sides=(side, self.sides[1]) if at == 0 else (self.sides[0], side))


Rules = frozenset[str]
"""Steps of the protocol that are left out, or assumptions that do not hold."""


def steps(state: State, broken: Rules) -> Iterator[State]:
    for at in (0, 1):
        for after in [*world(state.sides[at], broken), *hub(state.sides[at], broken)]:
            yield state.put(at, after)
    yield from moves(state, broken)


def world(side: Side, broken: Rules) -> Iterator[Side]:
    """Buyers order, orders arrive, messages are carried out, lost and answered."""
    if side.shown:
        yield replace(side, shown=side.shown - 1, flying=side.flying + 1)
    if side.flying:
        yield replace(side, flying=side.flying - 1, quota=side.quota - 1)
    is_doubted = side.phase is Phase.OPENING and side.call is Call.IN_DOUBT
    if side.call is not Call.NONE and (not is_doubted or "close again" in broken):
        taken = replace(side, shown=side.level)
        yield answered(taken)
        yield replace(taken, call=Call.IN_DOUBT)  # the answer is lost
        yield replace(side, call=Call.IN_DOUBT)  # the message is lost
        if "late calls" in broken:
            yield replace(side, call=Call.IN_DOUBT, zombie=side.level)
    if side.zombie is not None:
        yield replace(side, shown=side.zombie, zombie=None)


def answered(side: Side) -> Side:
    if side.phase is Phase.OPENING:
        return replace(side, phase=None, call=Call.NONE, heard=False)
    return replace(side, phase=Phase.CLOSED, call=Call.NONE, heard=False)


def hub(side: Side, broken: Rules) -> Iterator[Side]:
    if side.phase is Phase.OPENING and side.call is Call.IN_DOUBT and "close again" not in broken:
        yield replace(side, phase=Phase.CLOSING, level=0, call=Call.FRESH)
    if side.phase is Phase.CLOSED and not side.heard:
        yield replace(side, quota=side.quota - side.flying, flying=0, heard=True)
    if side.phase is Phase.CLOSED and (side.heard or "hear" in broken):
        yield opened(side)


def opened(side: Side) -> Side:
    if not side.quota:
        return replace(side, phase=None, heard=False)
    return replace(side, phase=Phase.OPENING, level=side.quota, call=Call.FRESH)


def close(side: Side) -> Side:
    return replace(side, phase=Phase.CLOSING, level=0, call=Call.FRESH)


def moves(state: State, broken: Rules) -> Iterator[State]:
    """The first store is to give a unit to the second, which is told by the same protocol."""
    giver, taker = state.sides
    if not state.to_move:
        return
    if giver.phase is None:
        yield state.put(0, close(giver))
    ready = giver.phase is Phase.CLOSED and giver.heard
    if "close first" in broken:
        ready = True
    if ready and giver.quota and taker.phase is None:
        yield State(
            (replace(giver, quota=giver.quota - 1), close(replace(taker, quota=taker.quota + 1))), to_move=0
        )


@cache
def explored(broken: Rules = frozenset()) -> set[State]:
    """All states that can be reached; with a broken rule no further than to the first that is oversold."""
    start = State((Side(shown=2, quota=2), Side(shown=1, quota=1)))
    seen, waiting = {start}, [start]
    while waiting:
        for state in steps(waiting.pop(), broken):
            if state not in seen:
                waiting.append(state)
                seen.add(state)
            if broken and is_oversold(state):
                return seen
    return seen


def is_oversold(state: State) -> bool:
    return any(side.flying > side.quota for side in state.sides)


def oversells(broken: str) -> bool:
    return any(map(is_oversold, explored(frozenset({broken}))))


def test_no_state_that_can_be_reached_is_oversold():
    states = explored()

    assert len(states) > 1_000
    assert not any(map(is_oversold, states))


@pytest.mark.parametrize(
    "is_reached",
    [
        lambda state: not state.to_move,
        lambda state: state.sides[1].shown == 2,
        lambda state: state.sides[0].flying == 2 and state.sides[0].phase is Phase.CLOSED,
        lambda state: sum(side.quota + side.flying for side in state.sides) == 0,
    ],
    ids=["moved", "taker shows more", "closed while orders fly", "all sold"],
)
def test_what_matters_is_reached(is_reached: Callable[[State], bool]):
    assert any(map(is_reached, explored()))


@pytest.mark.parametrize("step", ["close first", "hear", "close again"])
def test_each_step_that_is_left_out_oversells(step):
    assert oversells(step)


def test_a_call_that_is_carried_out_after_it_was_given_up_is_what_no_protocol_of_levels_survives():
    """The assumption: an attempt is over when its lease ends."""
    assert oversells("late calls")
