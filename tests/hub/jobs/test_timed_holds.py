"""Holds that end by themselves are found by the sweep, and only those are audited again then."""

from datetime import timedelta

from hub.domain.audit_parameters import NotePresent, PaymentDelay
from hub.domain.policies import StorePolicy
from hub.jobs.stock import TIME_PASSED, reaudit
from hub.jobs.sweep import due_work
from hub.storage import stores
from hub.storage.database import Wake
from mappings.canonical import Buyer
from tests.hub.samples import sales

WAKE = Wake("reaudit", TIME_PASSED)


async def test_sweep_wakes_the_audit_when_a_reason_is_over(hub, house):
    policy = StorePolicy(rules=(PaymentDelay(minutes=30), NotePresent()))
    house.run(
        lambda uow: stores.add_store(uow, stores.Store(store_id="brand-store", name="Store", policy=policy))
    )
    house.take(
        sales(paid_at=house.now),
        sales(external_id="noted", buyer=Buyer(reference="b2"), note="ring", paid_at=house.now),
    )
    assert WAKE not in await due_work(hub)

    house.clock.advance(timedelta(minutes=30))
    assert WAKE in await due_work(hub)
    await reaudit(hub, WAKE.key)

    assert house.stages() == {"4711": "released", "noted": "on_hold"}
    assert WAKE not in await due_work(hub)


async def test_audit_by_time_leaves_other_orders_on_hold_alone(hub, house):
    house.take(sales(note="ring", seller_note="x"), sales(external_id="twice"))
    before = house.rows("SELECT * FROM orders ORDER BY id")

    await reaudit(hub, TIME_PASSED)

    assert house.rows("SELECT * FROM orders ORDER BY id") == before
