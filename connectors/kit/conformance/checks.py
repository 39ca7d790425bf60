"""What a check is: a plain coroutine over a bench, run alike by pytest and by the score report."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from connectors.kit.conformance.rig import START, Rig, twin_class
from connectors.kit.plugin import Plugin
from mappings.canonical import Parcel, PostalAddress

ADDRESS = PostalAddress(
    name="林小满",
    telephone="13800138000",
    country="CN",
    province="广东省",
    province_code="GD",
    city="深圳市",
    district="南山区",
    street=("科技园路 1 号",),
    postal_code="518000",
)


Capability = type[Any]
"""One of `connectors.kit.capabilities`; they are abstract, which mypy refuses under a narrower type."""


class Finding(AssertionError):
    """A promise that the connector broke."""


class NotApplicable(Exception):
    """The check has nothing to look at here, and why."""


def require(held: bool, otherwise: str) -> None:
    """States a promise; works under `python -O` too."""
    if not held:
        raise Finding(otherwise)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What is examined, and the little that the checks cannot find out themselves.

    `crowd`: how many orders surely fill more than one page. `late_by`: how late the platform may show an
    order, at the worst; the connector's overlap must cover it. `listed_after`: how long a list holds back
    what was placed just now. `overrides`: settings beside the twin's.
    `carrier`: the canonical code of one that the store knows. `parcels`: for carriers that follow parcels
    which others booked. `fixtures`: the folder of golden documents, see `mapping.py`.
    """

    plugin: Plugin[Any, Any]
    fixtures: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    crowd: int = 120
    late_by: timedelta = timedelta(minutes=1)
    listed_after: timedelta = timedelta(minutes=1)
    ship_to: PostalAddress = ADDRESS
    carrier: str = "sf-express"
    parcels: Sequence[Parcel] = ()

    @classmethod
    def of(cls, plugin: Plugin[Any, Any], **known: Any) -> "Bench":
        """As the plug-in's twin says, and what else is known."""
        return cls(plugin=plugin, **{**twin_class(plugin).examined_with, **known})

    def rig(self, **options: Any) -> Rig:
        """A new twin and a new connector that pulls from a day before the clock's start."""
        start = options.get("start", START)
        reach = {"start_from": start - timedelta(days=1)}
        return Rig(self.plugin, **{"overrides": {**reach, **self.overrides}, **options})

    def declares(self, capability: Capability) -> bool:
        return issubclass(self.plugin.connector, capability)


Examine = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Check:
    """`needs` are the capabilities that must be declared; the docstring of `examine` states the promise."""

    name: str
    examine: Examine
    needs: tuple[Capability, ...] = ()

    @property
    def promise(self) -> str:
        return (self.examine.__doc__ or "").strip()


class Checks(list[Check]):
    """The checks of one area; `@checks.add(PullsOrders)` enters a coroutine under its own name."""

    def __init__(self, area: str) -> None:
        super().__init__()
        self.area = area

    def add(self, *needs: Capability) -> Callable[[Examine], Examine]:
        def enter(examine: Examine) -> Examine:
            name = f"{self.area}.{getattr(examine, '__name__', '')}"
            self.append(Check(name=name, examine=examine, needs=needs))
            return examine

        return enter


class Result(StrEnum):
    HELD = "held"
    BROKEN = "broken"
    NOT_APPLICABLE = "not applicable"
    EXEMPT = "exempt"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How one check ended; `words` say what was broken or why there was nothing to look at."""

    check: str
    result: Result
    words: str = ""


async def judge(check: Check, bench: Bench) -> Verdict:
    """Runs one check. Whatever escapes a connector counts as broken, except a wish to stop the program."""
    missing = [need.__name__ for need in check.needs if not bench.declares(need)]
    if missing:
        return Verdict(check=check.name, result=Result.NOT_APPLICABLE, words=f"not declared: {missing[0]}")
    try:
        await check.examine(bench)
    except NotApplicable as reason:
        return Verdict(check=check.name, result=Result.NOT_APPLICABLE, words=str(reason))
    except Finding as finding:
        return Verdict(check=check.name, result=Result.BROKEN, words=str(finding))
    except Exception as error:  # a foreign plug-in may raise anything; the report must go on
        words = f"{type(error).__name__}: {error}"
        return Verdict(check=check.name, result=Result.BROKEN, words=words[:2000])
    return Verdict(check=check.name, result=Result.HELD)
