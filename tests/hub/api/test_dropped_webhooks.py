"""A webhook that the platform dropped is registered again, and what happened meanwhile is asked for."""

from datetime import timedelta

from hub.domain.completeness import HOUR, Certificate, Kind, hour_of
from hub.jobs.webhooks import register_webhooks
from hub.storage import completeness
from hub.storage.database import UnitOfWork


async def heard(door) -> list[str]:
    """Wakes of one look at the webhooks."""
    woken: list[str] = []

    async def hear(wakes):
        woken.extend(wake.job for wake in wakes)

    door.hub.database.after_commit = hear
    await register_webhooks(door.hub, "shop")
    return woken


async def test_dropped_webhook_comes_back_and_the_gap_is_pulled(door, caplog) -> None:
    await heard(door)
    before = sorted(door.twins["shop"].subscriptions.values())
    door.twins["shop"].subscriptions.clear()
    door.clock.advance(timedelta(minutes=5))

    assert await heard(door) == ["pull", "reconcile"]

    assert sorted(door.twins["shop"].subscriptions.values()) == before
    assert "platform dropped webhooks" in caplog.text
    door.clock.advance(timedelta(minutes=5))
    assert await heard(door) == []


async def test_first_registration_is_no_loss(door) -> None:
    door.twins["shop"].subscriptions.clear()
    assert await heard(door) == []


async def test_certificate_names_what_was_dropped_in_its_hour(door) -> None:
    await heard(door)
    door.twins["shop"].subscriptions.popitem()
    door.clock.advance(timedelta(minutes=5))
    await heard(door)
    hour = hour_of(door.hub.now())
    found = []
    for each in (hour - HOUR, hour):
        made = Certificate(
            store_id="", connection_id="shop", kind=Kind.IDS, hour=each, compared=0, checked_at=each
        )
        await door.hub.database.run(lambda uow: completeness.certify(uow, made))  # noqa: B023 - runs at once

    def read(uow: UnitOfWork) -> list[Certificate]:
        return completeness.certificates(uow, "", hour - HOUR)

    found = await door.hub.database.read(read)
    assert [len(each.dropped_webhooks) for each in found] == [1, 0]
