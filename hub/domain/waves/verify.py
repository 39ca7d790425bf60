"""Check a stored certificate against its problem, without a solver: what it claims is computed anew."""

from collections.abc import Iterator

import numpy as np

from hub.domain.waves.bound import LARGEST, Prices, lower_bound
from hub.domain.waves.certificate import Certificate
from hub.domain.waves.problem import Infeasible, Problem, cost


def complaints(problem: Problem, certificate: Certificate) -> list[str]:
    """What is wrong with it; empty: the plan is feasible, costs what it says, and no plan costs less than
    `priced_bound`. `searched_bound` rests on the solver's word, it is only held against the plan's cost."""
    if certificate.problem != problem.digest:
        return ["the certificate belongs to another problem"]
    return [*_of_the_plan(problem, certificate), *_of_the_bound(problem, certificate)]


def _of_the_plan(problem: Problem, certificate: Certificate) -> Iterator[str]:
    try:
        really = cost(problem, np.array(certificate.plan, np.int64))
    except Infeasible as wrong:
        yield str(wrong)
        return
    if really != certificate.cost:
        yield f"the plan costs {really}, not {certificate.cost}"


def _of_the_bound(problem: Problem, certificate: Certificate) -> Iterator[str]:
    arcs = np.array(certificate.toll_arcs, np.int64)
    if len(certificate.line_prices) != problem.lines or len(certificate.tolls) != len(arcs):
        yield "prices and tolls are not those of this problem's lines and arcs"
        return
    if any(abs(each) > LARGEST for each in (*certificate.line_prices, *certificate.tolls)):
        yield "a price or toll is beyond anything that a line could cost"
        return
    if ((arcs < 0) | (arcs >= len(problem.arcs.line))).any():
        yield "a toll is asked of an arc that this problem does not have"
        return
    tolls = np.zeros(len(problem.arcs.line), np.int64)
    tolls[arcs] = certificate.tolls
    proved = lower_bound(problem, Prices(lines=np.array(certificate.line_prices, np.int64), tolls=tolls))
    if certificate.priced_bound > proved:
        yield f"the prices prove a bound of {proved}, not of {certificate.priced_bound}"
    if certificate.lower_bound > certificate.cost:
        yield "the bound is above the cost of the plan"
