"""Templates of a new connector, which lie beside this file, and what stands in it where code is missing.

`orderhub connectors new` copies `shared`, then `store` or `carrier`: `{{name}}`, `{{package}}`, `{{title}}` …
are replaced in names and contents, and the ending `.tmpl` goes.
"""

import ast
from pathlib import Path


class ToBeWritten(NotImplementedError):
    """Stands in a new connector where its author has to write: what, from which fact of the platform, and
    where the examples in `tests/examples/` of orderhub do it. Raised, or only named where nothing can be."""

    def __init__(self, what: str, *, fact: str, example: str) -> None:
        super().__init__(f"write here: {what}\n    fact you need: {fact}\n    example: {example}")
        self.example = example


def unwritten(file: Path) -> list[tuple[str, ToBeWritten]]:
    """Where this Python file still has to be written (`connector.py:42`), and what."""
    calls = [
        each
        for each in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "ToBeWritten"
    ]
    return [
        (f"{file.name}:{call.lineno}", _instruction(call)) for call in sorted(calls, key=lambda it: it.lineno)
    ]


def _instruction(call: ast.Call) -> ToBeWritten:
    named = {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg}
    return ToBeWritten(ast.literal_eval(call.args[0]), **named)


def unanswered(sheet: Path) -> list[str]:
    """The questions of a facts sheet (`- Which …?`) under which there is still nothing but `…`."""
    lines = [line.strip() for line in sheet.read_text(encoding="utf-8").splitlines()]
    return [
        question.removeprefix("- ")
        for question, answer in zip(lines, [*lines[1:], ""], strict=True)
        if question.startswith("- ") and answer in ("", "…")
    ]
