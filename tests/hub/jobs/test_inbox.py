"""A batch that fails as a whole is worked off one by one; what is at fault is parked alone."""

import logging
from datetime import UTC, datetime

import msgspec
import pytest

from hub.jobs.inbox import work_inbox
from mappings.canonical import Buyer
from tests.hub.samples import line, replace, sales

POISONED = {
    "time before all time": sales(placed_at=datetime(1, 1, 1, tzinfo=UTC)),
    "the same line twice": sales(line(), line()),
    "more units than a column holds": sales(line(quantity=2**31)),
}


def others(*numbers):
    return [sales(external_id=f"{each}", buyer=Buyer(reference=f"{each}")) for each in numbers]


@pytest.mark.parametrize("how", POISONED)
async def test_document_that_the_pipeline_dies_of_is_parked_alone(hub, house, caplog, how):
    house.receive(*others(1, 2), POISONED[how], *others(3, 4))

    with caplog.at_level(logging.CRITICAL, logger="hub.jobs.inbox"):
        await work_inbox(hub, "live")

    stages = house.stages()
    bad = stages.pop("4711", None)
    assert stages == dict.fromkeys("1234", "released")
    parked = house.rows("SELECT external_id, path, reason FROM inbox WHERE state <> 'done'")
    if bad is None:
        assert [(external_id, path) for external_id, path, _ in parked] == [("4711", "$")]
        assert parked[0][2].startswith("could not be worked off: ")
    else:  # SQLite's integers are wider
        assert (how, bad, parked) == ("more units than a column holds", "backordered", [])


async def test_parked_document_leaves_nothing_behind(hub, house):
    house.receive(POISONED["the same line twice"])

    await work_inbox(hub, "live")

    assert house.stages() == {}
    assert (house.stock("RED"), house.value("SELECT count(*) FROM outbox")) == ((10, 0), 0)


async def test_it_is_read_again_after_a_fix(hub, house):
    house.receive(POISONED["the same line twice"])
    await work_inbox(hub, "live")
    parked = house.value("SELECT id FROM inbox")
    mended = hub.books.connections.key("store").seal(msgspec.json.encode(sales()), f"inbox:{parked}")
    house.run(lambda uow: uow.change("UPDATE inbox SET document = :document", document=mended))

    house.run(lambda uow: hub.books.inbox.replay(uow, [parked]))
    await work_inbox(hub, "live")

    assert house.stages() == {"4711": "released"}


async def test_lane_is_worked_off_to_its_end_in_batches(hub, house):
    house.receive(*others(*range(7)))
    small = replace_settings(hub, batch_size=3)

    await work_inbox(small, "live")

    assert len(house.stages()) == 7


def replace_settings(hub, **changes):
    from dataclasses import replace as with_changes

    return with_changes(hub, settings=hub.settings.model_copy(update=changes))


async def test_sealed_document_of_another_row_is_parked(hub, house):
    """A value that was copied into another row does not open there."""
    house.receive(*others(1, 2))
    house.run(
        lambda uow: uow.change(
            "UPDATE inbox SET document = (SELECT document FROM inbox WHERE external_id = '1')"
            " WHERE external_id = '2'"
        )
    )

    await work_inbox(hub, "live")

    assert house.rows("SELECT external_id, state, reason FROM inbox ORDER BY external_id") == [
        ("1", "done", ""),
        ("2", "parked", "the mapping of plain failed with VaultError"),
    ]


async def test_forgotten_document_says_so_when_it_is_asked_for(hub, house):
    house.receive(replace(sales()))
    house.run(lambda uow: uow.change("UPDATE inbox SET document = NULL"))

    await work_inbox(hub, "live")

    assert house.rows("SELECT state, reason FROM inbox") == [
        ("parked", "the document was thrown away after its time")
    ]
