"""17TRACK's envelope: every item of a call is accepted or rejected by itself, all inside a 200."""

import msgspec

from mappings.documents import WireDocument, decode


class Error(WireDocument):
    """`code` is negative."""

    code: int
    message: str | None = None


class Rejection(WireDocument):
    """One item that was not accepted."""

    error: Error
    number: str | None = None


class _Lists(WireDocument):
    accepted: tuple[msgspec.Raw, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    errors: tuple[Error, ...] = ()


class Answer(WireDocument):
    """`code` 0 says that the call was understood, not that its items were accepted."""

    number: int = msgspec.field(name="code")
    data: _Lists | None = None

    @property
    def is_success(self) -> bool:
        return self.number == 0

    @property
    def code(self) -> str:
        return str(self.number)

    @property
    def accepted(self) -> tuple[bytes, ...]:
        return tuple(bytes(item) for item in self.data.accepted) if self.data else ()

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        return self.data.rejected if self.data else ()

    @property
    def message(self) -> str:
        """Why the whole call was refused."""
        errors = self.data.errors if self.data else ()
        return "; ".join(error.message for error in errors if error.message)


def read_answer(content: bytes) -> Answer:
    """The answer of any method."""
    return decode(content, Answer)
