"""Live connectors: rebuilt when their settings change, never under the hands of a job."""

import pytest

from hub.connections import UnknownPlatform


async def _open(door, connection: str = "shop"):
    live = await door.hub.live.open(connection)
    assert live is not None
    return live


async def test_a_connector_is_made_once(door) -> None:
    assert (await _open(door)).connector is (await _open(door)).connector


async def test_pausing_and_resuming_leaves_a_job_in_the_middle_alone(door) -> None:
    """A job holds its connector; somebody else finds the connection paused and opens it again."""
    held = await _open(door)
    await door.hub.database.run(lambda uow: door.hub.books.connections.pause(uow, "shop", "a test"))
    await _open(door)
    await door.hub.database.run(lambda uow: door.hub.books.connections.resume(uow, "shop"))
    await _open(door)
    await held.connector.check()


async def test_new_settings_make_a_new_connector_and_leave_the_former_usable(door) -> None:
    held = await _open(door)
    changed = {**door.twins["shop"].settings("https://shop.example"), "former_client_secret": "x" * 20}
    await door.hub.database.run(lambda uow: door.hub.books.connections.replace_settings(uow, "shop", changed))
    assert (await _open(door)).connector is not held.connector
    await held.connector.check()


async def test_the_state_is_always_as_stored(door) -> None:
    await _open(door)
    await door.hub.database.run(lambda uow: door.hub.books.connections.pause(uow, "shop", "a test"))
    assert (await _open(door)).connection.paused_reason == "a test"


async def test_a_plug_in_that_is_gone_is_named(door) -> None:
    await door.hub.database.run(
        lambda uow: uow.change("UPDATE connections SET platform = 'gone' WHERE id = 'other'")
    )
    door.hub.live._live.pop("other")
    with pytest.raises(UnknownPlatform, match="gone"):
        await door.hub.live.open("other")
    assert await _open(door)
