"""The wrappings of SF Express pushes: bare JSON, bare XML, or a form field that holds either.

XML is read with expat and without document types, so nothing can be expanded or fetched.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from xml.parsers import expat

from mappings.documents import WireDocument
from mappings.errors import MappingError


class Scan(WireDocument, rename="camel"):
    """One route entry. The status fields are newer than `opCode` and may be missing."""

    accept_time: str
    op_code: str
    accept_address: str | None = None
    remark: str | None = None
    first_status_code: str | None = None


class RouteScan(Scan, rename="camel"):
    """One pushed route entry, which names its waybill and our order. Spelled without capitals by SF."""

    mailno: str
    orderid: str | None = None


def form_of(body: bytes) -> Mapping[str, str]:
    """Fields of a form push; nothing for a bare JSON or XML body."""
    if body.lstrip()[:1] in (b"{", b"<", b""):
        return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise MappingError("$", "is neither JSON nor XML nor a readable form") from None


def unwrapped(body: bytes) -> bytes:
    """The JSON or XML itself, without a form around it (`content`, or the gateway's `msgData`)."""
    form = form_of(body)
    content = form.get("content") or form.get("msgData")
    return (content.encode() if content else body).strip()


def read_xml_scans(content: bytes) -> tuple[RouteScan, ...]:
    """`<Request service="RoutePushService"><Body><WaybillRoute mailno=… opCode=… …/></Body></Request>`."""
    rows: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "WaybillRoute":
            rows.append(attributes)

    def refuse(*_: object) -> None:
        raise MappingError("$", "declares a document type, which no push of SF Express does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise MappingError("$", f"is not readable XML: {error}"[:200]) from None
    return tuple(_scan(row, f"$.Body.WaybillRoute[{position}]") for position, row in enumerate(rows))


def _scan(row: Mapping[str, str], path: str) -> RouteScan:
    for name in ("mailno", "acceptTime", "opCode"):
        if not row.get(name):
            raise MappingError(f"{path}.{name}", "is missing")
    return RouteScan(
        mailno=row["mailno"],
        orderid=row.get("orderid"),
        accept_time=row["acceptTime"],
        op_code=row["opCode"],
        accept_address=row.get("acceptAddress"),
        remark=row.get("remark"),
    )
