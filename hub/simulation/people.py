"""People and places of the simulated world: who buys, where they live, what they are called."""

from collections.abc import Mapping, Sequence
from random import Random

from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class Place(FrozenStruct):
    """A city with some of its districts."""

    province: str
    city: str
    districts: tuple[str, ...]
    postal_code: str


PLACES: Mapping[str, Sequence[Place]] = {
    "east": (
        Place(
            province="上海", city="上海市", districts=("静安区", "浦东新区", "徐汇区"), postal_code="200040"
        ),
        Place(province="浙江", city="杭州市", districts=("西湖区", "滨江区"), postal_code="310012"),
        Place(province="江苏", city="南京市", districts=("鼓楼区", "玄武区"), postal_code="210008"),
    ),
    "south": (
        Place(province="广东", city="广州市", districts=("天河区", "越秀区"), postal_code="510620"),
        Place(province="广东", city="深圳市", districts=("南山区", "福田区"), postal_code="518052"),
        Place(province="福建", city="厦门市", districts=("思明区",), postal_code="361001"),
    ),
    "north": (
        Place(province="北京", city="北京市", districts=("朝阳区", "海淀区"), postal_code="100020"),
        Place(province="天津", city="天津市", districts=("和平区",), postal_code="300041"),
        Place(province="辽宁", city="大连市", districts=("中山区",), postal_code="116001"),
    ),
    "west": (
        Place(province="四川", city="成都市", districts=("高新区", "武侯区"), postal_code="610041"),
        Place(province="重庆", city="重庆市", districts=("渝中区",), postal_code="400010"),
    ),
}

_FAMILY = "王李张刘陈杨黄赵周吴徐孙"
_GIVEN = ("小明", "丽", "建国", "芳", "志强", "雪梅", "子涵", "浩然", "静", "磊", "👩🏽‍🎨艺", "é")
_STREETS = ("南京西路", "人民路", "中山大道", "解放路", "科技园路", "滨江大道")


def address(random: Random, region: str) -> PostalAddress:
    """Somebody's address in a region."""
    place = random.choice(PLACES[region])
    return PostalAddress(
        name=random.choice(_FAMILY) + random.choice(_GIVEN),
        telephone=f"13{random.randrange(10**9):09d}",
        country="CN",
        province=place.province,
        city=place.city,
        district=random.choice(place.districts),
        street=(f"{random.choice(_STREETS)} {random.randint(1, 999)}号",),
        postal_code=place.postal_code,
    )


class Buyer(FrozenStruct):
    """A customer of one store."""

    reference: str
    email: str
    home: PostalAddress


def buyer(random: Random, store_id: str, number: int, region: str) -> Buyer:
    return Buyer(
        reference=f"{store_id}-{number}",
        email=f"{store_id}.{number}@example.com",
        home=address(random, region),
    )
