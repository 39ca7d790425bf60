"""Store records in the database: whole sets in few statements, numbers sealed, visits remembered."""

from datetime import date

import msgspec
import pytest

from hub.domain.policies import StorePolicy
from hub.domain.store_records import Certificate, CertificateKind, LinkKind, StoreRecord, StoreStatus
from hub.storage import store_records, stores
from hub.storage.store_records import NUMBERS_KEY, LinkState
from hub.vault import VaultError

LICENCE = Certificate(kind=CertificateKind.BUSINESS_LICENCE, valid_until=date(2026, 5, 1), issuer="AMR")
RECORD = StoreRecord(
    brand="Acme",
    owner="Acme Ltd",
    status=StoreStatus.PREPARING,
    locations=("wh",),
    departments=("east-desk",),
    certificates={"licence": LICENCE},
    links={"https://shop.example.com/": LinkKind.STOREFRONT},
)


def save(house, **records):
    house.run(lambda uow: store_records.save(uow, {name.replace("_", "-"): r for name, r in records.items()}))


def test_record_is_read_as_it_was_saved(house):
    save(house, brand_store=RECORD)
    assert house.run(store_records.records) == {"brand-store": RECORD}


def test_store_without_a_record_has_none(house):
    assert house.run(store_records.records) == {}


def test_what_a_record_lacks_goes_and_what_stays_keeps_its_number_and_its_visit(house):
    url = "https://shop.example.com/"
    save(
        house, brand_store=msgspec.structs.replace(RECORD, certificates={"licence": LICENCE, "old": LICENCE})
    )
    key = house.run(lambda uow: house.books.connections.open_named(uow, NUMBERS_KEY))
    house.run(lambda uow: store_records.set_number(uow, key, "brand-store", "licence", "91310000X"))
    seen = LinkState(
        store_id="brand-store",
        url=url,
        kind="storefront",
        checked_at=house.now,
        is_up=True,
        is_owned=None,
        detail="",
    )
    house.run(lambda uow: store_records.visited(uow, [seen]))

    save(house, brand_store=msgspec.structs.replace(RECORD, brand="Other"))

    assert house.run(store_records.records)["brand-store"].certificates == {"licence": LICENCE}
    assert house.run(lambda uow: store_records.numbers(uow, key, "brand-store")) == {"licence": "91310000X"}
    assert house.run(store_records.links) == [seen]


def test_numbers_are_sealed_for_their_place(house):
    save(house, brand_store=msgspec.structs.replace(RECORD, certificates={"a": LICENCE, "b": LICENCE}))
    key = house.run(lambda uow: house.books.connections.open_named(uow, NUMBERS_KEY))
    house.run(lambda uow: store_records.set_number(uow, key, "brand-store", "a", "91310000X"))

    assert b"91310000X" not in bytes(house.value("SELECT number FROM store_certificates WHERE name = 'a'"))
    house.run(
        lambda uow: uow.change(
            "UPDATE store_certificates SET number = (SELECT number FROM store_certificates WHERE name = 'a')"
        )
    )
    with pytest.raises(VaultError):
        house.run(lambda uow: store_records.numbers(uow, key, "brand-store"))


def test_numbers_open_after_the_master_key_was_rotated(house):
    save(house, brand_store=RECORD)
    books = house.books
    key = house.run(lambda uow: books.connections.open_named(uow, NUMBERS_KEY))
    house.run(lambda uow: store_records.set_number(uow, key, "brand-store", "licence", "91310000X"))
    before = house.value("SELECT wrapped FROM secrets WHERE name = 'certificates'")

    house.run(books.connections.rotate_keys)

    assert bytes(house.value("SELECT wrapped FROM secrets WHERE name = 'certificates'")) != bytes(before)
    again = house.run(lambda uow: books.connections.open_named(uow, NUMBERS_KEY))
    assert house.run(lambda uow: store_records.numbers(uow, again, "brand-store")) == {"licence": "91310000X"}


def test_a_thousand_records_take_as_many_statements_as_one(house, count_statements):
    def saved(number):
        names = [f"s{each}" for each in range(number)]
        made = [stores.Store(store_id=name, name=name, policy=StorePolicy()) for name in names]
        count_statements()
        house.run(lambda uow: stores.add_stores(uow, made))
        save(house, **dict.fromkeys(names, RECORD))
        house.run(store_records.records)
        return count_statements()

    assert saved(1) == saved(1000)
