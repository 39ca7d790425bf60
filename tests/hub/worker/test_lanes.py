"""Wake-ups run jobs at once; without them, and without Redis, sweeps find the work."""

import asyncio
import json
import os
import signal
import time

import psutil
import pytest
from redis.exceptions import RedisError

from hub import queue as queue_module
from hub import worker
from hub.queue import queue_name
from hub.settings import HubSettings
from hub.storage.database import Wake
from tests.hub.worker.conftest import until


def _sweeping(crew, seconds: float) -> None:
    crew.hub.settings = HubSettings(sweep_every=f"PT{seconds}S")


async def _is_listening(redis, lanes: int = 2) -> None:
    await until(lambda: dict(redis.pubsub_numsub(queue_module.CHANNEL)).get(b"orderhub:wake") == lanes)


async def test_a_wake_up_runs_a_job_at_once(crew, jobs, redis) -> None:
    crew.start()
    await _is_listening(redis)
    began = time.monotonic()
    assert await crew.queue.wake([Wake("pull", "shop")])
    await until(lambda: jobs.ended["shop"] == 1)
    assert time.monotonic() - began < worker.POLL_SECONDS * 0.9, "it waited for the poll"


async def test_a_wake_up_during_the_run_runs_it_once_more(crew, jobs, redis) -> None:
    crew.start()
    await _is_listening(redis)
    gate = jobs.gate("shop")
    await crew.queue.wake([Wake("pull", "shop")])
    await until(lambda: jobs.ran["shop"] == 1)
    for _ in range(3):
        await crew.queue.wake([Wake("pull", "shop")])
    await asyncio.sleep(0.05)  # the message is on its way
    gate.set()
    await until(lambda: jobs.ended["shop"] == 2)
    await until(lambda: not redis.zcard(queue_name("live")))
    assert jobs.ran["shop"] == 2


async def test_no_wake_up_is_lost_between_the_end_of_a_job_and_arq_s(crew, jobs, redis) -> None:
    """Each wake-up comes right when the job before it ends; none may wait for a sweep."""
    crew.start()
    await _is_listening(redis)
    for round_ in range(1, 60):
        before = jobs.ended["shop"]
        await crew.queue.wake([Wake("pull", "shop")])
        await until(lambda before=before: jobs.ended["shop"] > before, f"round {round_}")


async def test_a_job_that_fails_leaves_the_lane_working(crew, jobs, redis) -> None:
    crew.start()
    await _is_listening(redis)
    await crew.queue.wake([Wake("pull", "fails"), Wake("pull", "shop")])
    await until(lambda: jobs.ran["fails"] and jobs.ended["shop"])
    await until(lambda: not redis.zcard(queue_name("live")))


async def test_a_busy_bulk_lane_does_not_hold_up_live_work(crew, jobs, redis) -> None:
    crew.start()
    await _is_listening(redis)
    for number in range(40):
        jobs.gate(f"bulk-{number}")
    await crew.queue.wake([Wake("pull", f"bulk-{number}", "bulk") for number in range(40)])
    await until(lambda: sum(jobs.ran.values()) >= 16)
    await crew.queue.wake([Wake("work_outbox", "live")])
    await until(lambda: jobs.ended["live"])
    for gate in jobs.gates.values():
        gate.set()
    await until(lambda: sum(jobs.ended.values()) == 41)


async def test_a_queue_server_that_is_killed_and_started_again_is_used_again(
    crew, jobs, redis, embedded
) -> None:
    crew.start()
    await _is_listening(redis)
    os.kill(int(redis.info("server")["process_id"]), signal.SIGKILL)
    await until(embedded.revive)
    embedded.start()
    await _is_listening(redis)
    await until(lambda: not crew.queue._rests_until or time.monotonic() > crew.queue._rests_until)
    assert await crew.queue.wake([Wake("pull", "shop")])
    await until(lambda: jobs.ended["shop"])


async def test_losing_the_queue_server_cancels_no_job(crew, jobs, redis, embedded) -> None:
    """A booking that is on its way does not end because Redis did."""
    crew.start()
    await _is_listening(redis)
    gate = jobs.gate("shop")
    await crew.queue.wake([Wake("work_outbox", "shop")])
    await until(lambda: jobs.ran["shop"])
    os.kill(int(redis.info("server")["process_id"]), signal.SIGKILL)
    await until(embedded.revive)
    embedded.start()
    await _is_listening(redis)
    gate.set()
    await until(lambda: jobs.ended["shop"] == 1)
    assert jobs.ran["shop"] == 1


async def test_what_is_flushed_is_found_by_the_sweep(crew, jobs, redis) -> None:
    _sweeping(crew, 0.05)
    await crew.queue.wake([Wake("pull", "shop")])
    redis.flushall()
    jobs.due = [Wake("pull", "shop")]
    crew.start()
    await until(lambda: jobs.ended["shop"])


async def test_a_lane_that_is_flushed_while_it_works_goes_on(crew, jobs, redis) -> None:
    crew.start()
    await _is_listening(redis)
    gate = jobs.gate("shop")
    await crew.queue.wake([Wake("pull", "shop")])
    await until(lambda: jobs.ran["shop"])
    redis.flushall()
    gate.set()
    await until(lambda: jobs.ended["shop"])
    await crew.queue.wake([Wake("pull", "other")])
    await until(lambda: jobs.ended["other"])


