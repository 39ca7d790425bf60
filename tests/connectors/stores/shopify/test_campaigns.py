"""What is strange about campaigns at Shopify: automatic discounts."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.kit import Rejected, Unsupported
from mappings.canonical import Campaign, Money


@pytest.fixture
async def campaign(desk: Any) -> Campaign:
    (level,) = await desk.levels(1)
    return Campaign(
        campaign_id="spring",
        name="Spring",
        starts_at=desk.clock(),
        listing_ids=(level.listing_id,),
        percent=Decimal("12.5"),
    )


async def test_amount_is_taken_off_each_unit(desk, campaign):
    off = Money(amount=Decimal("1.50"), currency="EUR")
    cheaper = msgspec.structs.replace(campaign, percent=None, amount_off=off)

    await desk.connector.tell_campaign(cheaper, "k")

    shown = await desk.connector.read_campaign(cheaper)
    assert (shown.percent, shown.amount_off) == (None, off)


async def test_limit_of_uses_is_unsupported_and_nothing_is_made(desk, campaign):
    with pytest.raises(Unsupported, match="cannot limit"):
        await desk.connector.tell_campaign(msgspec.structs.replace(campaign, most_uses=3), "k")
    assert not desk.twin.discounts


async def test_missing_scope_names_the_remedy_and_does_not_ask_to_sign_in_again(desk, campaign):
    desk.twin.scopes.discard("write_discounts")

    with pytest.raises(Rejected, match="grant the app read_discounts and write_discounts"):
        await desk.connector.tell_campaign(campaign, "k")
    await desk.connector.check()


async def test_discount_that_somebody_made_with_another_tag_is_not_ours(desk, campaign):
    await desk.connector.tell_campaign(msgspec.structs.replace(campaign, campaign_id="other"), "k")

    assert await desk.connector.read_campaign(campaign) is None


async def test_discount_that_somebody_deleted_is_made_again(desk, campaign):
    first = await desk.connector.tell_campaign(campaign, "k")
    desk.twin.discounts.clear()

    again = await desk.connector.tell_campaign(msgspec.structs.replace(campaign, external_id=first), "k")

    assert again != first and len(desk.twin.discounts) == 1
