"""Campaigns through the database: told once, newest wish first, answers about former versions set aside."""

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.domain.campaigns import BrandCampaign
from hub.pipeline import campaigns as running
from hub.storage import campaigns, stores
from hub.storage.outbox import Verdict
from mappings.canonical import Listing, ShownCampaign
from tests.hub.samples import NOW, replace

SPRING = BrandCampaign(
    campaign_id="spring", name="Spring", starts_at=NOW, skus=("RED",), percent=Decimal("12.5")
)


@pytest.fixture
def shop(house):
    """A store that offers RED, and whose platform runs campaigns."""
    listing = Listing(listing_id="L1", sku="RED", title="Red")
    house.run(lambda uow: stores.save_listings(uow, [("store", listing)], house.now))
    return house


def wish(house, campaign=SPRING):
    return house.run(lambda uow: campaigns.save(uow, campaign, "test", house.now))


def tell(house, campaign=SPRING, able=("plain",)):
    def work(uow):
        known = [each for each in house.books.connections.all(uow) if each.kind == "store"]
        running.tell(house.books.outbox, uow, campaign, known, able, house.now)

    house.run(work)


def claim(house):
    return house.run(
        lambda uow: house.books.outbox.claim(uow, "store", 10, house.now, house.database.lease_now(uow))
    )


def answer(house, message, campaign, **changes):
    shown = ShownCampaign(
        external_id="9",
        name=campaign.name,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        listing_ids=("L1",),
        percent=campaign.percent,
    )
    verdict = Verdict(message=message, state="done", outcome=changes.pop("outcome", "done"), error="no")
    house.run(
        lambda uow: (
            house.books.outbox.record(uow, [verdict], house.now),
            running.answered(uow, verdict, replace(shown, **changes), house.now),
        )
    )


def standing(house, campaign_id="spring"):
    found = house.run(lambda uow: campaigns.standings(uow, campaign_id))
    return {name: (each.standing.value, each.external_id) for name, each in found.items()}


def test_told_answered_and_told_again_sends_nothing_more(shop):
    assert wish(shop) and not wish(shop)
    tell(shop)
    (message,) = claim(shop)
    assert message.verb.value == "run_campaign" and standing(shop) == {"store": ("waiting", "")}

    answer(shop, message, SPRING)
    tell(shop)

    assert standing(shop) == {"store": ("accepted", "9")} and claim(shop) == []


def test_wish_that_was_not_sent_is_replaced_by_the_newer_one(shop):
    wish(shop)
    tell(shop)
    later = replace(SPRING, percent=Decimal(30))
    wish(shop, later)
    tell(shop, later)

    (message,) = claim(shop)
    assert campaigns.read_told(message.document).percent == 30
    assert shop.rows("SELECT state FROM outbox ORDER BY id") == [("withdrawn",), ("open",)]


def test_answer_about_a_former_version_only_teaches_its_id(shop):
    wish(shop)
    tell(shop)
    (message,) = claim(shop)
    later = replace(SPRING, ends_at=NOW + timedelta(days=3))
    wish(shop, later)
    assert standing(shop) == {"store": ("changed", "")}
    tell(shop, later)

    answer(shop, message, SPRING)

    assert standing(shop) == {"store": ("waiting", "9")}
    (second,) = claim(shop)
    answer(shop, second, later, percent=Decimal(5))
    assert standing(shop) == {"store": ("differs", "9")}


def test_refusal_and_platforms_that_cannot_stand_as_such(shop):
    wish(shop)
    tell(shop)
    (message,) = claim(shop)
    answer(shop, message, SPRING, outcome="refused")
    assert standing(shop)["store"][0] == "refused"

    tell(shop, able=())
    assert standing(shop)["store"][0] == "cannot" and claim(shop) == []


def test_end_reaches_only_stores_that_were_told(shop):
    wish(shop)
    assert shop.run(lambda uow: running.end(shop.books.outbox, uow, "spring", shop.now)) == 0
    tell(shop)
    (message,) = claim(shop)
    answer(shop, message, SPRING)

    assert shop.run(lambda uow: running.end(shop.books.outbox, uow, "spring", shop.now)) == 1
    (message,) = claim(shop)
    assert campaigns.read_told(message.document).external_id == "9"
    answer(shop, message, SPRING, is_stopped=True)
    assert standing(shop) == {"store": ("ended", "9")}


def test_several_campaigns_are_listed_the_latest_first(shop):
    wish(shop)
    wish(shop, replace(SPRING, campaign_id="autumn", starts_at=NOW + timedelta(days=200)))

    assert [each.campaign_id for each in shop.run(campaigns.every)] == ["autumn", "spring"]
    assert shop.run(lambda uow: campaigns.every(uow, "spring")) == [SPRING]
