"""What is strange about campaigns at Vendure: promotions made of building blocks."""

from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from connectors.kit import Rejected, Unsupported
from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product
from connectors.stores.vendure import PLUGIN
from mappings.canonical import Campaign, Money


@pytest.fixture
def rig() -> Any:
    made: Any = Rig(PLUGIN)
    made.twin.offer([Product(sku="A", title="A", price=Decimal(5), stock=9)])
    return made


@pytest.fixture
def campaign(rig: Any) -> Campaign:
    return Campaign(
        campaign_id="spring",
        name="Spring",
        starts_at=rig.clock(),
        listing_ids=("1",),
        percent=Decimal(25),
        most_uses=100,
    )


async def test_limit_of_uses_is_shown_as_told(rig, campaign):
    await rig.connector.tell_campaign(campaign, "k")

    assert (await rig.connector.read_campaign(campaign)).most_uses == 100


async def test_amount_off_is_unsupported_and_nothing_is_made(rig, campaign):
    off = Money(amount=Decimal(1), currency="EUR")

    with pytest.raises(Unsupported, match="in percent only"):
        await rig.connector.tell_campaign(
            msgspec.structs.replace(campaign, percent=None, amount_off=off), "k"
        )
    assert not rig.twin.operations.promotions.known


async def test_what_an_administrator_made_of_it_is_read_and_not_guessed(rig, campaign):
    external_id = await rig.connector.tell_campaign(campaign, "k")
    said = rig.twin.operations.promotions.known[external_id].said
    said["actions"] = [{"code": "free_shipping", "arguments": []}]

    shown = await rig.connector.read_campaign(campaign)

    assert (shown.percent, shown.listing_ids) == (None, ())


async def test_administrator_without_the_permission_is_a_refusal(rig, campaign):
    await rig.connector.check()
    rig.wire.spoil = lambda number, answer: (
        _forbidden() if b"romotion" in rig.wire.sent[number].content else answer
    )

    with pytest.raises(Rejected, match="may not manage promotions"):
        await rig.connector.tell_campaign(campaign, "k")


def _forbidden() -> Any:
    error = {"message": "no", "extensions": {"code": "FORBIDDEN"}}
    return httpx.Response(200, json={"errors": [error], "data": None})
