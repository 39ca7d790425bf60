"""Stores that lose, double or delay orders."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
import msgspec
from orderhub_acme.connector import OVERLAP, PAGE, AcmeConnector
from orderhub_acme.connector import _orders as orders_of
from orderhub_acme.mapping import outward
from orderhub_acme.settings import AcmeSettings

from broken.planted import in_acme
from connectors.kit import (
    AuthenticationFailed,
    Delivery,
    Outside,
    Page,
    Rejected,
    UnexpectedPayload,
)
from connectors.kit.windows import windows


class DropsTheOverlap(AcmeConnector):
    """reads on exactly where it stopped"""

    def _since(self, bookmark: str, now: datetime) -> datetime:
        return super()._since(bookmark, now) + (OVERLAP if bookmark else timedelta(0))


class IgnoresTheLastPage(AcmeConnector):
    """leaves the last page out"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        skipped = False
        async for page in super().pull_orders(bookmark):
            if page.bookmark is None and not skipped:
                skipped = True
                continue
            yield page


class MovesTheBookmarkEarly(AcmeConnector):
    """gives the window's end as bookmark before its pages are through"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        async for page in super().pull_orders(bookmark):
            yield msgspec.structs.replace(page, bookmark=page.bookmark or self.outside.now().isoformat())


class ReadsForward(AcmeConnector):
    """reads a newest-first list from its first page to its last"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        now = self.outside.now()
        for start, end in windows(self._since(bookmark, now), now, length=timedelta(days=7), overlap=OVERLAP):
            span = {"changed_from": outward.wall_clock(start), "changed_to": outward.wall_clock(end)}
            total, number = PAGE, 0
            while number * PAGE < total:
                number += 1
                page = await self._page(span, number)
                total = page.total
                last = number * PAGE >= total
                yield Page(deliveries=orders_of(page), bookmark=end.isoformat() if last else None)


class DropsEqualTimes(AcmeConnector):
    """takes two orders with one time stamp for the same"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        seen: dict[datetime | None, str] = {}
        async for page in super().pull_orders(bookmark):
            kept = [
                it for it in page.deliveries if seen.setdefault(it.version, it.external_id) == it.external_id
            ]
            yield msgspec.structs.replace(page, deliveries=tuple(kept))


class GoesBack(AcmeConnector):
    """sets the bookmark to now, whatever it was"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        async for page in super().pull_orders(bookmark):
            yield page
        yield Page(bookmark=self.outside.now().isoformat())


class NeverStops(AcmeConnector):
    """goes on when nothing more is due"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        async for page in super().pull_orders(bookmark):
            yield page
        while True:
            yield Page()


class StartsAtNow(AcmeConnector):
    """reads only the last window after a long silence"""

    def _since(self, bookmark: str, now: datetime) -> datetime:
        return max(super()._since(bookmark, now), now - timedelta(days=7))


class IgnoresSmallSkew(AcmeConnector):
    """trusts the platform's clock to the second"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        now = self.outside.now()
        since = self._since(bookmark, now)
        async for page in super().pull_orders(bookmark):
            kept = [it for it in page.deliveries if it.version is None or it.version >= since]
            yield msgspec.structs.replace(page, deliveries=tuple(kept))


class OnlyNewOrders(AcmeConnector):
    """delivers an order only once"""

    _seen: ClassVar[set[str]] = set()

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        seen = self._seen if bookmark else set[str]()
        async for page in super().pull_orders(bookmark):
            kept = [it for it in page.deliveries if it.external_id not in seen]
            self._seen.update(it.external_id for it in page.deliveries)
            yield msgspec.structs.replace(page, deliveries=tuple(kept))