async def test_without_a_queue_server_the_sweep_works_inline(crew, jobs, embedded) -> None:
    _sweeping(crew, 0.05)
    jobs.due = [Wake("pull", "slow"), Wake("pull", "shop")]
    jobs.gate("slow")
    embedded.stop()
    crew.start()
    await until(lambda: jobs.ended["shop"], "one that hangs holds up no other")
    jobs.gate("slow").set()
    await until(lambda: jobs.ended["slow"])
    embedded.start()
    await until(lambda: not crew.queue._is_down, "the queue is used again")


async def test_a_queue_server_that_hangs_holds_nobody_up(crew, jobs, redis) -> None:
    """Stopped, it takes connections and never answers."""
    _sweeping(crew, 0.05)
    pid = int(redis.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert not await crew.queue.wake([Wake("pull", "shop")])
        assert not await crew.queue.wake([Wake("pull", "shop")])
        assert time.monotonic() - began < 2 * queue_module.ANSWER_SECONDS
        jobs.due = [Wake("pull", "shop")]
        crew.start()
        await until(lambda: jobs.ended["shop"])
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_full_queue_server_is_as_good_as_none(crew, jobs, redis) -> None:
    redis.config_set("maxmemory", "1mb")
    with pytest.raises(RedisError):
        for number in range(1000):
            redis.set(f"filler-{number}", bytes(10_000))
    assert not await crew.queue.wake([Wake("pull", "shop")])
    _sweeping(crew, 0.05)
    jobs.due = [Wake("pull", "shop")]
    crew.start()
    await until(lambda: jobs.ended["shop"])


async def test_a_killed_worker_blocks_its_jobs_only_for_a_moment(crew, jobs, redis, monkeypatch) -> None:
    """Its mark stays behind in Redis, and the job's id with it."""
    monkeypatch.setattr(worker, "HOLD_SECONDS", 1)
    await crew.queue.wake([Wake("work_outbox", "shop")])
    redis.psetex("arq:in-progress:work_outbox:shop", worker.HOLD_SECONDS * 1000, b"1")
    crew.start()
    await until(lambda: jobs.ended["shop"])


async def test_a_long_job_stays_ours(crew, jobs, redis, monkeypatch) -> None:
    monkeypatch.setattr(worker, "HOLD_SECONDS", 2)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    crew.start()
    await _is_listening(redis)
    gate = jobs.gate("shop")
    await crew.queue.wake([Wake("pull", "shop")])
    await until(lambda: jobs.ran["shop"])
    ends = time.monotonic() + 4.5
    while time.monotonic() < ends:
        assert redis.exists("arq:in-progress:pull:shop")
        await asyncio.sleep(0.05)
    gate.set()
    await until(lambda: not redis.exists("arq:in-progress:pull:shop"))
    assert jobs.ran["shop"] == 1


async def test_garbage_in_the_queue_does_not_end_the_lane(crew, jobs, redis, monkeypatch) -> None:
    monkeypatch.setattr(worker, "HOLD_SECONDS", 1)
    redis.zadd(queue_name("live"), {b"\xff\xfe": 1, b"pull:shop": 1})
    redis.set("arq:job:pull:shop", b"\x80\x04not json")
    crew.start()
    await _is_listening(redis)
    redis.publish(queue_module.CHANNEL, b"not json")
    redis.zrem(queue_name("live"), b"\xff\xfe")
    await until(lambda: not redis.exists("arq:job:pull:shop"), "the unreadable job is thrown away")
    await _is_listening(redis)
    await crew.queue.wake([Wake("pull", "shop")])
    await until(lambda: jobs.ended["shop"])


async def test_running_jobs_may_end_when_the_worker_ends(crew, jobs, redis) -> None:
    task = crew.start()
    await _is_listening(redis)
    gate = jobs.gate("shop")
    await crew.queue.wake([Wake("work_outbox", "shop")])
    await until(lambda: jobs.ran["shop"])
    task.cancel()
    asyncio.get_running_loop().call_later(0.1, gate.set)
    await crew.stop(task)
    assert jobs.ended["shop"] == 1


async def test_jobs_travel_as_json(crew, redis) -> None:
    """Whoever can write to Redis must not be able to run code, as a pickle would."""
    await crew.queue.wake([Wake("pull", "shop")])
    raw = redis.get("arq:job:pull:shop")
    assert json.loads(raw)["f"] == "pull"


async def test_nothing_but_names_is_in_redis(crew, jobs, redis) -> None:
    crew.start()
    await _is_listening(redis)
    await crew.queue.wake([Wake("pull", "shop"), Wake("pull", "fails")])
    await until(lambda: jobs.ended["shop"] and jobs.ran["fails"])
    await until(lambda: not redis.zcard(queue_name("live")))
    assert redis.keys("arq:*") == []
    assert {key.rpartition(b":")[0][:16] for key in redis.keys("*")} == {b"orderhub:health:"}


async def test_each_worker_has_a_health_key_of_its_own(crew, redis) -> None:
    crew.start()
    await until(lambda: len(redis.keys("orderhub:health:*")) == 2)
    lanes = {key.split(b":")[2] for key in redis.keys("orderhub:health:*")}
    assert lanes == {b"live", b"bulk"}
    assert all(key.endswith(f":{os.getpid()}".encode()) for key in redis.keys("orderhub:health:*"))


def test_the_queue_server_has_no_tcp_port(redis) -> None:
    assert redis.config_get("port") == {"port": "0"}
    assert psutil.Process(int(redis.info("server")["process_id"])).net_connections("inet") == []
