"""The common part of both pytest classes: the knobs of the bench, exemptions, skips."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.kit.conformance.checks import ADDRESS, Bench, Check, Result, judge_now
from connectors.kit.conformance.report import refuse_stale
from connectors.kit.plugin import Plugin
from mappings.canonical import Parcel, PostalAddress


class Conformance:
    """Only `plugin` must be given; the rest is explained at `Bench`. `exemptions`: check → reason."""

    plugin: ClassVar[Plugin[Any, Any]]
    suite: ClassVar[tuple[Check, ...]]
    fixtures: ClassVar[Path | None] = None
    overrides: ClassVar[Mapping[str, Any]] = {}
    crowd: ClassVar[int] = Bench.crowd
    carrier: ClassVar[str] = Bench.carrier
    ship_to: ClassVar[PostalAddress] = ADDRESS
    parcels: ClassVar[Sequence[Parcel]] = ()
    exemptions: ClassVar[Mapping[str, str]] = {}

    def bench(self) -> Bench:
        return Bench(
            plugin=self.plugin,
            fixtures=self.fixtures,
            overrides=self.overrides,
            crowd=self.crowd,
            carrier=self.carrier,
            ship_to=self.ship_to,
            parcels=self.parcels,
        )

    def examine(self, check: Check) -> None:
        """Fails with the finding's words; skips what is exempt or does not apply, saying why."""
        refuse_stale(self.exemptions, self.suite)
        if check.name in self.exemptions:
            pytest.skip(f"exempt: {self.exemptions[check.name]}")
        verdict = judge_now(check, self.bench())
        if verdict.result is Result.NOT_APPLICABLE:
            pytest.skip(verdict.words)
        if verdict.result is Result.BROKEN:
            pytest.fail(f"{check.promise}\n  {verdict.words}", pytrace=False)
