"""Values that cross every border of the house: frozen, keyword-only, refusing unknown fields."""

from datetime import datetime
from decimal import Decimal

from mappings.structs import FrozenStruct


class Value(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """Parent of all canonical values."""


class Money(Value):
    """An exact amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Digits after the point of currencies that do not have two (ISO 4217 minor units, list of 2024-06)."""


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 1 for JPY, 0.01 for EUR, 0.001 for KWD."""
    return Decimal(1).scaleb(-MINOR_DIGITS.get(currency, 2))


class PostalAddress(Value):
    """Where a parcel goes or comes from.

    `country` is ISO 3166-1 alpha-2. `masked` says that the platform hides name, telephone or street; then
    `receiver_token` (valid until `token_valid_until`, if stated) stands for them and `token_platform` names
    who can read it.
    """

    name: str = ""
    company: str = ""
    telephone: str = ""
    country: str
    province: str = ""
    province_code: str = ""
    city: str = ""
    district: str = ""
    street: tuple[str, ...] = ()
    postal_code: str = ""
    masked: bool = False
    receiver_token: str = ""
    token_platform: str = ""
    token_valid_until: datetime | None = None


class Buyer(Value):
    """Who ordered; `reference` is the platform's stable id. Masked values stay as they came."""

    reference: str = ""
    name: str = ""
    telephone: str = ""
    email: str = ""


class LineQuantity(Value):
    """So many units of one order line (`line_id` is the platform's)."""

    line_id: str
    quantity: int
