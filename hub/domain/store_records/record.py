"""The record of one store, beside the name, currency, time zone and policy that decisions use."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from hub.domain.store_records.certificates import Certificate
from hub.domain.store_records.links import LinkKind, canonical_url
from mappings.structs import FrozenStruct


class StoreStatus(StrEnum):
    """What people say of the store. Connections have a state of their own: closing a store stops none."""

    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


class StoreRecord(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """`locations` and `departments` are those that serve the store by default, best first; `certificates` by
    a name of the store's own, `links` by their address.

    Raises `ValueError` for a link that is not in its canonical form or would never be visited.
    """

    brand: str = ""
    owner: str = ""
    status: StoreStatus = StoreStatus.OPEN
    locations: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    certificates: Mapping[str, Certificate] = msgspec.field(default_factory=dict)
    links: Mapping[str, LinkKind] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        for url in self.links:
            if canonical_url(url) != url:
                raise ValueError(f"the link {url} must be written {canonical_url(url)}")
