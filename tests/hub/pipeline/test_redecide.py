"""Decisions of immediate mode follow from the stored document, the instant and the policy: to the byte."""

from datetime import timedelta

import pytest

from hub.domain.audit_parameters import ItemCount, PaymentDelay
from hub.domain.policies import StorePolicy
from hub.pipeline import redecide
from hub.pipeline.redecide import BY_ARMING, NO_DOCUMENT, OTHER_POLICY, redecide_page
from hub.pipeline.whatif import endless, open_side, present_rules
from hub.storage import stores
from mappings.canonical import Buyer, PaymentStatus
from tests.hub.samples import NOW, address, line, replace, sales


def again(house):
    side = house.run(lambda uow: open_side(house.books, uow, present_rules(uow), endless, house.now))
    found, after = [], None
    while after != "":
        page, after = house.run(
            lambda uow: redecide_page(house.books, house.mappings, uow, side, after or "")  # noqa: B023
        )
        found += page
    return found


def switch_on(house, *rules):
    store = stores.Store(store_id="brand-store", name="Store", policy=StorePolicy(rules=rules))
    house.run(lambda uow: stores.add_store(uow, store))


def buyer(name, **more):
    return sales(external_id=name, buyer=Buyer(reference=name), **more)


@pytest.fixture
def lived(house):
    """Orders that pass, that are held for one or many reasons, and two of one buyer; time went on since."""
    switch_on(house, ItemCount(most_units=5), PaymentDelay(minutes=30))
    house.take(
        buyer("fine"),
        buyer("unpaid", payment_status=PaymentStatus.PENDING, ship_to=address(city="", district="")),
        replace(buyer("much"), lines=(line(quantity=9),), total=90),
        buyer("soon", paid_at=house.now),
        buyer("gone", cancelled_at=NOW),
        sales(external_id="twin-1"),
    )
    house.clock.advance(timedelta(minutes=1))
    house.take(sales(external_id="twin-2"))
    house.clock.advance(timedelta(days=3))
    return house


def test_every_audit_is_the_same_to_the_byte(lived):
    found = again(lived)

    assert len(found) == 7
    assert [(each.stage, each.reasons) for each in found if not each.is_same] == []
    assert len({each.reasons for each in found}) >= 6


def test_pages_leave_nobody_out(lived, monkeypatch):
    monkeypatch.setattr(redecide, "PAGE", 2)

    assert len({each.was.order_id for each in again(lived)}) == 7


def test_decision_that_was_tampered_with_differs(lived):
    lived.run(lambda uow: uow.change("UPDATE decisions SET reasons = '[]' WHERE reasons LIKE '%item_count%'"))

    (different,) = [each for each in again(lived) if not each.is_same]
    assert "item_count" in different.reasons


def test_what_is_not_kept_is_said(lived):
    lived.run(lambda uow: uow.change("UPDATE inbox SET document = NULL WHERE external_id = 'fine'"))
    lived.run(lambda uow: lived.books.connections.arm(uow, "store", lived.now + timedelta(days=900)))
    lived.take(buyer("older"))

    assert sorted(each.why_not for each in again(lived) if each.why_not) == [BY_ARMING, NO_DOCUMENT]

    switch_on(lived)
    lived.take(buyer("new policy"))
    why = [each.why_not for each in again(lived)]
    assert why.count(OTHER_POLICY) == 7
    assert why.count(BY_ARMING) == 1


def test_nothing_is_written(lived):
    before = lived.rows("SELECT * FROM decisions ORDER BY order_id, sequence")
    again(lived)
    assert lived.rows("SELECT * FROM decisions ORDER BY order_id, sequence") == before
