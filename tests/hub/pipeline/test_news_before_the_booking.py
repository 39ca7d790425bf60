"""A carrier reports a parcel under our reference while the booking's answer is still unknown. Found by the
simulation: the store was told of a parcel without a number."""

from mappings.canonical import TrackingEvent, TrackingReport, TrackingStatus
from tests.hub.samples import sales


def test_the_number_is_learnt_before_the_store_is_told(house):
    house.take(sales())
    reference = house.value("SELECT id FROM consignments")

    picked_up = TrackingEvent(
        occurred_at=house.now, status=TrackingStatus.PICKED_UP, code="50", description="picked up"
    )
    house.report(
        TrackingReport(
            carrier="plain-carrier", tracking_number="N1", reference=reference, events=(picked_up,)
        )
    )
    house.work()

    assert house.rows("SELECT stage, tracking_number FROM consignments") == [("dispatched", "N1")]
    assert house.value("SELECT count(*) FROM outbox WHERE verb = 'push_fulfilment'") == 1
