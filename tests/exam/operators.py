"""What may be wrong with a connector: each operator plants one kind of mistake that loses or falsifies.

An operator yields, for a place in a module, the nodes that may stand there instead; it changes nothing.
"""

import ast
from collections.abc import Callable, Iterator

from tests.exam.places import Place
from tests.exam.words import DEFAULTED, ERRORS, MONEY, again, called, expression, without_item

Operator = Callable[[Place], Iterator[ast.AST]]

NO_TIME = "__import__('datetime').timedelta(0)"
ELSEWHERE = "__import__('datetime').timezone(__import__('datetime').timedelta(hours=5))"
A_CENT_LESS = "(lambda it: it - it.__class__('0.01') if it.__class__.__name__ == 'Decimal' else it)(0)"


def drops_an_overlap(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.keyword) and node.arg == "overlap":
        yield ast.keyword(arg="overlap", value=expression(NO_TIME))
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub) and called(node.value) == "timedelta":
        yield ast.Pass()


def swaps_two_codes(place: Place) -> Iterator[ast.AST]:
    """In a table at module level; entries made by `dict.fromkeys` count too."""
    node = place.node
    if not isinstance(node, ast.Dict) or place.scope:
        return
    for first in range(len(node.values) - 1):
        one, other = (_meaning(node, first + step) for step in (0, 1))
        if one and other and ast.dump(one) != ast.dump(other):
            swapped = again(node)
            swapped.values[first] = _meaning_instead(node.values[first], one, other)
            swapped.values[first + 1] = _meaning_instead(node.values[first + 1], other, one)
            yield swapped


def _meaning(table: ast.Dict, position: int) -> ast.expr | None:
    value = table.values[position]
    if table.keys[position] is not None:
        return value
    if isinstance(value, ast.Call) and called(value) == "fromkeys" and len(value.args) == 2:
        return value.args[1]
    return None


def _meaning_instead(value: ast.expr, was: ast.expr, other: ast.expr) -> ast.expr:
    if value is was:
        return other
    assert isinstance(value, ast.Call)
    call = again(value)
    call.args[1] = other
    return call


def stops_after_the_first_page(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.While | ast.AsyncFor | ast.For) and _asks(node):
        short = again(node)
        short.body.append(ast.Break())
        yield short


def _asks(loop: ast.stmt) -> bool:
    return isinstance(loop, ast.AsyncFor) or any(isinstance(it, ast.Await) for it in ast.walk(loop))


def skips_a_page(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.AugAssign | ast.BinOp) and isinstance(node.op, ast.Add):
        target, step = (
            (node.target, node.value) if isinstance(node, ast.AugAssign) else (node.left, node.right)
        )
        counts = any(word in ast.unparse(target) for word in ("page", "offset", "number"))
        if counts and isinstance(step, ast.Constant) and step.value == 1:
            wide = again(node)
            setattr(wide, "value" if isinstance(node, ast.AugAssign) else "right", ast.Constant(2))
            yield wide


def accepts_any_signature(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Raise) and called(node.exc) == "InvalidSignature":
        yield ast.Pass()
    if isinstance(node, ast.Call) and called(node) in ("same", "compare_digest"):
        yield ast.Constant(True)
    if isinstance(node, ast.Expr) and called(node.value) in ("verify", "_verify"):
        yield ast.Pass()


def repeats_a_write(place: Place) -> Iterator[ast.AST]:
    """As a read, which the client repeats; or by taking an unknown outcome for a failure."""
    node = place.node
    if isinstance(node, ast.keyword) and node.arg == "write" and ast.unparse(node.value) == "True":
        yield ast.keyword(arg="write", value=ast.Constant(False))
    if isinstance(node, ast.IfExp) and ast.unparse(node.body).startswith("OutcomeUnknown"):
        yield node.orelse


def loses_a_cent(place: Place) -> Iterator[ast.AST]:
    node, parent = place.node, place.parent
    if isinstance(node, ast.keyword) and (called(parent), node.arg) in MONEY:
        less = expression(A_CENT_LESS)
        assert isinstance(less, ast.Call)
        less.args = [node.value]
        yield ast.keyword(arg=node.arg, value=less)


