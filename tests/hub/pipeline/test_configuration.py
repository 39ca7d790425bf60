"""The configuration as one document: what is exported changes nothing, what is planned is what is done."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.audit_facts import PriceFloor
from hub.domain.audit_parameters import OPTIONAL
from hub.domain.store_records import Certificate, CertificateKind, LinkKind, StoreStatus
from hub.domain.territories import Polygon, Territory
from hub.pipeline.configuration import ROOMS, By, ConfigurationFault, StoreEntry, apply, export, plan
from hub.pipeline.configuration.section import plain
from hub.storage import rule_facts, setting_changes, shipping, territories

RING = ((121.0, 31.0), (122.0, 31.0), (122.0, 32.0), (121.0, 31.0))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NAME = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,5}", fullmatch=True)


SHIPPING = {
    "freight_templates": {
        "land": {
            "currency": "CNY",
            "zones": [{"areas": [{"country": "CN"}, {}], "first_grams": 1000, "first_price": "12.50"}],
        }
    },
    "departments": {
        "desk": {
            "name": "Desk",
            "offers": [{"carrier": "carrier", "freight": "land"}],
            "locations": ["wh"],
            "cut_off": "17:30:00",
            "most_worth": {"amount": "5000", "currency": "CNY"},
        }
    },
    "shipping_rules": {
        "heavy": {"rank": 5, "least_grams": 9000, "department": "desk", "stores": ["brand-store"]}
    },
}


def desk(**offer):
    return {"name": "X", "offers": [{"carrier": "carrier", **offer}]}


def exported(house):
    """As a file has it."""
    document = house.run(lambda uow: export(uow, house.now))
    return msgspec.json.decode(msgspec.json.encode(document, order="deterministic"))


def planned(house, document, **options):
    return house.run(lambda uow: plan(uow, document, house.now, **options))


def applied(house, document, **options):
    by = By(actor="cli:li", now=house.now, new_id=house.books.new_id)
    return house.run(lambda uow: apply(uow, document, by, **options))


def faults(house, document, **options):
    with pytest.raises(ConfigurationFault) as caught:
        applied(house, document, **options)
    return "\n".join(caught.value.faults)


@pytest.fixture
def furnished(house):
    """Something in every section."""
    drawn = [Polygon(rings=(RING,))]
    floor = PriceFloor(sku="RED", currency="CNY", amount=Decimal("19.90"))
    sale = msgspec.structs.replace(
        floor, campaign="sale", starts_at=house.now, ends_at=house.now + timedelta(days=3)
    )

    def furnish(uow):
        territories.save(uow, Territory(territory_id="drawn", store_id="brand-store"), house.now, drawn)
        later = Territory(territory_id="t", store_id="brand-store", country="CN", province="江苏")
        territories.save(uow, later, house.now + timedelta(days=5))
        for each in (floor, sale):
            rule_facts.set_floor(uow, each, "test", house.now)

    house.run(furnish)
    store = exported(house)["stores"]["brand-store"]
    store["certificates"] = {"licence": {"kind": "business_licence", "valid_until": "2027-01-01"}}
    store["links"] = {"https://shop.example.com/": "storefront"}
    store["departments"] = ["desk"]
    store["policy"] = {"rules": [{"rule": "payment_delay", "minutes": 30}]}
    applied(house, {"stores": {"brand-store": store}, **SHIPPING})
    return house


def test_export_has_every_section_and_changes_nothing(furnished):
    document = exported(furnished)

    assert all(document[room.name] for room in ROOMS)
    assert planned(furnished, document, is_complete=True) == []
    before = furnished.value("SELECT count(*) FROM setting_changes")
    assert applied(furnished, document, is_complete=True) == []
    assert furnished.value("SELECT count(*) FROM setting_changes") == before


def test_export_changes_nothing_later_either(furnished):
    document = exported(furnished)
    furnished.clock.advance(timedelta(days=2))

    assert planned(furnished, document, is_complete=True) == []


def test_what_is_planned_is_done_and_then_nothing_is_left(furnished):
    document = exported(furnished)
    document["stores"]["west"] = {"name": "West", "time_zone": "Asia/Shanghai"}
    document["stores"]["brand-store"]["status"] = "closed"
    document["territories"]["t"]["versions"] = [{"store": "west", "country": "CN"}]
    del document["price_floors"]["RED"]

    wanted = planned(furnished, document, is_complete=True)

    assert [(each.section, each.entry) for each in wanted] == [
        ("stores", "brand-store"),
        ("stores", "west"),
        ("territories", "t"),
        ("price_floors", "RED"),
    ]
    assert applied(furnished, document, is_complete=True) == wanted
    assert planned(furnished, document, is_complete=True) == []
    assert exported(furnished) == {**document, "price_floors": {}}


def test_territory_of_before_stays_on_record(furnished):
    document = exported(furnished)
    document["territories"]["t"]["versions"] = [{"store": "brand-store", "country": "JP"}]
    furnished.clock.advance(timedelta(days=1))
    applied(furnished, document)

    found = [each for each in furnished.run(territories.versions) if each.territory.territory_id == "t"]
    assert [each.territory.country for each in found] == ["CN", "JP"]
    assert found[0].valid_to == found[1].valid_from == furnished.now


def test_entries_that_the_file_lacks_stay_unless_it_is_complete(furnished):
    document = {"territories": {}, "price_floors": {}}

    assert planned(furnished, document) == []
    gone = planned(furnished, document, is_complete=True)
    assert {each.entry for each in gone} == {"t", "drawn", "RED"} and not any(each.after for each in gone)


def test_what_is_set_up_for_shipping_is_written_under_its_name(furnished):
    assert {name: exported(furnished)[name] for name in SHIPPING} == SHIPPING
    assert furnished.run(shipping.setup).departments[0].department_id == "desk"


def test_rule_goes_with_a_complete_file_and_what_is_named_does_not(furnished):
    document = exported(furnished)
    document["shipping_rules"] = {}
    assert [each.entry for each in applied(furnished, document, is_complete=True)] == ["heavy"]

    said = faults(furnished, {"departments": {}, "freight_templates": {}}, is_complete=True)
    assert (
        said == "stores.brand-store.departments: there is no entry of departments 'desk'; there are: none yet"
    )
    assert furnished.run(shipping.setup).rules == () != furnished.run(shipping.setup).departments

    document["stores"]["brand-store"]["departments"] = []
    applied(furnished, {**document, "departments": {}, "freight_templates": {}}, is_complete=True)
    assert furnished.run(shipping.setup).entries() == ()


def test_stores_and_locations_are_never_taken_away(house):
    said = faults(house, {"stores": {}, "locations": {}}, is_complete=True)

    assert "stores.brand-store: cannot be taken away" in said and "status closed" in said
    assert "locations.wh: cannot be taken away" in said and "is_active false" in said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "not an object of sections"),
        ({"shops": {}}, "shops: there is no such section; there are: stores, locations"),
        ({"stores": []}, "stores: is not an object"),
        ({"stores": {"x": {"name": "X", "colour": 1}}}, "stores.x: contains unknown field `colour`"),
        ({"stores": {"x": {}}}, "stores.x: missing required field `name`"),
        ({"stores": {"X!": {"name": "X"}}}, "small letters, digits"),
        ({"stores": {"x": {"name": "X", "currency": "rmb"}}}, "currency 'rmb' is not ISO 4217"),
        ({"stores": {"x": {"name": "X", "time_zone": "Mars"}}}, "there is no time zone 'Mars'"),
        (
            {"stores": {"x": {"name": "X", "policy": {"nice": 1}}}},
            "stores.x.policy: nice: there is no such field",
        ),
        ({"stores": {"x": {"name": "X", "locations": ["moon"]}}}, "no entry of locations 'moon'"),
        ({"stores": {"x": {"name": "X", "policy": {"carriers": ["moon"]}}}}, "no carrier connection 'moon'"),
        ({"stores": {"x": {"name": "X", "links": {"http://10.0.0.1/": "support"}}}}, "is a number"),
        (
            {"stores": {"x": {"name": "X", "certificates": {"c": {"kind": "permit", "number": "1"}}}}},
            "stores.x.certificates[...]: contains unknown field `number`",
        ),
        ({"locations": {"x": {"name": "X", "address": {"country": "China"}}}}, "not ISO 3166-1"),
        ({"territories": {"x": {"versions": []}}}, "leave the whole entry out"),
        ({"territories": {"x": {"versions": [{"store": "moon"}]}}}, "no entry of stores 'moon'"),
        ({"territories": {"x": {"versions": [{"store": "brand-store"}] * 2}}}, "overlap"),
        ({"stores": {"x": {"name": "X", "departments": ["moon"]}}}, "no entry of departments 'moon'"),
        (
            {"departments": {"x": desk(carrier="moon")}},
            "departments.x.offers: there is no carrier connection",
        ),
        ({"departments": {"x": desk(freight="moon")}}, "no entry of freight_templates 'moon'"),
        ({"departments": {"x": desk() | {"locations": ["moon"]}}}, "no entry of locations 'moon'"),
        ({"departments": {"x": desk() | {"time_zone": "Mars"}}}, "there is no time zone 'Mars'"),
        ({"departments": {"x": desk() | {"department_id": "y"}}}, "departments.x: department_id 'y' is not"),
        ({"departments": {"x": {"name": "X", "offers": []}}}, "has no offers"),
        ({"shipping_rules": {"x": {"department": "moon"}}}, "shipping_rules.x.department: there is no"),
        ({"shipping_rules": {"x": {"carrier": "moon"}}}, "no carrier connection 'moon'; there are: carrier"),
        ({"shipping_rules": {"x": {"service": "1", "stores": ["moon"]}}}, "no entry of stores 'moon'"),
        ({"shipping_rules": {"x": {}}}, "rule x chooses nothing"),
        ({"freight_templates": {"x": {"currency": "CNY", "zones": [{}]}}}, "freight_templates.x.zones[0]"),
        ({"areas": {"x": {"polygons": [{"rings": [RING]}]}}}, "orderhub territories import"),
        ({"price_floors": {"X": {"floors": [{"currency": "CNY", "amount": "-1"}]}}}, "is no price"),
    ],
)
def test_mistake_is_told_with_its_path_and_nothing_is_changed(house, document, said):
    before = exported(house)

    assert said in faults(house, document)
    assert exported(house) == before


def test_all_mistakes_are_told_at_once(house):
    document = {"stores": {"x": {"name": 1}, "y": {}}, "price_floors": {"RED": {}}, "shops": {}}

    assert len(faults(house, document).splitlines()) == 4


def test_changes_are_recorded_with_who_made_them(house):
    applied(house, {"stores": {"west": {"name": "West"}}})
    applied(house, {"stores": {"west": {"name": "Far West"}}})

    newest, first = house.run(lambda uow: setting_changes.newest(uow, 5))
    assert (newest.actor, newest.at) == ("cli:li", house.now)
    assert list(newest.change.fields()) == [("name", "West", "Far West")]
    assert first.change.before is None


def test_policy_that_changes_gets_the_next_version_and_no_other(furnished):
    document = exported(furnished)
    document["stores"]["brand-store"]["brand"] = "Acme"
    version = "SELECT policy_version FROM stores WHERE id = 'brand-store'"
    before = furnished.value(version)
    applied(furnished, document)
    assert furnished.value(version) == before

    document["stores"]["brand-store"]["policy"] = {"ship_authorized": True}
    applied(furnished, document)
    assert furnished.value(version) == before + 1


def test_a_thousand_stores_take_as_many_statements_as_two(house, count_statements):
    def document(number):
        names = [f"s{each}" for each in range(number)]
        store = {
            "name": "S",
            "brand": f"brand of {number}",
            "certificates": {"licence": {"kind": "business_licence", "valid_until": "2027-01-01"}},
            "links": {"https://shop.example.com/": "storefront"},
            "policy": {"rules": [{"rule": "payment_delay", "minutes": 30}]},
        }
        versions = {"versions": [{"store": names[-1], "country": "CN", "province": "江苏"}]}
        return {"stores": dict.fromkeys(names, store), "territories": dict.fromkeys(names, versions)}

    def statements(number):
        count_statements()
        applied(house, document(number))
        return count_statements()

    statements(1)
    assert statements(2) == statements(1000)
    assert planned(house, document(1000)) == []


CERTIFICATES = st.builds(
    Certificate,
    kind=st.sampled_from(CertificateKind),
    issuer=TEXT,
    valid_from=st.none() | st.dates(max_value=date(2026, 1, 1)),
    valid_until=st.none() | st.dates(min_value=date(2026, 1, 1)),
    document=TEXT,
)
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "ship_authorized": st.booleans(),
        "parcel_limits": st.fixed_dictionaries({}, optional={"most_units": st.integers(1, 9)}),
        "rules": st.just([{"rule": name} for name in OPTIONAL if name in ("unmapped", "blacklist")]),
    },
)
STORE_ENTRIES = st.builds(
    StoreEntry,
    name=TEXT,
    brand=TEXT,
    owner=TEXT,
    currency=st.sampled_from(["", "CNY", "EUR"]),
    time_zone=st.sampled_from(["", "UTC", "Asia/Shanghai"]),
    status=st.sampled_from(StoreStatus),
    locations=st.sampled_from([(), ("wh",)]),
    certificates=st.dictionaries(NAME, CERTIFICATES, max_size=2),
    links=st.dictionaries(
        st.sampled_from(["https://a.example.com/", "http://b.example.com/x?y=1"]), st.sampled_from(LinkKind)
    ),
).map(plain)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stores=st.dictionaries(
        NAME, st.tuples(STORE_ENTRIES, POLICIES).map(lambda both: {**both[0], "policy": both[1]}), max_size=3
    )
)
def test_whatever_was_applied_is_exported_and_applying_that_changes_nothing(house, stores):
    applied(house, {"stores": stores})

    document = exported(house)
    assert stores.keys() <= document["stores"].keys()
    assert planned(house, {"stores": stores}) == planned(house, document, is_complete=True) == []
