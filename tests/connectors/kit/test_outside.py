"""Tokens in memory: renewed by the first who sees them end, not by all."""

import pytest

from connectors.kit import CredentialsInMemory


class Renewal:
    """Counts renewals; each gives a new token."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []

    async def __call__(self, stored):
        self.seen.append(dict(stored))
        return {"token": str(len(self.seen))}


async def test_only_the_first_of_two_who_saw_the_same_token_renews_it():
    credentials, renewal = CredentialsInMemory({"token": "old"}), Renewal()
    seen = await credentials.current()

    first = await credentials.renew(seen, renewal)
    second = await credentials.renew(seen, renewal)

    assert first == second == {"token": "1"}
    assert renewal.seen == [{"token": "old"}]


async def test_stored_token_is_kept_when_the_renewal_fails():
    credentials = CredentialsInMemory({"token": "old"})

    async def fails(stored):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await credentials.renew(await credentials.current(), fails)

    assert await credentials.current() == {"token": "old"}
