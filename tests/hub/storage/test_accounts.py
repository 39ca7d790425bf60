"""Tokens are recognised, and only while they may be; the trail keeps what was done."""

from datetime import timedelta

import pytest

from hub.storage import accounts
from hub.storage.accounts import NameTaken, Role, Token
from tests.hub.house import House


def made(house: House, name: str = "till", role: Role = Role.CLERK, **more) -> str:
    text, key = accounts.new_token(), index(house)
    house.run(lambda uow: accounts.add(uow, text, name, role, index=key, actor="test", now=house.now, **more))
    return text


def index(house: House):
    return house.run(house.books.connections.open_index)


def recognised(house: House, text: str) -> Token | None:
    key = index(house)
    return house.run(lambda uow: accounts.recognised(uow, text, key, house.now))


def test_a_token_is_recognised_with_its_role(house: House) -> None:
    token = recognised(house, made(house))
    assert token and (token.name, token.role, token.actor) == ("till", Role.CLERK, "token:till")


def test_nothing_in_the_database_is_a_token(house: House) -> None:
    text = made(house)
    ((prefix, digest),) = house.rows("SELECT prefix, digest FROM api_tokens")
    assert prefix in text and digest not in text
    assert text.rpartition("_")[2] not in str(house.rows("SELECT * FROM api_tokens"))


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"), lambda t: "", str.upper]
)
def test_what_differs_in_one_letter_is_no_token(house: House, spoil) -> None:
    assert recognised(house, spoil(made(house))) is None


def test_an_expired_token_opens_nothing(house: House) -> None:
    text = made(house, expires_at=house.now + timedelta(hours=1))
    house.clock.advance(timedelta(minutes=59))
    assert recognised(house, text)
    house.clock.advance(timedelta(minutes=1))
    assert recognised(house, text) is None


def test_a_revoked_token_opens_nothing_and_its_name_is_free_again(house: House) -> None:
    text = made(house)
    with pytest.raises(NameTaken):
        made(house)
    assert house.run(lambda uow: accounts.revoke(uow, "till", house.now))
    assert recognised(house, text) is None
    assert not house.run(lambda uow: accounts.revoke(uow, "till", house.now))
    assert recognised(house, made(house))


def test_the_last_use_never_goes_back(house: House) -> None:
    token = recognised(house, made(house))
    assert token and token.used_at is None
    for at in (house.now, house.now - timedelta(hours=1)):
        house.run(lambda uow, at=at: accounts.note_use(uow, {token.prefix: at}))
    (after,) = house.run(accounts.tokens)
    assert after.used_at == house.now


def test_the_trail_is_read_in_pages_the_newest_first(house: House) -> None:
    for number in range(3):
        house.run(
            lambda uow, number=number: accounts.record(
                uow, f"t{number}", "token:till", "order.hold", "o1", {"n": number}, house.now
            )
        )
    first = house.run(lambda uow: accounts.trail(uow, actor="token:till", limit=2))
    assert [each.facts["n"] for each in first] == [2, 1]
    rest = house.run(lambda uow: accounts.trail(uow, before=first[-1].id, limit=2))
    assert [each.facts["n"] for each in rest] == [0]
    assert house.run(lambda uow: accounts.trail(uow, actor="token:other", limit=2)) == []


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (Role.VIEWER, Role.VIEWER, True),
        (Role.VIEWER, Role.CLERK, False),
        (Role.CLERK, Role.ADMINISTRATOR, False),
        (Role.ADMINISTRATOR, Role.CLERK, True),
    ],
)
def test_a_role_may_what_lesser_ones_may(role: Role, needed: Role, may: bool) -> None:
    assert role.may(needed) is may
