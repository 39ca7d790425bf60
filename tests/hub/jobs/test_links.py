"""Web links of stores are visited once a day, whatever a site does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.store_records import LinkKind, StoreRecord
from hub.jobs import links
from hub.jobs.housekeeping import housekeeping
from hub.jobs.links import check_links
from hub.storage import store_records
from hub.visits import Page, Visitor
from tests.hub.sites import Sites

URLS = [f"https://s{number}.example.com/" for number in range(5)]


@pytest.fixture
def sites():
    """Four sites that answer; nobody knows the name of the fifth."""
    made = Sites()
    for url in URLS[:-1]:
        made.put(url)
    return made


@pytest.fixture
def linked(hub, house, sites):
    record = StoreRecord(links=dict.fromkeys(URLS, LinkKind.STOREFRONT))
    house.run(lambda uow: store_records.save(uow, {"brand-store": record}))
    return replace(hub, visitor=sites.visitor)


def visited_sites(sites):
    return sorted({host for _, host, path, _ in sites.asked if path == "/"})


async def test_every_link_is_visited_once_a_day_in_rounds(linked, house, sites, monkeypatch):
    monkeypatch.setattr(links, "PER_ROUND", 2)

    await check_links(linked)
    assert len(visited_sites(sites)) == 4
    assert [each.is_up for each in house.run(store_records.links)] == [True] * 4 + [False]

    sites.asked.clear()
    house.clock.advance(timedelta(hours=23))
    await check_links(linked)
    assert sites.asked == []
    house.clock.advance(timedelta(hours=2))
    await check_links(linked)
    assert len(visited_sites(sites)) == 4


async def test_housekeeping_wakes_the_visits_when_one_is_due(linked, house):
    woken = []

    async def hear(wakes):
        woken.extend(wake.job for wake in wakes)

    linked.database.after_commit = hear
    await housekeeping(linked)
    assert "check_links" in woken
    await check_links(linked)
    woken.clear()
    await housekeeping(linked)
    assert "check_links" not in woken


async def test_no_more_than_five_sites_are_visited_at_once(linked, house):
    most = now = 0

    class Counting(Visitor):
        async def visit(self, url):
            nonlocal most, now
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return Page(status=404, text="")

    record = StoreRecord(links={f"https://t{n}.example.com/": LinkKind.SOCIAL for n in range(20)})
    house.run(lambda uow: store_records.save(uow, {"brand-store": record}))
    await check_links(replace(linked, visitor=Counting()))
    assert 1 < most <= links.AT_ONCE
