"""A certificate that was changed after the wave is refused, and it needs no solver to see that."""

import subprocess
import sys

import msgspec
import pytest

from hub.domain.waves import Certificate
from hub.domain.waves.bound import EXACT_LINES
from hub.domain.waves.verify import complaints
from hub.domain.waves.wave import Effort, solve
from tests.hub.domain.waves.tiny import drawn

ASKED = drawn(3, orders=8, lines=14, skus=2)
CERTIFICATE = solve(ASKED, Effort(exact_orders=0))


def with_first(values: tuple[int, ...], change: int) -> tuple[int, ...]:
    return (values[0] + change, *values[1:])


def test_certificate_as_it_came_is_accepted():
    stored = msgspec.json.encode(CERTIFICATE)

    assert complaints(ASKED, msgspec.json.decode(stored, type=Certificate)) == []


@pytest.mark.parametrize(
    "changed, wrong",
    [
        ({"problem": "0" * 64}, "another problem"),
        ({"plan": (0,) * 14}, "more than there is|may not serve"),
        ({"plan": (-1,) * 14}, "the plan costs"),
        ({"plan": CERTIFICATE.plan[1:]}, "names no location"),
        ({"cost": CERTIFICATE.cost - 1}, "the plan costs"),
        ({"priced_bound": CERTIFICATE.priced_bound + 1}, "prove a bound of"),
        ({"line_prices": CERTIFICATE.line_prices[1:]}, "not those of this problem"),
        ({"tolls": (0,) * len(CERTIFICATE.tolls)}, "prove a bound of"),
        ({"tolls": CERTIFICATE.tolls[1:]}, "not those of this problem"),
        ({"tolls": with_first(CERTIFICATE.tolls, 1 << 62)}, "beyond anything"),
        ({"line_prices": with_first(CERTIFICATE.line_prices, -(1 << 62))}, "beyond anything"),
        ({"toll_arcs": with_first(CERTIFICATE.toll_arcs, 10_000)}, "arc that this problem does not have"),
        ({"toll_arcs": with_first(CERTIFICATE.toll_arcs, -10_000)}, "arc that this problem does not have"),
        ({"searched_bound": CERTIFICATE.cost + 1}, "above the cost"),
    ],
)
def test_tampered_certificate_is_refused(changed, wrong):
    found = complaints(ASKED, msgspec.structs.replace(CERTIFICATE, **changed))

    assert found
    assert any(part in found[0] for part in wrong.split("|"))


def test_prices_of_lines_prove_the_bound_of_long_orders():
    asked = drawn(3, orders=1, lines=EXACT_LINES + 2, skus=2)
    certificate = solve(asked, Effort(exact_orders=0))

    assert complaints(asked, certificate) == []
    (found,) = complaints(asked, msgspec.structs.replace(certificate, line_prices=(0,) * asked.lines))
    assert found.startswith("the prices prove a bound of")


def test_certificate_does_not_serve_another_batch():
    assert complaints(drawn(4, orders=8, lines=14, skus=2), CERTIFICATE) == [
        "the certificate belongs to another problem"
    ]


def imported(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after the statement."""
    program = f"import sys; {statement}; print(*{{each.partition('.')[0] for each in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_checking_and_rounds_need_no_solver():
    assert "highspy" not in imported("import hub.domain.waves.verify, hub.domain.waves.rounds")


def test_command_line_starts_without_numpy():
    assert "numpy" not in imported("import hub.cli")
