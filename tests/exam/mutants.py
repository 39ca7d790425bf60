"""Mutants: one mistake in one connector, drawn by a seed so that operators and platforms have their share."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.exam.operators import OPERATORS
from tests.exam.places import Place, places

ROOT = Path(__file__).parents[2]
KINDS = ("stores", "carriers")
NOT_EXAMINED = ("__init__.py", "settings.py")
"""Declarations, which are data of the plug-in; twins judge and are not judged."""


@dataclass(frozen=True, order=True)
class Mutant:
    """The `ordinal`-th mistake that `operator` can plant in the file; `was` is what stands there."""

    path: str
    line: int
    operator: str
    ordinal: int
    scope: str
    was: str

    @property
    def platform(self) -> str:
        """`stores/acme`"""
        return "/".join(self.path.split("/")[1:3])

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".")

    @property
    def key(self) -> str:
        """As `known.py` names it: without the line, which moves."""
        return key_of(self.path, self.scope, self.operator, self.was)

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator}: `{self.was}`"


def key_of(path: str, scope: str, operator: str, was: str) -> str:
    return f"{path} · {scope} · {operator} · {was}"


def platforms() -> list[str]:
    found = (folder for kind in KINDS for folder in sorted((ROOT / "connectors" / kind).iterdir()))
    return [f"{it.parent.name}/{it.name}" for it in found if (it / "__init__.py").is_file()]


def possible(platform: str) -> Iterator[Mutant]:
    """Every mutant of the platform's connector and mapping."""
    for layer in ("connectors", "mappings"):
        for file in sorted((ROOT / layer / platform).glob("*.py")):
            if file.name not in NOT_EXAMINED and not file.name.startswith("twin"):
                yield from _of_file(file.relative_to(ROOT).as_posix())


def _of_file(path: str) -> Iterator[Mutant]:
    there = list(places(ast.parse((ROOT / path).read_bytes()), path))
    for operator, mutate in OPERATORS.items():
        hurt = ((place, it) for place in there for it in mutate(place))
        for ordinal, (place, instead) in enumerate(hurt):
            yield Mutant(path, place.line, operator, ordinal, place.scope, _words(place, instead))


def _words(place: Place, instead: ast.AST) -> str:
    """What the mistake takes away, in one short line: of calls and tables the items that differ."""
    items, kept = _items(place.node), {ast.dump(it) for it in _items(instead)}
    gone = [it for it in items if ast.dump(it) not in kept] if kept else []
    words = " ".join(", ".join(map(ast.unparse, gone or [place.node])).split())
    return words if len(words) <= 70 else f"{words[:69]}…"


def _items(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Call):
        return list(node.keywords)
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [ast.Dict(keys=[key], values=[value]) for key, value in pairs]
    return []


@cache
def drawn(each: int, seed: int) -> tuple[Mutant, ...]:
    """`each` mutants of every platform: one operator after the other gives one, in an order of its
    own, until there are enough."""
    return tuple(mutant for platform in platforms() for mutant in _drawn_of(platform, each, seed))


def _drawn_of(platform: str, each: int, seed: int) -> list[Mutant]:
    random = Random(f"{seed} {platform}")
    by_operator: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in possible(platform):
        by_operator[mutant.operator].append(mutant)
    hands = [random.sample(found, len(found)) for found in by_operator.values()]
    random.shuffle(hands)
    chosen: list[Mutant] = []
    while len(chosen) < each and any(hands):
        chosen += [hand.pop() for hand in hands if hand][: each - len(chosen)]
    return sorted(chosen)


def mutated(mutant: Mutant) -> ast.Module:
    """The module with the mistake in it."""
    tree = ast.parse((ROOT / mutant.path).read_bytes())
    found = ((place, it) for place in places(tree, mutant.path) for it in OPERATORS[mutant.operator](place))
    for ordinal, (place, instead) in enumerate(found):
        if ordinal == mutant.ordinal:
            place.put(instead)
            return tree
    raise LookupError(f"{mutant}: there is no such place any more")
