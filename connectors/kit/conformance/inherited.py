"""The common part of both pytest classes: the knobs of the bench, exemptions, skips."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.kit.conformance.checks import ADDRESS, Bench, Check, Result
from connectors.kit.conformance.report import judge_unless_exempt, refuse_stale
from connectors.kit.plugin import Plugin
from mappings.canonical import Parcel, PostalAddress


class Conformance:
    """Only `plugin` must be given; the rest is explained at `Bench`. `exemptions`: check → reason."""

    plugin: ClassVar[Plugin[Any, Any]]
    suite: ClassVar[tuple[Check, ...]]
    fixtures: ClassVar[Path | None] = None
    overrides: ClassVar[Mapping[str, Any]] = {}
    crowd: ClassVar[int] = Bench.crowd
    late_by: ClassVar[timedelta] = Bench.late_by
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
            late_by=self.late_by,
            carrier=self.carrier,
            ship_to=self.ship_to,
            parcels=self.parcels,
        )

    def examine(self, check: Check) -> None:
        """Fails with the finding's words; skips what is exempt or does not apply, saying why."""
        refuse_stale(self.exemptions, self.suite)
        verdict = asyncio.run(judge_unless_exempt(check, self.bench(), self.exemptions))
        if verdict.result in (Result.NOT_APPLICABLE, Result.EXEMPT):
            pytest.skip(f"{verdict.result}: {verdict.words}")
        if verdict.result is Result.BROKEN:
            pytest.fail(f"{check.promise}\n  {verdict.words}", pytrace=False)
