"""Sealed values open only with their key, in their place."""

import base64

import pytest

from hub.storage.connections import Connections
from hub.vault import BlindIndex, SealingKey, Vault, VaultError, new_master_key


def connections_with(*keys):
    return Connections(Vault(keys))


class TestKeys:
    @pytest.mark.parametrize(
        "keys, remedy",
        [
            ([], "HUB_MASTER_KEYS"),
            (["not base64!"], "not base64"),
            ([base64.b64encode(b"short").decode()], "weak"),
            ([base64.b64encode(bytes(32)).decode()], "weak"),
            ([base64.b64encode(b"password" * 4).decode()], "weak"),
        ],
    )
    def test_missing_or_weak_master_key_is_refused_with_the_remedy(self, keys, remedy):
        with pytest.raises(VaultError, match=remedy):
            Vault(keys)

    def test_fresh_keys_are_strong_and_differ(self):
        assert new_master_key() != new_master_key()
        Vault([new_master_key()])


class TestSealing:
    key = SealingKey(bytes(range(32)))

    def test_opens_in_its_place(self):
        assert self.key.open(self.key.seal(b"secret", "a:1:x"), "a:1:x") == b"secret"

    def test_same_value_never_looks_the_same(self):
        assert self.key.seal(b"secret", "a") != self.key.seal(b"secret", "a")

    @pytest.mark.parametrize("spoil", [lambda v: v[:-1] + bytes([v[-1] ^ 1]), lambda v: b"\x02" + v[1:]])
    def test_changed_value_does_not_open(self, spoil):
        with pytest.raises(VaultError, match=r"a:1"):
            self.key.open(spoil(self.key.seal(b"secret", "a:1")), "a:1")

    def test_moved_value_does_not_open(self):
        with pytest.raises(VaultError, match="a:2"):
            self.key.open(self.key.seal(b"secret", "a:1"), "a:2")

    def test_other_key_does_not_open(self):
        with pytest.raises(VaultError):
            SealingKey(bytes(32)).open(self.key.seal(b"secret", "a"), "a")


class TestStoredConnections:
    def test_settings_are_sealed_at_rest(self, house):
        assert b"s3cret" not in bytes(house.value("SELECT settings FROM connections WHERE id = 'store'"))
        assert house.run(lambda uow: house.books.connections.one(uow, "store")).settings == {"key": "s3cret"}

    def test_settings_copied_into_another_connection_do_not_open(self, house):
        house.run(
            lambda uow: uow.change(
                "UPDATE connections SET settings = (SELECT settings FROM connections WHERE id = 'store')"
                " WHERE id = 'carrier'"
            )
        )

        with pytest.raises(VaultError):
            house.run(lambda uow: house.books.connections.one(uow, "carrier"))

    def test_wrong_master_key_opens_nothing_and_names_the_remedy(self, house):
        with pytest.raises(VaultError, match="add the former key to HUB_MASTER_KEYS"):
            house.run(lambda uow: connections_with(new_master_key()).one(uow, "store"))


class TestRotation:
    def test_after_it_the_new_master_key_is_enough(self, database, clock):
        old, new = new_master_key(), new_master_key()
        before = connections_with(old)
        database.transact(
            lambda uow: before.add(
                uow,
                connection_id="c",
                kind="store",
                platform="p",
                title="",
                store_id="",
                settings={"a": "b"},
                capabilities=frozenset(),
                accepts_tokens_of=frozenset(),
            )
        )
        index, _ = database.transact(before.open_index)

        rotated, _ = database.transact(connections_with(new, old).rotate_keys)

        after = connections_with(new)
        assert rotated == 1
        assert database.transact(lambda uow: after.one(uow, "c"))[0].settings == {"a": "b"}
        assert database.transact(after.open_index)[0]("王小明") == index("王小明")


class TestBlindIndex:
    index = BlindIndex(b"key")

    def test_same_value_in_other_spelling_is_found(self):
        assert self.index("Wang@Example.com ") == self.index("wang@example.com")

    def test_absent_values_do_not_match_each_other(self):
        assert self.index("") == self.index("  ") == ""

    def test_other_key_gives_another_index(self):
        assert self.index("wang") != BlindIndex(b"other")("wang")
