"""The embedded queue server: starts, is shared, comes back, is left behind by nobody."""

import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from redis import Redis

from hub.embedded import EmbeddedQueue, QueueServerError
from tests.hub.worker.conftest import until

START = """
import sys
from pathlib import Path
from hub.embedded import EmbeddedQueue
queue = EmbeddedQueue(Path(sys.argv[1]))
queue.start()
print("started", flush=True)
sys.stdin.read()
queue.stop()
"""


def _pid(queue: EmbeddedQueue) -> int:
    with Redis(unix_socket_path=str(queue.socket)) as redis:
        return int(redis.info("server")["process_id"])


def _owner(data_dir: Path) -> subprocess.Popen[str]:
    """Another process that started the server first."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def test_only_the_owner_of_the_folder_may_connect(embedded) -> None:
    assert stat.S_IMODE(embedded.socket.stat().st_mode) == 0o700


def test_nothing_is_persisted(embedded, redis, data_dir) -> None:
    redis.set("a", "b")
    embedded.stop()
    assert not {path.suffix for path in data_dir.iterdir()} & {".rdb", ".aof"}
    embedded.start()
    assert redis.get("a") is None


def test_starting_again_changes_nothing(embedded) -> None:
    before = _pid(embedded)
    embedded.start()
    assert _pid(embedded) == before


def test_it_ends_with_its_owner(embedded) -> None:
    pid = _pid(embedded)
    embedded.stop()
    assert not psutil.pid_exists(pid)


def test_a_second_process_shares_the_server_and_leaves_it_alone(embedded, data_dir) -> None:
    second = EmbeddedQueue(data_dir)
    second.start()
    second.stop()
    assert second.revive() is False
    assert _pid(embedded)


async def test_whoever_is_left_takes_the_server_over(data_dir) -> None:
    second = EmbeddedQueue(data_dir)
    with _owner(data_dir):
        second.start()
    await until(second.revive)
    second.start()
    assert _pid(second)
    second.stop()


async def test_a_killed_owner_leaves_no_server_behind(data_dir) -> None:
    """It dies with its parent; where the system cannot do that, the next start adopts it."""
    with _owner(data_dir) as owner:
        first = _pid(EmbeddedQueue(data_dir))
        owner.kill()
    if sys.platform == "linux":
        await until(lambda: not psutil.pid_exists(first))
    queue = EmbeddedQueue(data_dir)
    queue.start()
    assert _pid(queue)
    queue.stop()


def test_a_left_over_server_is_adopted_and_ended(data_dir, monkeypatch) -> None:
    monkeypatch.setattr("hub.embedded._die_with_parent", lambda: None)
    former = EmbeddedQueue(data_dir)
    former.start()
    pid = _pid(former)
    former._lock.close()  # as if its process were dead
    former._lock = None
    heir = EmbeddedQueue(data_dir)
    heir.start()
    assert _pid(heir) == pid
    heir.stop()
    former._process.wait(10)
    assert not psutil.pid_exists(pid)


def test_a_killed_server_is_started_again(embedded) -> None:
    psutil.Process(_pid(embedded)).kill()
    embedded._process.wait(10)
    embedded.start()
    assert _pid(embedded)


def test_a_server_that_is_just_ending_is_started_again(embedded, redis) -> None:
    redis.shutdown(nosave=True)
    embedded.start()
    assert _pid(embedded)


def test_a_server_that_does_not_listen_any_more_is_ended(data_dir, monkeypatch) -> None:
    monkeypatch.setattr("hub.embedded.ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("hub.embedded.START_SECONDS", 1)
    queue = EmbeddedQueue(data_dir)
    queue.start()
    pid = _pid(queue)
    psutil.Process(pid).suspend()
    began = time.monotonic()
    queue.stop()
    assert time.monotonic() - began < 10
    assert not psutil.pid_exists(pid)


def test_a_path_too_long_for_a_socket_says_what_to_do(tmp_path) -> None:
    with pytest.raises(QueueServerError, match="HUB_DATA_DIR"):
        EmbeddedQueue(tmp_path / ("long" * 30)).start()


def test_a_server_that_does_not_start_points_to_its_words(data_dir, monkeypatch) -> None:
    monkeypatch.setattr("hub.embedded.get_binary_path", lambda: Path("/bin/false"))
    with pytest.raises(QueueServerError, match=r"queue\.log"):
        EmbeddedQueue(data_dir).start()
