"""What a mapping says when a document cannot be read. The hub parks that document and keeps its bytes."""


class MappingError(ValueError):
    """A document does not hold what its contract promises.

    `path` points into the document (`$.line_items[0].sku`), `reason` says what is wrong there.
    Neither may hold personal values: both are shown in lists and logs.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def within(self, prefix: str) -> "MappingError":
        """The same error seen from a surrounding document: `$.data[3]` + `$.sku` → `$.data[3].sku`."""
        return type(self)(prefix + self.path.removeprefix("$"), self.reason)


class UnmappedCode(MappingError):
    """A code that a rule reads is in no table. It is never guessed: the document waits for a newer table."""
