"""YTO's status push: one flat XML document, `<UpdateInfo><mailNo>…</mailNo>…</UpdateInfo>`.

Read with expat and without document types, so nothing can be expanded or fetched.
"""

from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape

from mappings.errors import MappingError

ROOT = "UpdateInfo"


def read_push(document: bytes) -> Mapping[str, str]:
    """Elements directly below the root → their texts. Repeated elements count once, the last."""
    fields: dict[str, str] = {}
    open_elements: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        open_elements.append(name)
        if len(open_elements) == 2:
            fields[name] = ""

    def text(characters: str) -> None:
        if len(open_elements) == 2:
            fields[open_elements[-1]] += characters

    def refuse(*_: object) -> None:
        raise MappingError("$", "declares a document type, which no push of YTO does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_elements.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise MappingError("$", f"is not readable XML: {error}"[:200]) from None
    if not fields:
        raise MappingError(f"$.{ROOT}", "is empty")
    return fields


def acknowledgement(push: Mapping[str, str]) -> bytes:
    """What YTO wants to read back; anything else makes it push again."""
    number = escape(push.get("txLogisticID", ""))
    return (
        "<Response><logisticProviderID>YTO</logisticProviderID>"
        f"<txLogisticID>{number}</txLogisticID><success>true</success></Response>"
    ).encode()
