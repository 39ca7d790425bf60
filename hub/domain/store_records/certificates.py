"""Licences and authorisations of a store: until when each is valid, and when somebody must be told."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
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


class Expiry(FrozenStruct):
    """A certificate that somebody must look after. `days_left` is negative when it has expired."""

    store_id: str
    name: str
    kind: str
    valid_until: date
    days_left: int

    @property
    def is_over(self) -> bool:
        return self.days_left < 0


def expiring(
    store_id: str, certificates: Mapping[str, Certificate], today: date, alarm_days: Mapping[str, int]
) -> Iterator[Expiry]:
    """Those that have expired, or will within the days that their kind is told in advance."""
    for name, each in certificates.items():
        if each.valid_until and each.valid_until <= today + timedelta(days=alarm_days[each.kind]):
            left = (each.valid_until - today).days
            yield Expiry(
                store_id=store_id, name=name, kind=each.kind, valid_until=each.valid_until, days_left=left
            )
