"""Vendure order documents in any number: some made by the twin, the rest the same with other ids."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from connectors.kit import Delivery
from connectors.kit.conformance.rig import START, Rig
from connectors.kit.twin import Product, Purchase
from hub.registry import load
from hub.storage.inbox import Arrival
from mappings.canonical import PostalAddress
from tests.bench.brand import SKUS, STORES, store_connection

MODELS = 2000
"""Orders that the twin makes; a round of them is one day of the brand."""
LINES = {1: 40, 2: 25, 3: 18, 4: 10, 5: 7}
"""Lines per order and how often: 2.19 on average."""
CITIES = ("上海市", "北京市", "广州市", "深圳市", "成都市")


class Models:
    """`arrivals(start, number)` gives the same documents whenever it is called."""

    def __init__(self, deliveries: list[Delivery]) -> None:
        self._deliveries = deliveries

    def arrivals(self, start: int, number: int) -> list[Arrival]:
        return [self._arrival(position) for position in range(start, start + number)]

    def _arrival(self, position: int) -> Arrival:
        day, place = divmod(position, len(self._deliveries))
        model = self._deliveries[place]
        external_id = f"{day + 1}{place:05d}"
        return Arrival(
            connection_id=store_connection(position % STORES),
            topic="order",
            external_id=external_id,
            document=_renamed(bytes(model.document), model.external_id, external_id, day),
        )


def _renamed(document: bytes, was: str, external_id: str, day: int) -> bytes:
    """Another order of another buyer, `day` days later."""
    date = f"{START + timedelta(days=day):%Y-%m-%d}T".encode()
    mark = f"-day{day}".encode()
    head = f'{{"id":"{was}","code":"'.encode()
    return (
        document.replace(head, f'{{"id":"{external_id}","code":"{day}-'.encode(), 1)
        .replace(f"{START:%Y-%m-%d}T".encode(), date)
        .replace(b'","emailAddress":"', mark + b'","emailAddress":"', 1)
        .replace(b"@example.com", mark + b"@example.com", 1)
    )


def make_models(number: int = MODELS, lines: Mapping[int, int] = LINES) -> Models:
    """Orders placed at the twin one by one and pulled through the connector."""
    return asyncio.run(_make_models(number, lines))


async def _make_models(number: int, lines: Mapping[int, int]) -> Models:
    rig = Rig(load().stores["vendure"])
    random = Random(5)
    rig.twin.offer([Product(sku=sku, title=f"Title {sku}", price=Decimal(10), stock=10**6) for sku in SKUS])
    for purchase in _purchases(number, lines, random):
        rig.twin.place_order(purchase)
        rig.clock.advance(timedelta(seconds=7))
    deliveries = [each async for page in rig.connector.pull_orders("") for each in page.deliveries]
    return Models(list({delivery.external_id: delivery for delivery in deliveries}.values()))


def _purchases(number: int, lines: Mapping[int, int], random: Random) -> Iterator[Purchase]:
    """Every buyer comes twice in the day."""
    for position in range(number):
        basket = random.choices(list(lines), list(lines.values()))[0]
        buyer = f"buyer{position % (number // 2 + 1)}"
        yield Purchase(
            buyer_reference=buyer,
            email=f"{buyer}@example.com",
            ship_to=_address(position, random.choice(CITIES)),
            items=[(sku, random.randint(1, 3)) for sku in random.sample(SKUS, basket)],
        )


def _address(position: int, city: str) -> PostalAddress:
    return PostalAddress(
        name="王小明",
        telephone=f"138{position:08d}",
        country="CN",
        province="上海",
        city=city,
        district="静安区",
        street=("南京西路 100号",),
        postal_code="200040",
    )