class FailsWhenEmpty(AcmeConnector):
    """takes an empty store for a broken contract"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        async for page in super().pull_orders(bookmark):
            if not page.deliveries:
                raise UnexpectedPayload("no orders")
            yield page


class NeverRenews(AcmeConnector):
    """gives up when the token ends"""

    async def _ask(self, *given: Any, write: bool = False, json: Any = None, **request: Any) -> Any:
        tokens = await self.outside.credentials.current() or await self.outside.credentials.renew(
            {}, self._login
        )
        try:
            await self._send("GET", "/products", tokens, write=False, params={"page": "1", "size": "1"})
        except AuthenticationFailed:
            await self.outside.credentials.renew(tokens, self._login)
            raise
        return await super()._ask(*given, write=write, json=json, **request)


class SkipsUnreadablePages(AcmeConnector):
    """takes a page that cannot be read for an empty one"""

    async def _page(self, span: Mapping[str, str], number: int) -> outward.OrderPage:
        try:
            return await super()._page(span, number)
        except UnexpectedPayload:
            return outward.OrderPage(ok=True, total=0, orders=[])


class SkipsOutages(AcmeConnector):
    """goes on with the next page when one fails"""

    async def _page(self, span: Mapping[str, str], number: int) -> outward.OrderPage:
        try:
            return await super()._page(span, number)
        except Exception:
            return outward.OrderPage(ok=True, total=0, orders=[])


class NeverRepeatsReads(AcmeConnector):
    """sends reads as writes, so that the first hiccup ends the pull"""

    async def _send(self, *given: Any, **request: Any) -> httpx.Response:
        return await super()._send(*given, **{**request, "write": True})


class FetchesFifty(AcmeConnector):
    """fetches no more than one call takes"""

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        return await super().fetch_orders(ids[:PAGE])


class FailsOnUnknownIds(AcmeConnector):
    """fails as a whole if one order is unknown"""

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = await super().fetch_orders(ids)
        if len(found) < len(ids):
            raise Rejected("unknown order")
        return found


class FetchesFromMemory(AcmeConnector):
    """answers a fetch with what it fetched before"""

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._kept: dict[str, Delivery] = {}

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        if not all(order_id in self._kept for order_id in ids):
            self._kept |= {it.external_id: it for it in await super().fetch_orders(ids)}
        return [self._kept[order_id] for order_id in ids if order_id in self._kept]


class ClosedInterval(AcmeConnector):
    """lists the end of the interval too"""

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        return await super().list_order_ids(start, end + timedelta(seconds=1))


class FirstListingOnly(AcmeConnector):
    """lists one product per page and stops"""

    async def pull_listings(self) -> AsyncIterator[Page]:
        async for page in super().pull_listings():
            yield Page(deliveries=page.deliveries[:1])


class FirstPageOfListingsOnly(AcmeConnector):
    """lists one page of products and stops"""

    async def pull_listings(self) -> AsyncIterator[Page]:
        async for page in super().pull_listings():
            yield page
            return


PULL_FAULTS = (
    in_acme("pull.late_order_is_seen", connector=DropsTheOverlap),
    in_acme("pull.crowd_at_one_instant", connector=IgnoresTheLastPage),
    in_acme("pull.crash_between_pages_loses_nothing", connector=MovesTheBookmarkEarly),
    in_acme("turbulence.drift_while_paging_loses_nothing", connector=ReadsForward),
    in_acme("pull.crowd_at_one_instant", connector=DropsEqualTimes),
    in_acme("pull.bookmark_never_goes_back", connector=GoesBack),
    in_acme("pull.everything_arrives", connector=NeverStops),
    in_acme("pull.long_silence_is_caught_up", connector=StartsAtNow),
    in_acme("pull.platform_clock_may_jump", connector=IgnoresSmallSkew),
    in_acme("pull.edit_is_seen", connector=OnlyNewOrders),
    in_acme("pull.nothing_brings_nothing", connector=FailsWhenEmpty),
    in_acme("turbulence.token_may_end_meanwhile", connector=NeverRenews),
    in_acme("turbulence.cut_answer_is_refused_whole", connector=SkipsUnreadablePages),
    in_acme("turbulence.outage_loses_nothing", connector=SkipsOutages),
    in_acme("turbulence.hiccup_is_survived", connector=NeverRepeatsReads),
    in_acme("reads.known_orders_are_fetched", connector=FetchesFifty),
    in_acme("reads.unknown_order_is_left_out", connector=FailsOnUnknownIds),
    in_acme("reads.fetch_shows_an_edit", connector=FetchesFromMemory),
    in_acme("reads.ids_are_complete", connector=ClosedInterval),
    in_acme("reads.listings_are_complete", connector=FirstListingOnly),
    in_acme("reads.many_listings_are_complete", connector=FirstPageOfListingsOnly),
)
