"""Look again at what stores show of campaigns that they were told."""

from connectors.kit import ConnectorError, RunsCampaigns
from hub.context import HubContext
from hub.domain.campaigns import Standing
from hub.pipeline.campaigns import looked_at
from hub.storage import campaigns
from hub.storage.campaigns import StoreStanding

_SHOWN = (Standing.ACCEPTED, Standing.DIFFERS, Standing.ENDED)


async def check_campaign(hub: HubContext, campaign_id: str) -> dict[str, str]:
    """Ask every store that answered about it; returns those that could not be asked, and why."""
    known = await hub.database.read(lambda uow: campaigns.standings(uow, campaign_id))
    failed: dict[str, str] = {}
    for each in known.values():
        if each.told is not None and each.standing in _SHOWN:
            try:
                await _look(hub, each)
            except ConnectorError as error:
                failed[each.connection_id] = str(error)
    return failed


async def _look(hub: HubContext, was: StoreStanding) -> None:
    live, told = await hub.live.open(was.connection_id), was.told_with_id()
    if live is None or told is None or not isinstance(live.connector, RunsCampaigns):
        return
    shown = await live.connector.read_campaign(told)
    await hub.database.run(lambda uow: looked_at(uow, was, shown, hub.now()))
