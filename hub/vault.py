"""Seals what must not be readable in the database: credentials, raw documents, personal columns.

Envelope: each connection has a data key, wrapped by a master key that lives outside of the database. Rotating
the master re-wraps the data keys and touches nothing else. AES-256-GCM binds every sealed value to its place
(`table:row:field` as associated data), so a value copied into another row does not open.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEME = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
INDEX_BYTES = 16


class VaultError(Exception):
    """A key is missing, weak or wrong, or a sealed value was tampered with or moved."""


class SealingKey:
    """One data key; seals and opens values of one connection."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def seal(self, value: bytes, place: str) -> bytes:
        nonce = self._random_bytes(NONCE_BYTES)
        return SCHEME + nonce + self._cipher.encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises `VaultError` if the value was sealed with another key or for another place."""
        sealed = bytes(sealed)
        if sealed[:1] != SCHEME:
            raise VaultError(f"{place}: sealed with an unknown scheme")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, place.encode())
        except InvalidTag:
            raise VaultError(f"{place}: does not open with this key") from None


class Vault:
    """Holds the master keys, first the one in use, then former ones that may still open wrapped keys."""

    def __init__(self, master_keys: Sequence[str], random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        if not master_keys:
            raise VaultError(
                "there is no master key: set HUB_MASTER_KEYS to the output of `orderhub new-key`"
            )
        keys = [_strong(key) for key in master_keys]
        self._random_bytes = random_bytes
        self._masters = [SealingKey(key, random_bytes) for key in keys]

    def new_wrapped_key(self, connection_id: str) -> bytes:
        """A fresh data key for a connection, wrapped for storage."""
        return self._masters[0].seal(self._random_bytes(KEY_BYTES), f"key:{connection_id}")

    def unwrap(self, wrapped: bytes, connection_id: str) -> SealingKey:
        return SealingKey(self._unwrapped(wrapped, connection_id), self._random_bytes)

    def unwrap_index(self, wrapped: bytes, name: str) -> "BlindIndex":
        """The hub's index key, stored wrapped under `name` like a connection's data key."""
        return BlindIndex(self._unwrapped(wrapped, name))

    def rewrap(self, wrapped: bytes, connection_id: str) -> bytes:
        """The same data key under the master key in use (rotation)."""
        return self._masters[0].seal(self._unwrapped(wrapped, connection_id), f"key:{connection_id}")

    def _unwrapped(self, wrapped: bytes, connection_id: str) -> bytes:
        for master in self._masters:
            try:
                return master.open(wrapped, f"key:{connection_id}")
            except VaultError:
                continue
        raise VaultError(
            f"{connection_id}: no master key opens its data key; add the former key to HUB_MASTER_KEYS"
        )


class BlindIndex:
    """Keyed digests that make personal values findable without being readable. Deterministic, so the key
    must stay: it is stored wrapped like a data key and survives the rotation of the master."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, value: str) -> str:
        """32 hex digits; empty for an empty value, so that the absent never match each other."""
        folded = "".join(value.split()).casefold()
        if not folded:
            return ""
        return hashlib.blake2b(folded.encode(), key=self._key, digest_size=INDEX_BYTES).hexdigest()


def new_master_key(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """What an operator puts into HUB_MASTER_KEYS: 32 random bytes as base64."""
    return base64.b64encode(random_bytes(KEY_BYTES)).decode()


def _strong(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise VaultError("the master key is not base64: make one with `orderhub new-key`") from None
    if len(key) != KEY_BYTES or len(set(key)) < 12:
        raise VaultError(
            "the master key is weak: it must be 32 random bytes; make one with `orderhub new-key`"
        )
    return key


def matches(secret: str, given: str) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(secret.encode(), given.encode())
