"""The error tree, named by what the hub does next.

    ConnectorError
    ├── Transient               try again soon
    │   └── RateLimited         try again after `retry_after`
    ├── OutcomeUnknown          a write was sent and not answered: read back before repeating
    ├── AuthenticationFailed    pause the connection, ask an administrator to sign in again
    ├── Misconfigured           pause the connection, show the setting at fault
    ├── Rejected                the platform said no: park this task with its code and text
    ├── Unsupported             the platform cannot express it: park, explain
    └── UnexpectedPayload       the platform broke its contract: park
    InvalidSignature            webhooks only: refuse, count, tell nobody why

Messages name the thing and the remedy. They hold no secrets, no bodies and no personal values.
"""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar


class Recovery(StrEnum):
    """What happens next; the only word the hub reads of an error."""

    RETRY = "retry"
    READ_BACK = "read_back"
    REAUTHORISE = "reauthorise"
    RECONFIGURE = "reconfigure"
    PARK = "park"


class ConnectorError(Exception):
    """Parent of everything a connector may raise. `code` is the platform's own, where it has one."""

    recovery: ClassVar[Recovery]

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Transient(ConnectorError):
    """The platform or the network is unwell; nothing was done. The same call may work soon."""

    recovery = Recovery.RETRY


class RateLimited(Transient):
    """Too many calls. `retry_after` is what the platform asks for, or null if it does not say."""

    def __init__(self, message: str, *, code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class OutcomeUnknown(ConnectorError):
    """A write left and no answer came. It may have been done; repeating it blindly may do it twice."""

    recovery = Recovery.READ_BACK


class AuthenticationFailed(ConnectorError):
    """Credentials are wrong, expired, withdrawn or lack a permission."""

    recovery = Recovery.REAUTHORISE


class Misconfigured(ConnectorError):
    """A setting is wrong; `setting` names it."""

    recovery = Recovery.RECONFIGURE

    def __init__(self, message: str, *, code: str = "", setting: str = "") -> None:
        super().__init__(message, code=code)
        self.setting = setting


class Rejected(ConnectorError):
    """The platform understood and refused. `already_done` says that the wished state holds anyway."""

    recovery = Recovery.PARK

    def __init__(self, message: str, *, code: str = "", already_done: bool = False) -> None:
        super().__init__(message, code=code)
        self.already_done = already_done


class Unsupported(ConnectorError):
    """The platform has no way to express this (a carrier it does not know, a split it cannot take)."""

    recovery = Recovery.PARK


class UnexpectedPayload(ConnectorError):
    """The answer is not what the contract says."""

    recovery = Recovery.PARK


class InvalidSignature(Exception):
    """A webhook whose signature is missing or wrong. Nothing of it is stored but a counter."""
