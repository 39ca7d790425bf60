"""A brand with five stores on three platforms, two carriers, four stock locations: as values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from random import Random

from connectors.kit.twin import Product
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.domain.territories import Territory
from hub.simulation.people import PLACES
from hub.storage.stock import Count
from hub.storage.stores import Store
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct

SCARCE = "LTD-GOLD"
"""Hardly any units exist: who orders many of it waits."""
NEVER_COUNTED = "MUG-NEW"
"""On sale in every store, but no location ever counted it: its lines cannot be mapped."""


class Storefront(FrozenStruct):
    """A store of the brand; its connection has the same id. `share` is its part of all orders."""

    store: Store
    platform: str
    region: str
    share: float


class Restock(FrozenStruct):
    """Goods that arrive at a location."""

    at: datetime
    sku: str
    location_id: str
    quantity: int

    @property
    def reference(self) -> str:
        return f"restock:{self.at.isoformat()}:{self.sku}:{self.location_id}"


class Brand(FrozenStruct):
    """`carriers` maps connection ids to platforms."""

    storefronts: tuple[Storefront, ...]
    carriers: Mapping[str, str]
    locations: tuple[Location, ...]
    territories: tuple[Territory, ...]
    products: tuple[Product, ...]
    counts: tuple[Count, ...]

    @property
    def platforms(self) -> dict[str, tuple[str, str]]:
        """Connection id → (kind, platform)."""
        stores = {each.store.store_id: ("store", each.platform) for each in self.storefronts}
        return stores | {each: ("carrier", platform) for each, platform in self.carriers.items()}


def make_brand(random: Random, orders: int) -> Brand:
    """The brand with stock for about so many orders: enough of most things, too little of some."""
    products = tuple(_products(random))
    locations = tuple(_locations())
    return Brand(
        storefronts=_STOREFRONTS,
        carriers={"kuaidi": "kuaidi100", "sf": "sf-express"},
        locations=locations,
        territories=tuple(_territories()),
        products=products,
        counts=tuple(_counts(random, products, locations, orders)),
    )


def _storefront(
    store_id: str, name: str, platform: str, region: str, share: float, **policy: object
) -> Storefront:
    store = Store(
        store_id=store_id,
        name=name,
        currency="CNY",
        time_zone="Asia/Shanghai",
        policy=StorePolicy.model_validate(policy),
    )
    return Storefront(store=store, platform=platform, region=region, share=share)


_STOREFRONTS = (
    _storefront("east", "East flagship", "taobao", "east", 0.3),
    _storefront("south", "South", "vendure", "south", 0.22),
    _storefront("north", "North", "shopify", "north", 0.22),
    _storefront("west", "West", "shopify", "west", 0.18, tell_at="booked"),
    # Its one carrier reads no receiver tokens: every order waits for a person, masked.
    _storefront("outlet", "Outlet", "taobao", "east", 0.08, carriers=("sf",)),
)


def _locations() -> Sequence[Location]:
    return (
        _location("wh-east", "Warehouse East", "east", carriers=("sf", "kuaidi")),
        _location("wh-south", "Warehouse South", "south", carriers=("kuaidi", "sf")),
        _location("room-north", "Store room North", "north", store_id="north", carriers=("sf",)),
        _location("room-west", "Store room West", "west", store_id="west"),
    )


def _location(
    location_id: str, name: str, region: str, *, store_id: str = "", carriers: tuple[str, ...] = ()
) -> Location:
    place = PLACES[region][0]
    address = PostalAddress(
        name="品牌仓库",
        telephone="02155550100",
        country="CN",
        province=place.province,
        city=place.city,
        district=place.districts[-1],
        street=("仓储路 1号",),
        postal_code=place.postal_code,
    )
    return Location(location_id=location_id, name=name, address=address, store_id=store_id, carriers=carriers)


def _territories() -> Sequence[Territory]:
    """Each region belongs to its store, the outlet owns none."""
    provinces = {
        region: dict.fromkeys(place.province for place in places) for region, places in PLACES.items()
    }
    return [
        Territory(territory_id=f"{region}-{number}", store_id=region, country="CN", province=province)
        for region, names in provinces.items()
        for number, province in enumerate(names, start=1)
    ]


def _products(random: Random) -> Sequence[Product]:
    """Forty SKUs: families in sizes, single things, one scarce, one that nobody counted."""
    skus = [
        f"{family}-{size}" for family in ("TEE-RED", "TEE-BLU", "HOOD-GRY") for size in ("S", "M", "L", "XL")
    ]
    skus += [f"BAG-{number:02d}" for number in range(1, 15)]
    skus += [f"CUP{number:02d}" for number in range(1, 13)]
    return [
        Product(sku=sku, title=f"Article {sku}", price=Decimal(random.randint(900, 29900)) / 100)
        for sku in [*skus, SCARCE, NEVER_COUNTED]
    ]


def _counts(
    random: Random, products: Sequence[Product], locations: Sequence[Location], orders: int
) -> Sequence[Count]:
    """Popular things (the first ones) are counted in proportion, a few run short."""
    found = []
    for position, product in enumerate(products):
        if product.sku == NEVER_COUNTED:
            continue
        plenty = 4 + orders * 2 // (position + 4)
        for location in locations:
            on_hand = random.randint(0, 3) if random.random() < 0.3 else random.randint(plenty // 2, plenty)
            on_hand = random.randint(0, 2) if product.sku == SCARCE else on_hand
            found.append(Count(sku=product.sku, location_id=location.location_id, on_hand=on_hand))
    return found
