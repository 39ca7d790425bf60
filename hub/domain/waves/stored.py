"""A problem as bytes and back, the same to the last number: what `verify` needs years later."""

import zlib
from dataclasses import fields

import msgspec
import numpy as np

from hub.domain.waves.problem import Problem, Whole

_Array = tuple[list[int], bytes]
"""Shape, and numbers as 64 bits, little end first."""

_decode = msgspec.msgpack.Decoder(dict[str, _Array]).decode


def packed(problem: Problem) -> bytes:
    arrays = {}
    for each in fields(problem):
        values = np.ascontiguousarray(getattr(problem, each.name), "<i8")
        arrays[each.name] = (list(values.shape), values.tobytes())
    return zlib.compress(msgspec.msgpack.encode(arrays))


def unpacked(stored: bytes) -> Problem:
    arrays = _decode(zlib.decompress(stored))

    def whole(name: str) -> Whole:
        shape, numbers = arrays[name]
        return np.frombuffer(numbers, "<i8").reshape(shape).astype(np.int64)

    return Problem(
        order=whole("order"),
        sku=whole("sku"),
        quantity=whole("quantity"),
        penalty=whole("penalty"),
        fee=whole("fee").astype(np.int32),
        picking=whole("picking"),
        stock=whole("stock"),
    )
