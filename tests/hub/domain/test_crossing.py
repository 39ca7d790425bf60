"""Who ships an order that lies in another store's territory."""

import pytest
from pydantic import ValidationError

from hub.domain.audit import audit_step
from hub.domain.changes import release
from hub.domain.crossing import answer
from hub.domain.crossing_policy import CrossingPolicy, Ships
from hub.domain.order import Stage
from hub.domain.route import advance
from hub.domain.territories import Territory
from tests.hub.samples import address, location, order, replace, routed, snapshot

FAR = address(province="广东", city="广州市")
PLACES = (
    location("near"),
    location("owners", store_id="west", address=FAR),
    location("sellers", store_id="brand-store", address=FAR),
)
WEST = Territory(territory_id="sh", store_id="west", country="CN", province="上海")


def shown(ships=Ships.OWNER, *, owner="west"):
    return snapshot(
        {("RED", each.location_id): 5 for each in PLACES},
        locations=PLACES,
        territories=[replace(WEST, store_id=owner)],
        crossing=CrossingPolicy(ships=ships),
    )


def sender(given, seen):
    return routed(given, seen).consignments[0].location_id


@pytest.mark.parametrize(
    ("ships", "place"), [(Ships.OWNER, "owners"), (Ships.SELLER, "sellers"), (Ships.NEAREST, "near")]
)
def test_policy_chooses_who_ships_and_the_decision_says_so(ships, place):
    _, outcomes = advance(order(), shown(ships))

    (said,) = [r.text for each in outcomes for r in each.reasons if r.code == "cross_territory"]
    assert outcomes[-1].order.consignments[0].location_id == place
    assert said.startswith("the address lies in territory sh of store west") and f"policy: {ships}" in said


def test_in_its_own_territory_a_store_ships_whatever_the_policy_is():
    for ships in Ships:
        after, outcomes = advance(order(), shown(ships, owner="brand-store"))

        assert after.consignments[0].location_id == "sellers"
        assert "cross_territory" not in {r.code for each in outcomes for r in each.reasons}


def test_asking_policy_holds_until_a_person_answers():
    seen = shown(Ships.ASK)
    held = routed(order(), seen)

    assert held.stage is Stage.ON_HOLD and [each.code for each in held.reasons] == ["cross_territory"]
    answered = answer(held, Ships.SELLER, "same city", seen)
    assert [each.text for each in answered.reasons] == ["seller ships: same city"]
    assert sender(answered.order, seen) == "sellers"


def test_released_without_an_answer_the_owner_ships():
    seen = shown(Ships.ASK)

    assert sender(release(routed(order(), seen), "").order, seen) == "owners"


def test_answer_is_remembered_when_the_order_is_audited_again():
    seen = shown(Ships.ASK)
    answered = replace(routed(order(), seen), crossing="nearest", stage=Stage.RECEIVED)

    assert audit_step(answered, seen).order.stage is Stage.APPROVED


def test_no_answer_where_there_is_no_question():
    held = routed(order(person_hold="stop"), shown(owner="brand-store"))

    with pytest.raises(ValueError, match="does not lie in another store's territory"):
        answer(held, Ships.SELLER, "", shown(owner="brand-store"))
    with pytest.raises(ValueError, match="is released"):
        answer(routed(order(), shown()), Ships.SELLER, "", shown())
    with pytest.raises(ValueError, match="no answer"):
        answer(routed(order(), shown(Ships.ASK)), Ships.ASK, "", shown(Ships.ASK))


def test_shares_stay_within_the_whole_and_a_fee_has_a_currency():
    with pytest.raises(ValidationError, match="more than 100"):
        CrossingPolicy(territory_percent=60, shipper_percent=50)
    with pytest.raises(ValidationError, match="fee_currency"):
        CrossingPolicy(parcel_fee=3)
