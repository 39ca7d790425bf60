"""The register of certificates: who is told when, and tokens that are read where they are."""

from datetime import date, timedelta

import pytest

from hub.domain.store_records import Certificate, CertificateKind, StoreRecord
from hub.storage import store_records
from hub.storage.register import alarms, register

END = date(2026, 5, 1)
DAYS = {"business_licence": 30, "platform_credential": 14}


def enter(house, **certificates):
    record = StoreRecord(certificates=certificates)
    house.run(lambda uow: store_records.save(uow, {"brand-store": record}))


def licence(**fields):
    return Certificate(kind=CertificateKind.BUSINESS_LICENCE, **fields)


def renew(house, connection_id, ends_at):
    """The connection gets a token as connectors store them."""
    connections = house.books.connections

    def save(uow):
        lease = connections.begin_renewal(
            uow, connection_id, house.database.lease_now(uow), timedelta(seconds=9)
        )
        tokens = {"booking_expires_at": ends_at.isoformat(), "booking_access_token": "s3cret"}
        assert connections.save_credentials(uow, connection_id, tokens, lease)
        connections.end_renewal(uow, connection_id, lease)

    house.run(save)


def told(house, today):
    found = house.run(lambda uow: alarms(uow, house.books.connections, today, DAYS))
    return [(row.name, state.value) for row, state in found]


@pytest.mark.parametrize(
    ("days_left", "state"),
    [(31, None), (30, "expiring"), (0, "expiring"), (-1, "expired"), (-400, "expired")],
)
def test_somebody_is_told_so_many_days_before_and_for_ever_after(house, days_left, state):
    enter(house, licence=licence(valid_until=END), for_ever=licence())

    assert told(house, END - timedelta(days=days_left)) == ([("licence", state)] if state else [])


def test_the_most_urgent_comes_first(house):
    enter(house, a=licence(valid_until=END), b=licence(valid_until=END - timedelta(days=1)), c=licence())

    assert [row.name for row in house.run(lambda uow: register(uow, house.books.connections))] == [
        "b",
        "a",
        "c",
    ]


def test_token_of_a_connection_is_in_the_register_and_renews_itself(house):
    renew(house, "carrier", house.now)

    (row,) = house.run(lambda uow: register(uow, house.books.connections))
    assert (row.connection_id, row.store_id) == ("carrier", "")
    assert row.certificate.valid_until == house.now.date()
    assert told(house, house.now.date() + timedelta(days=1)) == []


def test_token_that_ended_while_its_connection_is_in_trouble_is_told(house):
    renew(house, "store", house.now)
    house.run(lambda uow: house.books.connections.pause(uow, "store", "sign in again"))

    assert told(house, house.now.date()) == []
    assert told(house, house.now.date() + timedelta(days=1)) == [("token of store", "expired")]


def test_register_never_holds_a_token(house):
    renew(house, "store", house.now)

    assert "s3cret" not in repr(house.run(lambda uow: register(uow, house.books.connections)))
