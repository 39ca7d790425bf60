"""What a store made of a campaign that it was told."""

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.domain.campaigns import BrandCampaign, Standing, ended, judged
from mappings.canonical import Money, ShownCampaign
from tests.hub.samples import NOW, replace

BRAND = BrandCampaign(
    campaign_id="spring",
    name="Spring",
    starts_at=NOW,
    ends_at=NOW + timedelta(days=7),
    skus=("RED",),
    percent=Decimal(25),
)
TOLD = BRAND.told_as(["2", "1", "1"])
SHOWN = ShownCampaign(
    external_id="9",
    name="Spring",
    starts_at=TOLD.starts_at,
    ends_at=TOLD.ends_at,
    listing_ids=("1", "2"),
    percent=Decimal("25.0"),
)


def test_told_as_it_is_it_is_accepted():
    assert TOLD.listing_ids == ("1", "2")
    assert judged(TOLD, SHOWN, NOW) == (Standing.ACCEPTED, "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"percent": Decimal(20)}, "it takes off 20 % instead of 25 %"),
        (
            {"percent": None, "amount_off": Money(amount=Decimal(2), currency="CNY")},
            "it takes off 2 CNY instead of 25 %",
        ),
        ({"percent": None}, "it takes off nothing known instead of 25 %"),
        ({"ends_at": None}, "it ends never instead of 2026-03-09 08:00 UTC"),
        ({"starts_at": NOW + timedelta(hours=1)}, "it begins 2026-03-02 09:00 UTC instead of"),
        ({"listing_ids": ("1", "3")}, "it leaves out 2; it also holds for 3"),
        ({"most_uses": 5}, "it may be used 5 times instead of without limit"),
        ({"is_stopped": True}, "the store ended it early"),
    ],
)
def test_every_difference_is_told(changes, words):
    standing, found = judged(TOLD, replace(SHOWN, **changes), NOW)

    assert standing is Standing.DIFFERS and words in found


def test_campaign_that_is_over_was_not_ended_early():
    assert judged(TOLD, replace(SHOWN, is_stopped=True), NOW + timedelta(days=8)) == (Standing.ACCEPTED, "")


def test_campaign_that_is_gone_differs_and_one_that_runs_is_not_ended():
    assert judged(TOLD, None, NOW)[0] is Standing.DIFFERS
    assert ended(None)[0] is ended(replace(SHOWN, is_stopped=True))[0] is Standing.ENDED
    assert ended(SHOWN) == (Standing.DIFFERS, "the store still runs it")


def test_campaign_is_for_the_stores_it_names_or_for_all():
    assert BRAND.is_for("any") and not replace(BRAND, store_ids=("east",)).is_for("any")
