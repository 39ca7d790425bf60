"""A request's body within a limit of size and time."""

import asyncio

from starlette.requests import ClientDisconnect, Request


class Refusal(Exception):
    """An answer that ends the request early; `result` is how it is counted."""

    def __init__(self, status: int, result: str) -> None:
        super().__init__(result)
        self.status = status
        self.result = result


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """Raises `Refusal` if it is larger than `limit` bytes, slower than `seconds`, or ends early."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise Refusal(413, "too large")
                chunks.append(chunk)
    except TimeoutError:
        raise Refusal(408, "body too slow") from None
    except ClientDisconnect:
        raise Refusal(400, "body incomplete") from None
    return b"".join(chunks)
