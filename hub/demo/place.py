"""Where the demo lives: a folder of its own with settings, database, queue socket and logs; free ports."""

import json
import shutil
import socket
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.settings import HubSettings
from hub.vault import new_master_key

CLOCK_FILE = "clock"
SETTINGS_FILE = "orderhub.toml"
LOG_FILE = "hub.log"

LEASE = timedelta(hours=12)
TRACK_EVERY = timedelta(hours=60)
SWEEP_SECONDS = 0.25
PUBLIC_URL = "https://orderhub.example"
"""What platforms are told; `FrontDoor` leads from there to the hub's port."""


class Place:
    """A folder that is removed at the end, unless it was given or is worth a look."""

    def __init__(self, data_dir: Path | None) -> None:
        self.is_ours = data_dir is None
        self.dir = data_dir or Path(tempfile.mkdtemp(prefix="orderhub-demo-"))
        self.dir = self.dir.resolve()
        self.dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def is_taken(self) -> bool:
        """Is there something of a former run, or of a real hub?"""
        return any(self.dir.iterdir())

    @property
    def log(self) -> Path:
        return self.dir / LOG_FILE

    def settings(self, port: int) -> HubSettings:
        """The demo's settings, also written as `orderhub.toml`, so that in this folder every command of
        `orderhub` works on the demo's hub. What the environment says about another hub does not count."""
        chosen: dict[str, Any] = {
            "data_dir": str(self.dir),
            "port": port,
            "public_url": PUBLIC_URL,
            "master_keys": [new_master_key()],
            "lease": LEASE.total_seconds(),
            "sweep_every": SWEEP_SECONDS,
            "track_every": TRACK_EVERY.total_seconds(),
        }
        file = self.dir / SETTINGS_FILE
        file.touch(mode=0o600)
        file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items()))
        return HubSettings(**chosen, database_url="", redis_url="", host="127.0.0.1")

    def remove(self) -> None:
        shutil.rmtree(self.dir, ignore_errors=True)


def free_port(wanted: int) -> int:
    """The wanted port, or any other if somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise OSError("no port is free on 127.0.0.1")
