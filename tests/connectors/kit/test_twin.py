"""The base of all twins: faults strike as told, webhooks are lost, doubled, late and repeated."""

from datetime import timedelta
from random import Random

import httpx
import pytest
from orderhub_acme.twin import AcmeTwin

from connectors.kit.conformance.rig import ManualClock
from connectors.kit.twin import Fault, Faults

HOOK = "https://hub.example/hook"


class Yard:
    """A twin, a client to it, and a hub that counts what it is posted."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.twin = AcmeTwin(self.clock, Random(1))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.twin), base_url="https://twin.example"
        )
        self.status = 200
        self.posts: list[bytes] = []
        self.hub = httpx.AsyncClient(transport=httpx.MockTransport(self._take))

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request.content)
        return httpx.Response(self.status)

    async def login(self) -> httpx.Response:
        return await self.client.post("/token", json={"key": "app-1", "secret": self.twin.secret})

    async def deliver(self, after: timedelta = timedelta(0)) -> int:
        self.clock.advance(after)
        return await self.twin.deliver_webhooks(self.hub)


@pytest.fixture
def yard() -> Yard:
    return Yard()


async def test_timeout_before_does_nothing_and_timeout_after_does_it(yard):
    yard.twin.faults.forced.extend([Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER])

    with pytest.raises(httpx.ReadTimeout):
        await yard.login()
    assert not yard.twin.tokens
    with pytest.raises(httpx.ReadTimeout):
        await yard.login()
    assert len(yard.twin.tokens) == 1
    assert yard.twin.requests["POST /token"] == 2


@pytest.mark.parametrize(("fault", "status"), [(Fault.SERVER_ERROR, 500), (Fault.THROTTLE, 429)])
async def test_refusing_fault_strikes_once_and_does_nothing(yard, fault, status):
    yard.twin.faults.forced.append(fault)

    assert (await yard.login()).status_code == status
    assert not yard.twin.tokens
    assert (await yard.login()).status_code == 200
    assert yard.twin.faults.seen == {fault: 1}


async def test_expiring_fault_ends_the_tokens(yard):
    token = (await yard.login()).json()["token"]
    yard.twin.faults.forced.append(Fault.EXPIRE_TOKEN)

    answer = await yard.client.get("/products", headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 401


def test_faults_of_one_seed_strike_alike():
    def strikes() -> list[bool]:
        faults = Faults(random=Random(7), chance={Fault.THROTTLE: 0.3})
        return [faults.strikes(Fault.THROTTLE) for _ in range(100)]

    assert strikes() == strikes()
    assert 10 < sum(strikes()) < 50


def test_forced_faults_wait_for_their_turn():
    faults = Faults()
    faults.forced.extend([Fault.THROTTLE, Fault.DRIFT])

    assert not faults.strikes(Fault.DRIFT)
    assert faults.strikes(Fault.THROTTLE)
    assert faults.strikes(Fault.DRIFT)


async def test_acknowledged_webhook_comes_once(yard):
    yard.twin.post(HOOK, {}, b"1")

    assert (await yard.deliver(), await yard.deliver(timedelta(days=1))) == (1, 0)
    assert yard.posts == [b"1"]


async def test_refused_webhook_comes_again_after_each_pause_and_then_no_more(yard):
    yard.status = 503
    yard.twin.post(HOOK, {}, b"1")

    assert await yard.deliver() == 1
    assert await yard.deliver(timedelta(seconds=59)) == 0
    assert await yard.deliver(timedelta(seconds=1)) == 1
    assert await yard.deliver(timedelta(minutes=10)) == 1
    assert await yard.deliver(timedelta(days=30)) == 0


async def test_unreachable_hub_counts_as_refusal(yard):
    yard.hub = httpx.AsyncClient(transport=httpx.MockTransport(_unreachable))
    yard.twin.post(HOOK, {}, b"1")

    await yard.deliver()

    assert [it.attempt for it in yard.twin.outbound] == [2]


def _unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("down")


@pytest.mark.parametrize(
    ("fault", "now", "later"),
    [(Fault.DROP_WEBHOOK, 0, 0), (Fault.DUPLICATE_WEBHOOK, 2, 0), (Fault.DELAY_WEBHOOK, 0, 1)],
)
async def test_webhooks_are_lost_doubled_or_late(yard, fault, now, later):
    yard.twin.faults.forced.append(fault)
    yard.twin.post(HOOK, {}, b"1")

    assert (await yard.deliver(), await yard.deliver(timedelta(hours=3))) == (now, later)


async def test_webhooks_change_their_order(yard):
    bodies = [str(number).encode() for number in range(20)]
    for body in bodies:
        yard.twin.post(HOOK, {}, body)
    yard.twin.faults.forced.append(Fault.REORDER_WEBHOOK)

    await yard.deliver()

    assert yard.posts != bodies and sorted(yard.posts) == sorted(bodies)
