"""Pages for a printer: made from templates beside this module, written as files."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.cli.problem import Problem

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **values: Any) -> str:
    """A whole HTML page; values from outside are escaped."""
    return _environment.get_template(template).render(values)


def written(file: Path, content: str | bytes) -> None:
    """Write the file, and the folders that it lies in."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}") from None
