"""Licences and authorisations of a store: until when each is valid, and when somebody must be told."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from mappings.structs import FrozenStruct


class CertificateKind(StrEnum):
    """What a store may have to show."""

    BUSINESS_LICENCE = "business_licence"
    BRAND_AUTHORISATION = "brand_authorisation"
    PLATFORM_CREDENTIAL = "platform_credential"
    PERMIT = "permit"
    OTHER = "other"


class Certificate(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """`valid_from` and `valid_until` are the first and the last day, null: it is not limited. `document` says
    where the paper or the scan is. Its number is sealed and kept apart (`hub/storage/store_records.py`).

    Raises `ValueError` if it ends before it begins.
    """

    kind: CertificateKind
    issuer: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    document: str = ""

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(
                f"it is valid until {self.valid_until} but only from {self.valid_from} on: exchange the days"
            )


class Registered(FrozenStruct):
    """A row of the register over all stores. `connection_id` is set for the access token of a connection,
    which the hub renews by itself; then `trouble` says why it may not."""

    store_id: str
    name: str
    certificate: Certificate
    connection_id: str = ""
    trouble: str = ""

    def days_left(self, today: date) -> int | None:
        """After today; negative when it has expired, null: it is not limited."""
        until = self.certificate.valid_until
        return None if until is None else (until - today).days


class Standing(StrEnum):
    """How a row of the register is."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


def standing(row: Registered, today: date, alarm_days: Mapping[str, int]) -> Standing:
    """`alarm_days`: kind → so many days before the end somebody is told. A token that the hub renews ends all
    the time: it counts as expired only where its connection is in trouble too."""
    left = row.days_left(today)
    if left is None:
        return Standing.VALID
    if row.connection_id:
        return Standing.EXPIRED if left < 0 and row.trouble else Standing.VALID
    if left < 0:
        return Standing.EXPIRED
    return Standing.EXPIRING if left <= alarm_days[row.certificate.kind] else Standing.VALID
