"""Processes that are killed and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


class Victim:
    """One hub process, again and again. Only ever signals the process that it started itself."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "tests.crash.hub_process", *arguments]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Task[bytes] | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout
        self._ready = asyncio.create_task(self._process.stdout.readline())

    async def wait_until_ready(self) -> None:
        assert self._ready
        said = await asyncio.wait_for(asyncio.shield(self._ready), START_SECONDS)
        assert said == b"ready\n", f"{self.name} did not start; its words are in {self._log}"

    @property
    def has_died(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    async def kill(self) -> None:
        """No last words."""
        assert self._process and self._process.returncode is None, f"{self.name} died by itself"
        self._process.kill()
        await self._process.wait()

    async def end(self) -> None:
        """As an operator ends it; killed if it does not hear."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), 15)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