def forgets_the_time_zone(place: Place) -> Iterator[ast.AST]:
    """Another zone where wall-clock time is read or written."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    reads = called(node) == "local_time" and len(node.args) > 1
    writes = called(node) == "astimezone" and node.args and isinstance(place.parent, ast.Attribute)
    if reads or writes:
        there = again(node)
        there.args[1 if reads else 0] = expression(ELSEWHERE)
        yield there


def ignores_an_error_answer(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Return) and called(node.value) in ERRORS:
        yield ast.Return(value=ast.Constant(None))


def swallows_a_refusal(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Raise) and called(node.exc) in ERRORS | {"MappingError"}:
        yield ast.Pass()


def drops_a_field(place: Place) -> Iterator[ast.AST]:
    """Of a canonical value, where the value may be made without it."""
    node = place.node
    if isinstance(node, ast.Call):
        for position, keyword in enumerate(node.keywords):
            if (called(node), keyword.arg) in DEFAULTED:
                yield without_item(node, position, "keywords")


def leaves_out_a_part_of_a_request(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if not isinstance(node, ast.Dict) or not place.scope or _are_headers(place):
        return
    for position, key in enumerate(node.keys):
        if isinstance(key, ast.Constant):
            yield without_item(node, position, "keys", "values")


def drops_a_header(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Dict) and place.scope and _are_headers(place):
        for position in range(len(node.keys)):
            yield without_item(node, position, "keys", "values")


def _are_headers(place: Place) -> bool:
    around = place.parent
    names = [around.arg] if isinstance(around, ast.keyword) else []
    if isinstance(around, ast.Assign | ast.AnnAssign):
        names = [ast.unparse(it) for it in getattr(around, "targets", None) or [around.target]]
    return any("header" in (name or "") for name in [*names, place.scope.rpartition(".")[2]])


def sorts_the_wrong_way(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Call) and called(node) in ("sorted", "oldest_first"):
        backwards = expression("tuple(reversed(0))")
        assert isinstance(backwards, ast.Call) and isinstance(backwards.args[0], ast.Call)
        backwards.args[0].args = [node]
        yield backwards
    if isinstance(node, ast.Constant) and (other := _OTHER_WAY.get(node.value)):
        yield ast.Constant(other)


_OTHER_WAY = {"asc": "desc", "desc": "asc", "ASC": "DESC", "DESC": "ASC"}


def acknowledges_wrongly(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Call) and called(node) == "WebhookReply":
        wrong = again(node)
        kept = [it for it in wrong.keywords if it.arg not in ("status", "body")]
        wrong.keywords = [*kept, ast.keyword(arg="status", value=ast.Constant(500))]
        yield wrong


def finds_nothing_again(place: Place) -> Iterator[ast.AST]:
    """Reading back after an unknown outcome."""
    node, function = place.node, place.scope.rpartition(".")[2]
    if isinstance(node, ast.Return) and function in ("find_fulfilment", "find_booking"):
        nothing = "False" if function == "find_fulfilment" else "None"
        if ast.unparse(node)[7:] != nothing:
            yield ast.Return(value=expression(nothing))


def tells_a_unit_too_many(place: Place) -> Iterator[ast.AST]:
    node = place.node
    outward = place.path.rpartition("/")[2] in ("outward.py", "booking.py", "connector.py")
    if isinstance(node, ast.Attribute) and node.attr == "quantity" and outward:
        yield ast.BinOp(left=node, op=ast.Add(), right=ast.Constant(1))


OPERATORS: dict[str, Operator] = {
    operator.__name__.replace("_", " "): operator
    for operator in (
        drops_an_overlap,
        swaps_two_codes,
        stops_after_the_first_page,
        skips_a_page,
        accepts_any_signature,
        repeats_a_write,
        loses_a_cent,
        forgets_the_time_zone,
        ignores_an_error_answer,
        swallows_a_refusal,
        drops_a_field,
        leaves_out_a_part_of_a_request,
        drops_a_header,
        sorts_the_wrong_way,
        acknowledges_wrongly,
        finds_nothing_again,
        tells_a_unit_too_many,
    )
}
