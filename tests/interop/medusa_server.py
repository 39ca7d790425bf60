"""A real Medusa as a child process, on loopback, over a PostgreSQL of its own.

npm installs it from `medusa/package-lock.json` as it does Vendure.
"""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

import httpx

from tests.interop.vendure_server import Postgres, find_node, install, wait_until

RECIPE = Path(__file__).parent / "medusa"
ADMIN = {"email": "admin@example.test", "password": "supersecret"}


class MedusaServer:
    """One Medusa with its database and its administrator `ADMIN`, new at the first `start()`.

    The process has its own group and ends by itself when this process ends, whichever way.
    """

    def __init__(self, folder: Path) -> None:
        self._node = find_node()
        modules = install(self._node, RECIPE)
        shutil.copy(RECIPE / "medusa-config.js", folder)
        shutil.copy(RECIPE / "server.js", folder)
        shutil.copy(RECIPE / "package.json", folder)
        (folder / "node_modules").symlink_to(modules)
        self._folder = folder
        self._log = folder / "medusa.log"
        self._database = Postgres()
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns when the server answers; raises `RuntimeError` with its log if it does not."""
        if self._process is None:
            self._run("db:migrate", "--skip-scripts")
            self._run("user", "-e", ADMIN["email"], "-p", ADMIN["password"])
        self._process = self._launch("start")
        wait_until(lambda: self._answers() or not self.is_running, "Medusa's start", seconds=120)
        if not self.is_running:
            raise RuntimeError(f"Medusa did not start:\n{self.log_tail()}")

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """At once (SIGKILL), as a power cut would; what was committed is kept."""
        if self._process is not None and self.is_running:
            os.killpg(self._process.pid, signal.SIGKILL)
            _wait(self._process, 10)

    def close(self) -> None:
        """End of the session, also after a failure: nothing is left running."""
        self.kill()
        self._database.close()

    def log_tail(self, lines: int = 40) -> str:
        said = self._log.read_text(errors="replace") if self._log.exists() else ""
        return "\n".join(said.splitlines()[-lines:])

    def _run(self, *command: str) -> None:
        if _wait(self._launch(*command), 180) != 0:
            raise RuntimeError(f"medusa {command[0]} failed:\n{self.log_tail()}")

    def _launch(self, *command: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._node.node, self._folder / "server.js", *command],
                cwd=self._folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        behind = quote(self._database.environment["INTEROP_SOCKET_DIR"], safe="")
        return {
            **self._node.environment,
            "DATABASE_URL": f"postgres://postgres@{behind}/postgres",
            "PORT": str(self._port),
            "NODE_ENV": "production",
            "MEDUSA_DISABLE_TELEMETRY": "true",
        }

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2).is_success
        except httpx.HTTPError:
            return False


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return process.wait(seconds)
    finally:
        assert process.stdin is not None
        process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
