"""Territories in the database: versions by their time, polygons once, one map as long as nothing changes."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hub.domain.territories import Polygon, Territory, Wgs84
from hub.storage import territories
from hub.storage.territories import TerritoryMaps
from tests.hub.samples import address

RING = ((121.0, 31.0), (122.0, 31.0), (122.0, 32.0), (121.0, 31.0))
HERE = Wgs84(121.9, 31.5)


def shape(**changes):
    return Territory(**{"territory_id": "t", "store_id": "brand-store", "country": "CN", **changes})


def save(house, territory, days=0, polygons=()):
    at = house.now + timedelta(days=days)
    return house.run(lambda uow: territories.save(uow, territory, at, polygons))


def owner(house, maps, days=0, point=None, **changes):
    at = house.now + timedelta(days=days)
    found = house.run(lambda uow: maps.at(uow, at)).owner(address(**changes), point)
    return found and found.territory_id


def told(house):
    found = house.run(territories.versions)
    return [
        (
            each.territory.province,
            (each.valid_from - house.now).days,
            each.valid_to and (each.valid_to - house.now).days,
        )
        for each in found
    ]


def test_change_closes_the_old_row_and_opens_a_new_one(house):
    assert save(house, shape(province="江苏"), days=5)
    assert not save(house, shape(province="江苏"), days=6)
    assert save(house, shape(province="浙江"), days=9)

    assert told(house) == [("", 0, 5), ("江苏", 5, 9), ("浙江", 9, None)]
    assert house.run(lambda uow: territories.end(uow, "t", house.now + timedelta(days=7)))
    assert told(house) == [("", 0, 5), ("江苏", 5, 7)]
    assert not house.run(lambda uow: territories.end(uow, "nothing", house.now))


def test_decisions_use_what_is_valid_at_their_instant(house):
    save(house, shape(province="江苏"), days=5)
    maps = TerritoryMaps()

    assert [owner(house, maps, days=day) for day in (-1, 0, 4.99, 5)] == [None, "t", "t", None]


def test_map_stays_while_nothing_changes_and_is_made_anew_when_something_does(house):
    maps = TerritoryMaps()
    first = house.run(lambda uow: maps.at(uow, house.now))

    assert house.run(lambda uow: maps.at(uow, house.now + timedelta(days=1))) is first
    save(house, shape(province="江苏"))
    assert house.run(lambda uow: maps.at(uow, house.now)) is not first
    assert owner(house, maps) is None


def test_change_that_is_rolled_back_is_not_remembered(house):
    maps = TerritoryMaps()

    def fail(uow):
        territories.save(uow, shape(province="江苏"), house.now)
        assert maps.at(uow, house.now).owner(address()) is None
        raise LookupError

    with pytest.raises(LookupError):
        house.run(fail)
    assert owner(house, maps) == "t"


def test_polygons_are_stored_once_and_decide(house):
    polygons = [Polygon(rings=(RING,))]
    save(house, shape(territory_id="drawn", country=""), polygons=polygons)
    save(house, shape(territory_id="again", country=""), polygons=polygons)
    maps = TerritoryMaps()

    assert house.value("SELECT COUNT(*) FROM territory_areas") == 1
    assert owner(house, maps, point=HERE, country="JP") == "again"
    assert owner(house, maps, point=Wgs84(121.1, 31.9), country="JP") is None


def test_polygons_are_read_once(house, count_statements):
    save(house, shape(territory_id="drawn"), polygons=[Polygon(rings=(RING,))])
    maps = TerritoryMaps()

    def statements():
        count_statements()
        owner(house, maps, point=HERE)
        return count_statements()

    first, unchanged = statements(), statements()
    save(house, shape(territory_id="other", province="江苏"))
    assert statements() == unchanged == first - 1


def test_database_refuses_two_open_versions_of_one_territory(house):
    def open_another(uow):
        uow.change(
            "INSERT INTO territories (id, valid_from, store_id, country) VALUES ('t', 1, 'brand-store', 'CN')"
        )

    with pytest.raises(IntegrityError):
        house.run(open_another)
