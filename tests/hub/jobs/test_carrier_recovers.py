"""A carrier connection that failed for a while is shown as working again. Found by the simulation: only pulls
ended a failure, and carriers are never pulled."""

from connectors.kit import Transient
from hub.jobs.outbox import work_outbox
from hub.jobs.track import track
from tests.hub.samples import sales


def failures(house):
    return house.value("SELECT failures FROM connections WHERE id = 'carrier'")


async def test_tracking_that_works_again_ends_the_failure(hub, house, desk):
    house.take(sales())
    await work_outbox(hub, "carrier")
    house.clock.advance(hub.settings.track_every)
    desk.will("track", Transient("the carrier does not answer"))
    await track(hub, "carrier")
    assert failures(house) == 1

    house.clock.advance(hub.settings.track_every)
    await track(hub, "carrier")

    assert failures(house) == 0
