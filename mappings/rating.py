"""What carriers have in common that price a parcel by its weight and its two addresses."""

from collections.abc import Collection, Iterable, Sequence
from decimal import ROUND_UP, Decimal
from textwrap import wrap

from mappings.canonical import PostalAddress, RateQuote, ShipmentRequest
from mappings.customs import needs_declaration
from mappings.documents import WireDocument, present
from mappings.errors import MappingError


def require_rateable(request: ShipmentRequest, *, longest_reference: int | None = None) -> None:
    """What no price can do without, and what these carriers cannot express: `MappingError` with a path into
    the request. Customs declarations want tariff numbers, which orders do not carry."""
    if longest_reference is not None and len(request.reference) > longest_reference:
        raise MappingError("$.reference", f"is longer than {longest_reference} characters")
    if request.recipient.masked:
        raise MappingError("$.recipient", "is masked, and this carrier resolves nobody's receiver tokens")
    if request.parcels != 1:
        raise MappingError("$.parcels", "must be 1: each label is one parcel")
    if request.weight_grams is None or request.weight_grams <= 0:
        raise MappingError("$.weight_grams", "is missing: the price depends on it")
    if request.collect_on_delivery is not None:
        raise MappingError("$.collect_on_delivery", "is not offered through this carrier")
    if needs_declaration(request.sender.country, request.recipient.country):
        raise MappingError("$.recipient.country", "is behind a border that needs a customs declaration")


def address_fields(address: PostalAddress, path: str) -> dict[str, str]:
    """An address in the words of American interfaces, which have two lines for a street; nothing that is
    empty. A district goes below the street."""
    if not any(address.street):
        raise MappingError(f"{path}.street", "is missing")
    first, *more = [line for line in (*address.street, address.district) if line]
    fields = {
        "name": address.name or address.company,
        "company": address.company,
        "street1": first,
        "street2": ", ".join(more),
        "city": address.city,
        "state": address.province_code or address.province,
        "zip": address.postal_code,
        "country": address.country,
        "phone": address.telephone,
    }
    return present(fields)


def require_addressable(address: PostalAddress, path: str, *, with_states: Collection[str]) -> None:
    """Somebody, in a city; in the countries `with_states` also the state's code."""
    if not (address.name or address.company):
        raise MappingError(f"{path}.name", "is missing")
    if not address.city:
        raise MappingError(f"{path}.city", "is missing")
    if address.country in with_states and not address.province_code:
        raise MappingError(f"{path}.province_code", "is missing: this country has states")


def telephone_digits(telephone: str) -> str:
    """At most 15 digits (E.164), without the plus, spaces and dashes that carriers refuse."""
    return "".join(digit for digit in telephone if digit in "0123456789")[:15]


def street_lines(address: PostalAddress, path: str, *, lines: int, longest: int) -> list[str]:
    """Street and district in at most so many lines of so many characters, broken between words: carriers cut
    what is longer. `MappingError` if it does not fit."""
    parts = [line.strip() for line in (*address.street, address.district) if line.strip()]
    if not parts:
        raise MappingError(f"{path}.street", "is missing")
    if len(parts) <= lines and all(len(part) <= longest for part in parts):
        return parts
    wrapped = wrap(" ".join(parts), longest, break_long_words=False, break_on_hyphens=False)
    if len(wrapped) > lines or any(len(line) > longest for line in wrapped):
        raise MappingError(f"{path}.street", f"does not fit into {lines} lines of {longest} characters")
    return wrapped


GRAMS = {"LB": Decimal("453.59237"), "KG": Decimal(1000)}


def weight_in(unit: str, grams: int) -> Decimal:
    """Grams → a tenth of «LB» or «KG», rounded up."""
    return (grams / GRAMS[unit]).quantize(Decimal("0.1"), ROUND_UP)


def cheapest_first(quotes: Iterable[RateQuote]) -> Sequence[RateQuote]:
    """Equal prices in the order of their services' names, so that two readings agree."""
    return sorted(quotes, key=lambda quote: (quote.price.amount, quote.service))


class Place(WireDocument):
    """Where a scan was, in the same words."""

    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.state, self.zip, self.country) if part)
