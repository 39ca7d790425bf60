"""The kit is examined: a fixed sample of the exam that `make proof` holds in full, and its operators."""

import ast

import pytest

from tests.exam.judging import By, judge
from tests.exam.known import EQUIVALENT, HOLES
from tests.exam.mutants import ROOT, Mutant, drawn, mutated, platforms, possible
from tests.exam.operators import OPERATORS
from tests.exam.places import places
from tests.exam.report import Results, page, publish

EACH, SEED = 8, 1
SAMPLE = 20


def sample() -> list[Mutant]:
    """Spread over all platforms; no equivalent ones."""
    told_apart = [it for it in drawn(EACH, SEED) if it.key not in EQUIVALENT]
    return [told_apart[place * len(told_apart) // SAMPLE] for place in range(SAMPLE)]


@pytest.mark.parametrize("mutant", sample(), ids=str)
def test_planted_mistake_is_caught_unless_it_is_a_known_hole(mutant: Mutant):
    assert judge(mutant.platform, mutant).is_caught is (mutant.key not in HOLES)


def test_connector_as_it_is_is_not_caught():
    assert judge("carriers/zto", None).by is By.NOBODY


def test_exam_is_wide_and_always_the_same():
    mutants = drawn(EACH, SEED)

    assert len(mutants) >= 200
    assert {it.platform for it in mutants} == set(platforms())
    assert drawn.__wrapped__(EACH, SEED) == mutants


def test_equivalent_mutants_and_holes_exist():
    known = {it.key for platform in platforms() for it in possible(platform)}

    assert sorted({*EQUIVALENT, *HOLES} - known) == []


def test_every_mutant_differs_from_its_connector():
    for mutant in drawn(EACH, SEED)[::8]:
        whole = ast.parse((ROOT / mutant.path).read_bytes())
        assert ast.unparse(mutated(mutant)) != ast.unparse(whole), mutant


def variants(operator: str, code: str, path: str = "connectors/stores/acme/connector.py") -> list[str]:
    """The module after each mistake that the operator can plant."""
    count = sum(1 for place in places(ast.parse(code), path) for _ in OPERATORS[operator](place))
    found = []
    for ordinal in range(count):
        tree = ast.parse(code)
        planted = [(place, it) for place in places(tree, path) for it in OPERATORS[operator](place)]
        place, instead = planted[ordinal]
        place.put(instead)
        found.append(ast.unparse(tree))
    return found


@pytest.mark.parametrize(
    ("operator", "code", "mistake"),
    [
        ("drops an overlap", "windows(a, overlap=O)", "timedelta(0)"),
        ("swaps two codes", "T = {'a': 1, 'b': 2}", "T = {'a': 2, 'b': 1}"),
        ("stops after the first page", "async def f():\n    while 1:\n        await g()", "break"),
        ("skips a page", "page += 1", "page += 2"),
        ("accepts any signature", "if bad:\n    raise InvalidSignature('x')", "pass"),
        ("repeats a write", "send(write=True)", "send(write=False)"),
        ("loses a cent", "Money(amount=a)", "0.01"),
        ("forgets the time zone", "local_time(t, BEIJING, p)", "hours=5"),
        ("ignores an error answer", "def f():\n    return Rejected('no')", "return None"),
        ("swallows a refusal", "if bad:\n    raise Rejected('x')", "pass"),
        ("drops a field", "OrderLine(line_id='1', is_gift=g)", "OrderLine(line_id='1')"),
        ("leaves out a part of a request", "def f():\n    return {'a': 1, 'b': 2}", "return {'b': 2}"),
        ("drops a header", "def f():\n    send(headers={'a': 1})", "headers={}"),
        ("sorts the wrong way", "ask(order='asc')", "order='desc'"),
        ("acknowledges wrongly", "WebhookReply(body=b'ok')", "status=500"),
        ("finds nothing again", "def find_booking():\n    return found", "return None"),
        ("tells a unit too many", "line.quantity", "line.quantity + 1"),
    ],
)
def test_operator_plants_its_mistake(operator, code, mistake):
    assert any(mistake in it for it in variants(operator, code))


def test_each_operator_has_an_example():
    marks = test_operator_plants_its_mistake.pytestmark
    assert {example[0] for example in marks[0].args[1]} == set(OPERATORS)


def test_exam_replaces_its_section_and_leaves_the_rest(tmp_path):
    file = tmp_path / "proofs.md"
    file.write_text("# Proofs\n\n## Kill run\n\nall well\n", encoding="utf-8")
    for seed in (1, 2):
        publish(page(Results([]), seed, 1.0), file)

    text = file.read_text(encoding="utf-8")
    assert text.count("## Exam") == 1 and "seed 2" in text
    assert text.index("## Exam") < text.index("## Kill run")
