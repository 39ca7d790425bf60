"""What people keep on record about a store: whose it is, what it is allowed to do, where it is on the web."""

from hub.domain.store_records.certificates import Certificate, CertificateKind, Registered, Standing
from hub.domain.store_records.links import LinkKind
from hub.domain.store_records.record import StoreRecord, StoreStatus

__all__ = [
    "Certificate",
    "CertificateKind",
    "LinkKind",
    "Registered",
    "Standing",
    "StoreRecord",
    "StoreStatus",
]
