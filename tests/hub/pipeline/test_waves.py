"""Orders wait for a wave, are planned together, and go through the usual books."""

import msgspec
import pytest

from hub.domain.policies import AllocateWhen, StorePolicy
from hub.pipeline import waves
from hub.pipeline.resume import resume_backorders
from hub.storage import stores
from hub.storage import waves as kept_waves
from hub.storage.database import UnitOfWork
from hub.storage.stock import Count
from hub.storage.waves import Tally
from tests.hub.samples import address, line, location, replace, sales

IN_WAVES = StorePolicy(allocate_when=AllocateWhen.IN_WAVES)


@pytest.fixture
def house(house):
    """Orders wait for waves; a second place in another province has two of each."""

    def set_up(uow: UnitOfWork) -> None:
        stores.add_store(uow, stores.Store(store_id="brand-store", name="Store", policy=IN_WAVES))
        far = location("far", address=address(province="广东", city="广州市"))
        stores.add_location(uow, far, house.now)
        house.books.stock.count(uow, counts("far", RED=2, BLUE=2), house.now, actor="test")
        house.books.stock.count(uow, counts("wh", RED=2, BLUE=1), house.now, actor="test")

    house.run(set_up)
    return house


def counts(at, **units):
    return [Count(sku=sku, location_id=at, on_hand=number) for sku, number in units.items()]


def bought(number, *skus, **more):
    lines = [line(f"l{position}", sku) for position, sku in enumerate(skus or ("RED",))]
    said = sales(*lines, external_id=f"n{number}", **more)
    return replace(said, buyer=replace(said.buyer, reference=f"b{number}"))


def plan(house, limit=100):
    asked, ids = house.run(lambda uow: waves.collect(house.books, uow, ["brand-store"], limit, house.now))
    return waves.planned(asked, ids, "w1", "me", house.now)


def apply(house, wave):
    tally = Tally()
    for page in waves.pages(wave):
        tally += house.run(lambda uow, page=page: waves.let_go(house.books, uow, wave, page, house.now))
    return tally


def sent_from(house):
    """Number of the order → locations that send it."""
    found = {}
    for order, at in house.rows(
        "SELECT o.external_id, c.location_id FROM consignments c JOIN orders o ON o.id = c.order_id"
        " ORDER BY o.external_id, c.location_id"
    ):
        found.setdefault(order, []).append(at)
    return found


def test_orders_wait_as_they_are_and_leave_one_trace(house):
    house.take(bought(1))
    house.take(bought(1, note="again"))

    assert house.stages() == {"n1": "approved"}
    assert house.stock("RED") == (2, 0)
    assert house.rows("SELECT step FROM decisions WHERE step = 'allocate'") == [("allocate",)]


def test_waiting_order_that_is_cancelled_never_leaves(house):
    house.take(bought(1), bought(2))
    house.take(bought(1, cancelled_at=house.now))

    assert apply(house, plan(house)) == Tally(as_planned=1)
    assert house.stages() == {"n1": "cancelled", "n2": "released"}


def test_wave_saves_the_parcel_that_greed_would_split(house):
    """The first order alone would take the last BLUE here; the second wants both."""
    house.take(bought(1, "BLUE"), bought(2, "RED", "BLUE"), bought(3, "RED"))

    wave = plan(house)
    tally = apply(house, wave)

    assert tally == Tally(as_planned=3)
    assert all(len(places) == 1 for places in sent_from(house).values())
    assert wave.kept.cost == wave.kept.lower_bound


def test_stock_that_went_away_meanwhile_sends_its_order_alone(house):
    house.take(bought(1), bought(2))
    wave = plan(house)
    house.run(lambda uow: house.books.stock.count(uow, counts("wh", RED=1), house.now, actor="test"))

    assert apply(house, wave) == Tally(as_planned=1, alone=1)
    assert sorted(sent_from(house).values()) == [["far"], ["wh"]]
    assert house.stock("RED") == (1, 1)


def test_order_that_nothing_is_left_for_is_back_ordered_and_waits_again_when_stock_comes(house):
    house.take(*(bought(number) for number in range(5)))

    assert apply(house, plan(house)) == Tally(as_planned=4, waiting=1)
    assert sorted(house.stages().values()) == ["backordered"] + ["released"] * 4
    more = counts("wh", RED=9)
    house.run(lambda uow: house.books.stock.count(uow, more, house.now, actor="test"))
    house.run(lambda uow: resume_backorders(house.books, uow, ["RED"], "", house.now))
    assert sorted(house.stages().values()) == ["approved"] + ["released"] * 4


def test_second_wave_finds_only_what_the_first_left(house):
    house.take(bought(1), bought(2))
    first = plan(house)
    second = plan(house, limit=1)
    apply(house, first)
    before = sent_from(house)

    assert apply(house, second).waiting == 0
    assert sent_from(house) == before
    assert waves.pages(plan(house)) == []


def test_wave_is_kept_with_its_proof_and_checked_without_a_solver(house):
    house.take(bought(1, "BLUE"), bought(2, "RED", "BLUE"))
    wave = plan(house)
    house.run(lambda uow: kept_waves.add(uow, wave.kept, wave.proof))
    house.run(lambda uow: kept_waves.applied(uow, "w1", Tally(as_planned=2)))

    kept, proof = house.run(lambda uow: kept_waves.found(uow, "w1"))

    assert (kept, proof) == (msgspec.structs.replace(wave.kept, as_planned=2, alone=0, waiting=0), wave.proof)
    assert house.run(lambda uow: kept_waves.listed(uow, 5)) == [kept]
    assert house.run(lambda uow: kept_waves.found(uow, "w2")) is None
    assert waves.checked(kept, proof) == []
    cheaper = msgspec.structs.replace(proof.certificate, cost=kept.cost - 1)
    forged = msgspec.structs.replace(proof, certificate=cheaper)
    assert waves.checked(kept, forged) == ["what is listed of it is not what its certificate says"]
    listed = msgspec.structs.replace(kept, cost=kept.cost - 1)
    assert f"the plan costs {kept.cost}, not {kept.cost - 1}" in waves.checked(listed, forged)
