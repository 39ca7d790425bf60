"""The common part of both pytest classes: exemptions, skips."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.kit.conformance.checks import Bench, Check, Result
from connectors.kit.conformance.report import judge_unless_exempt, refuse_stale
from connectors.kit.plugin import Plugin


class Conformance:
    """Only `plugin` must be given; it and its twin know the rest. `fixtures` and `overrides` as in `Bench`;
    `exemptions` are those that the overrides bring, beside the plug-in's own."""

    plugin: ClassVar[Plugin[Any, Any]]
    suite: ClassVar[tuple[Check, ...]]
    fixtures: ClassVar[Path | None] = None
    overrides: ClassVar[Mapping[str, Any]] = {}
    exemptions: ClassVar[Mapping[str, str]] = {}

    def bench(self) -> Bench:
        return Bench.of(self.plugin, fixtures=self.fixtures, overrides=self.overrides)

    def examine(self, check: Check) -> None:
        """Fails with the finding's words; skips what is exempt or does not apply, saying why."""
        exemptions = {**self.plugin.exemptions, **self.exemptions}
        refuse_stale(exemptions, self.suite)
        verdict = asyncio.run(judge_unless_exempt(check, self.bench(), exemptions))
        if verdict.result in (Result.NOT_APPLICABLE, Result.EXEMPT):
            pytest.skip(f"{verdict.result}: {verdict.words}")
        if verdict.result is Result.BROKEN:
            pytest.fail(f"{check.promise}\n  {verdict.words}", pytrace=False)
