"""Names and codes of divisions: what is recognised, what is the same, what is never guessed."""

import pytest

from hub.domain.territories import Territory, TerritoryMap
from hub.domain.territories.register import register, short_forms
from tests.hub.samples import address


def china(**said):
    return Territory(territory_id="t", store_id="s", country="CN", **said)


def serves(territory, **place):
    nothing = {"province": "", "province_code": "", "city": "", "district": "", "postal_code": ""}
    return TerritoryMap([territory]).owner(address(**{**nothing, **place})) is not None


JING_AN = china(province="上海市", city="上海市", district="静安区")


@pytest.mark.parametrize(
    "place",
    [
        {"province": "上海", "city": "上海", "district": "静安"},
        {"province": "上海市", "city": "市辖区", "district": "静安区"},
        {"province": "上海", "district": "静安区"},
        {"district": "静安区"},
        {"province": "310000", "city": "310100", "district": "310106"},
        {"district": "310106"},
        {"province_code": "SH", "city": "上海市", "district": "静安区"},
        {"province": "Shanghai", "province_code": "CN-SH", "city": "shanghai", "district": "静安区"},
        {"province": " 上海 市 ".replace(" 市", "市"), "city": "上海市", "district": "静安区 "},
    ],
)
def test_division_is_known_by_its_names_and_codes(place):
    assert serves(JING_AN, **place)
    assert serves(china(province="310000", district="310106"), **place)
    assert not serves(china(province="上海", district="徐汇"), **place)


@pytest.mark.parametrize(
    "said, place",
    [
        ({"province": "广西"}, {"province": "广西壮族自治区"}),
        ({"province": "内蒙古自治区"}, {"province": "内蒙古"}),
        ({"province": "香港"}, {"province": "香港特别行政区"}),
        ({"city": "恩施州"}, {"province": "湖北", "city": "恩施土家族苗族自治州"}),
        (
            {"province": "湖北", "city": "仙桃"},
            {"province": "湖北省", "city": "省直辖县级行政区划", "district": "仙桃市"},
        ),
        (
            {"province": "重庆", "city": "重庆市", "district": "城口"},
            {"province": "重庆市", "city": "县", "district": "城口县"},
        ),
        ({"province": "江苏", "city": "苏州"}, {"province": "江苏", "city": "昆山市"}),
        ({"province": "江苏", "city": "苏州"}, {"province": "江苏", "district": "昆山市"}),
        ({"province": "江苏", "district": "昆山"}, {"province": "江苏", "city": "苏州市 昆山市"}),
        ({"city": "320500"}, {"province": "江苏省", "city": "苏州市", "district": "苏州工业园区"}),
        ({"district": "苏州工业园区"}, {"province": "江苏省", "city": "苏州市", "district": "苏州工业园区"}),
    ],
)
def test_short_forms_and_irregular_levels_are_the_same_place(said, place):
    assert serves(china(**said), **place)


@pytest.mark.parametrize(
    "said, place",
    [
        ({"province": "北京", "district": "朝阳区"}, {"district": "朝阳区"}),
        (
            {"province": "新疆", "city": "伊犁", "district": "伊宁市"},
            {"province": "新疆", "city": "伊犁", "district": "伊宁"},
        ),
        ({"city": "上海市"}, {"province": "江苏", "city": "上海市"}),
        (
            {"province": "上海", "district": "静安区"},
            {"province": "上海", "city": "南京市", "district": "静安区"},
        ),
        ({"city": "南京市"}, {"province": "Nowhere", "city": "南京市"}),
    ],
)
def test_what_is_ambiguous_or_contradicts_itself_is_not_guessed(said, place):
    assert not serves(china(**said), **place)


def test_outside_china_a_subdivision_is_known_by_name_or_code():
    def found(said, **place):
        paris = Territory(territory_id="t", store_id="s", country="FR", province=said)
        return TerritoryMap([paris]).owner(address(country="FR", **place)) is not None

    assert found("Île-de-France", province="ile-de-france")
    assert found("IDF", province="Île-de-France", province_code="FR-IDF")
    assert found("FR-IDF", province="", province_code="idf")
    assert not found("FR-BRE", province="Île-de-France", province_code="IDF")


def test_postal_codes_are_the_same_with_and_without_gaps():
    london = Territory(territory_id="t", store_id="s", country="GB", postal_prefix="SW1A1")

    assert TerritoryMap([london]).owner(address(country="GB", postal_code="sw1a 1aa"))


DISTRICTS = [code for code in register().names if len(code) == 6]


def written(code):
    """Province, city and district in full; the city is empty where it is the district."""
    names, city = register().names, register().locate("", "", code).city
    return names[code[:2]], names.get(city, ""), names[code]


def test_every_district_is_found_by_its_full_names_and_by_its_code():
    assert len(DISTRICTS) == 2846
    assert [code for code in DISTRICTS if register().locate(*written(code)).district != code] == []
    assert [code for code in DISTRICTS if register().locate("", "", code).district != code] == []


def test_every_district_is_found_by_its_short_names_or_not_at_all():
    found = {}
    for code in DISTRICTS:
        brief = (min(short_forms(each), key=len) if each else "" for each in written(code))
        found[code] = register().locate(*brief).district

    assert {code: other for code, other in found.items() if other not in (code, "")} == {}
    assert sum(map(bool, found.values())) >= 0.99 * len(DISTRICTS)
