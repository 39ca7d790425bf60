"""Campaigns of one channel, as promotions."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.kit import AuthenticationFailed, Rejected, Unsupported
from connectors.stores.vendure import documents
from connectors.stores.vendure.session import Session
from mappings.canonical import Campaign, ShownCampaign
from mappings.stores.vendure import campaigns
from mappings.stores.vendure.answers import ResultAnswer
from mappings.stores.vendure.campaigns import LanguageAnswer, Promotion, PromotionsAnswer
from mappings.stores.vendure.queries import list_options


class Campaigns:
    """`session` sends for the connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def tell(self, campaign: Campaign) -> str:
        """Found by its id, else by the mark in its description; else made."""
        if why := campaigns.cannot_be_told(campaign):
            raise Unsupported(why)
        with _permitted():
            known = await self._find(campaign)
            channel = await self._session.send(documents.LANGUAGE, {}, LanguageAnswer, write=False)
            wanted = campaigns.promotion_input(campaign, channel.active_channel.default_language_code)
            if known is None:
                return await self._write(documents.CREATE_PROMOTION, wanted)
            return await self._write(documents.UPDATE_PROMOTION, {"id": known.id, **wanted})

    async def read(self, campaign: Campaign) -> ShownCampaign | None:
        with _permitted():
            known = await self._find(campaign)
        return campaigns.shown_campaign(known) if known else None

    async def end(self, campaign: Campaign) -> None:
        """Switched off and not deleted, so that the shop's past orders still name it."""
        with _permitted():
            known = await self._find(campaign)
            if known is not None and known.enabled:
                await self._write(documents.UPDATE_PROMOTION, {"id": known.id, "enabled": False})

    async def _find(self, campaign: Campaign) -> Promotion | None:
        for conditions in campaigns.having(campaign):
            variables = {"options": list_options(conditions, skip=0, take=1)}
            found = await self._session.send(documents.PROMOTIONS, variables, PromotionsAnswer, write=False)
            if found.list.items:
                return found.list.items[0]
        return None

    async def _write(self, document: str, wanted: dict[str, object]) -> str:
        answer = await self._session.send(document, {"input": wanted}, ResultAnswer, write=True)
        if answer.result.error_code:
            code = answer.result.error_code
            raise Rejected(f"Vendure refused the promotion with {code}", code=code)
        return answer.result.id


@contextmanager
def _permitted() -> Iterator[None]:
    """An administrator without permissions for promotions stops campaigns, not the whole connection."""
    try:
        yield
    except AuthenticationFailed as error:
        if error.code != "FORBIDDEN":
            raise
        words = "the administrator may not manage promotions: grant Read-, Create- and UpdatePromotion"
        raise Rejected(words, code=error.code) from None
