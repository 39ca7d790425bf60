"""The register of certificates over all stores: what is on record, and the tokens of connections, which are
read where they are and never copied."""

from collections.abc import Mapping
from datetime import date

from hub.domain.store_records import Certificate, CertificateKind, Registered, Standing
from hub.domain.store_records.certificates import standing
from hub.storage import store_records
from hub.storage.connections import Connections
from hub.storage.database import UnitOfWork

Alarm = tuple[Registered, Standing]


def register(uow: UnitOfWork, connections: Connections) -> list[Registered]:
    """The first to end first, then what is not limited."""
    rows = [
        Registered(store_id=store_id, name=name, certificate=each)
        for store_id, record in store_records.records(uow).items()
        for name, each in record.certificates.items()
    ]
    rows += _tokens(uow, connections)
    return sorted(rows, key=lambda each: (each.certificate.valid_until or date.max, each.store_id, each.name))


def _tokens(uow: UnitOfWork, connections: Connections) -> list[Registered]:
    ends = connections.token_ends(uow)
    rows = uow.all("SELECT id, store_id, platform, paused_reason, last_error FROM connections ORDER BY id")
    return [
        Registered(
            store_id=row.store_id or "",
            name=f"token of {row.id}",
            certificate=Certificate(
                kind=CertificateKind.PLATFORM_CREDENTIAL,
                issuer=row.platform,
                valid_until=ends[row.id].date(),
            ),
            connection_id=row.id,
            trouble=row.paused_reason or row.last_error,
        )
        for row in rows
        if row.id in ends
    ]


def alarms(
    uow: UnitOfWork, connections: Connections, today: date, alarm_days: Mapping[str, int]
) -> list[Alarm]:
    """What has expired or soon will (`standing`), the most urgent first."""
    rows = [(each, standing(each, today, alarm_days)) for each in register(uow, connections)]
    return [each for each in rows if each[1] is not Standing.VALID]
