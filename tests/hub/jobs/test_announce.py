"""Outgoing webhooks arrive at least once, signed as the specification says, whatever receivers do."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx
import pytest
import standardwebhooks.webhooks
from standardwebhooks import Webhook

from connectors.kit.standard_webhooks import new_secret
from hub.jobs import announce
from hub.jobs.announce import MOST_FAILING, RETRIES, work_webhooks
from hub.jobs.housekeeping import housekeeping
from hub.jobs.sweep import due_work
from hub.storage import announcements
from hub.storage.announcements import Secret
from hub.visits import Visitor
from mappings.canonical import PaymentStatus
from tests.hub.samples import replace as replace_in
from tests.hub.samples import sales
from tests.hub.sites import PUBLIC

URL = "https://erp.example.com/hook"


@dataclass
class Receiver:
    """Answers with `statuses` one after the other, then with 200; keeps what it was sent."""

    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[httpx.Request] = field(default_factory=list)
    address: str = PUBLIC

    def answer(self, request):
        self.got.append(request)
        status = self.statuses.pop(0) if self.statuses else 200
        return httpx.Response(status, headers=self.headers)

    async def resolve(self, host, port):
        return [self.address]

    @property
    def types(self):
        return [json.loads(each.content)["type"] for each in self.got]


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def telling(hub, receiver):
    """The hub, whose internet is the receiver."""
    return replace(hub, visitor=Visitor(receiver.resolve, lambda: httpx.MockTransport(receiver.answer)))


@pytest.fixture
def secret():
    return new_secret(lambda count: bytes(range(count)))


@pytest.fixture
def add(house, secret):
    def add(endpoint_id="erp", *events):
        house.run(
            lambda uow: announcements.add(
                uow,
                endpoint_id=endpoint_id,
                url=URL,
                events=events,
                secrets=[Secret(text=secret)],
                key=house.books.connections.open_named(uow, announcements.KEY),
                actor="test",
                now=house.now,
            )
        )

    return add


def endpoint(house, endpoint_id="erp"):
    return house.run(lambda uow: announcements.endpoints(uow, endpoint_id))[0]


def another(number):
    return sales(external_id=number, order_number=number)


def states(house):
    return dict(house.rows("SELECT state, count(*) FROM webhook_messages GROUP BY state"))


def library_at(monkeypatch, now):
    """The receiver's library believes that it is `now`."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return now

    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", Clock)


async def test_decision_is_told_and_another_implementation_verifies_it(
    telling, house, add, receiver, secret, monkeypatch
):
    add("erp", "order.approved")
    house.take(sales())
    await work_webhooks(telling, "erp")

    (sent,) = receiver.got
    library_at(monkeypatch, house.now)
    said = Webhook(secret).verify(sent.content, dict(sent.headers))
    assert said["type"] == "order.approved"
    assert datetime.fromisoformat(said["timestamp"]) == house.now
    assert said["data"]["order_id"] == house.value("SELECT id FROM orders")
    assert states(house) == {"done": 1}


async def test_payload_holds_no_personal_value(telling, house, add, receiver):
    add()
    order = sales()
    house.take(order)
    await work_webhooks(telling, "erp")

    assert len(receiver.got) == 4
    allowed = {"order_id", "store_id", "external_id", "order_number", "stage", "reasons"}
    for each in receiver.got:
        said = json.loads(each.content)
        assert said.keys() == {"type", "timestamp", "data"} and said["data"].keys() <= allowed
        assert order.ship_to.name not in each.content.decode()
        assert order.ship_to.telephone not in each.content.decode()


async def test_only_chosen_events_are_told_and_each_endpoint_has_its_own_message(house, add):
    add("erp", "order.released")
    add("all")
    house.take(sales())
    found = house.rows("SELECT endpoint_id, event FROM webhook_messages ORDER BY endpoint_id, id")
    assert found == [
        ("all", "order.received"),
        ("all", "order.approved"),
        ("all", "order.allocated"),
        ("all", "order.released"),
        ("erp", "order.released"),
    ]


def test_what_is_rolled_back_is_not_told(house, add, monkeypatch):
    add()
    house.receive(sales())

    def broken(*arguments):
        raise RuntimeError("before the commit")

    monkeypatch.setattr(type(house.books.inbox), "finish", broken)
    with pytest.raises(RuntimeError):
        house.work()
    assert states(house) == {}


async def test_attempt_is_repeated_under_the_same_id_and_signed_anew(
    telling, house, add, receiver, secret, monkeypatch
):
    add("erp", "order.approved")
    house.take(sales())
    receiver.statuses = [500]
    await work_webhooks(telling, "erp")
    await work_webhooks(telling, "erp")
    assert len(receiver.got) == 1
    house.clock.advance(RETRIES[0])
    await work_webhooks(telling, "erp")

    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    library_at(monkeypatch, house.now)
    Webhook(secret).verify(second.content, dict(second.headers))
    assert endpoint(house).failing_since is None


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500, 503])
async def test_anything_but_success_is_tried_again(telling, house, add, receiver, status):
    add("erp", "order.approved")
    house.take(sales())
    receiver.statuses, receiver.headers = [status], {"location": "https://elsewhere.example.com/"}
    await work_webhooks(telling, "erp")

    assert len(receiver.got) == 1 and states(house) == {"open": 1}
    assert endpoint(house).last_error == f"answered {status}"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_success_counts(telling, house, add, receiver, status):
    add("erp", "order.approved")
    house.take(sales())
    receiver.statuses = [status]
    await work_webhooks(telling, "erp")
    assert states(house) == {"done": 1}


async def test_message_that_nobody_takes_is_given_up_after_three_days(telling, house, add, receiver):
    add("erp", "order.approved")
    house.take(sales())
    receiver.statuses = [400] * 50
    began = house.now
    for pause in RETRIES:
        await work_webhooks(telling, "erp")
        house.clock.advance(pause)
    assert states(house) == {"open": 1} and house.now - began > timedelta(days=3)
    await work_webhooks(telling, "erp")

    assert len(receiver.got) == len(RETRIES) + 1 and states(house) == {"parked": 1}
    assert endpoint(house).given_up == 1


async def test_gone_disables_at_once_and_nothing_is_kept_for_it_any_more(telling, house, add, receiver):
    add("erp", "order.approved")
    house.take(sales())
    receiver.statuses = [410]
    await work_webhooks(telling, "erp")

    assert endpoint(house).disabled_reason == "it answered 410 Gone"
    house.take(another("2"))
    assert states(house) == {"open": 1}
    house.run(lambda uow: announcements.enable(uow, "erp", house.now))
    await work_webhooks(telling, "erp")
    assert states(house) == {"done": 1}


async def test_endpoint_that_takes_nothing_for_days_is_disabled(telling, house, add, receiver):
    add("erp", "order.approved")
    house.take(sales())
    receiver.statuses = [500] * 50
    await work_webhooks(telling, "erp")
    house.clock.advance(MOST_FAILING)
    await work_webhooks(telling, "erp")
    assert endpoint(house).disabled_reason == "it took nothing for 5 days: answered 500"


async def test_endpoint_that_is_away_rests_and_spends_one_attempt(telling, house, add, receiver, monkeypatch):
    monkeypatch.setattr(announce, "AT_ONCE", 1)
    add()
    house.take(sales())
    receiver.statuses, receiver.headers = [503], {"retry-after": "120"}
    await work_webhooks(telling, "erp")

    assert len(receiver.got) == 1
    assert house.rows("SELECT attempts FROM webhook_messages ORDER BY id") == [(1,), (0,), (0,), (0,)]
    house.clock.advance(timedelta(seconds=119))
    assert "work_webhooks" not in {each.job for each in await due_work(telling)}
    house.clock.advance(timedelta(seconds=1))
    assert "work_webhooks" in {each.job for each in await due_work(telling)}
    await work_webhooks(telling, "erp")
    assert states(house) == {"done": 4}


async def test_slow_receiver_delays_no_other(telling, hub, house, add, receiver):
    add("slow", "order.approved")
    add("erp", "order.approved")
    house.take(sales())
    arrived = asyncio.Event()

    async def silent(request):
        arrived.set()
        await asyncio.Event().wait()

    stuck = replace(hub, visitor=Visitor(receiver.resolve, lambda: httpx.MockTransport(silent)))
    slow = asyncio.create_task(work_webhooks(stuck, "slow"))
    await arrived.wait()
    await work_webhooks(telling, "erp")

    assert states(house) == {"done": 1, "open": 1}
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)


async def test_message_in_flight_is_not_sent_by_a_second_worker(telling, house, add, receiver):
    add("erp", "order.approved")
    house.take(sales())

    def claim(uow):
        at = house.database.lease_now(uow)
        return announcements.claim(uow, "erp", 5, house.now, at, timedelta(minutes=2))

    (first,) = house.run(claim)
    await work_webhooks(telling, "erp")
    assert receiver.got == []
    house.clock.advance(timedelta(minutes=3))
    (second,) = house.run(claim)
    late = announcements.Result(message=first, state="open", not_before=house.now)
    house.run(lambda uow: announcements.record(uow, [late], house.now))
    await work_webhooks(telling, "erp")
    assert receiver.got == [] and second.attempts == 2


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1"])
async def test_endpoint_that_resolves_inwards_is_sent_nothing(telling, house, add, receiver, address):
    add("erp", "order.approved")
    house.take(sales())
    receiver.address = address
    await work_webhooks(telling, "erp")
    assert receiver.got == [] and "inner network" in endpoint(house).last_error


async def test_former_secret_signs_beside_the_new_one_until_its_time(
    telling, house, add, receiver, secret, monkeypatch
):
    add()
    new = new_secret(lambda count: bytes(count - 1) + b"x")
    until = house.now + timedelta(hours=24)
    both = [Secret(text=new), Secret(text=secret, until=until)]
    house.run(
        lambda uow: announcements.set_secrets(
            uow, "erp", both, house.books.connections.open_named(uow, announcements.KEY)
        )
    )
    house.take(sales())
    await work_webhooks(telling, "erp")
    library_at(monkeypatch, house.now)
    for each in (new, secret):
        Webhook(each).verify(receiver.got[0].content, dict(receiver.got[0].headers))

    house.clock.advance(timedelta(hours=24))
    house.take(another("2"))
    await work_webhooks(telling, "erp")
    assert len(receiver.got[-1].headers["webhook-signature"].split(" ")) == 1


async def test_cost_for_the_database_does_not_grow_with_the_batch(house, add, count_statements):
    add()

    def cost(*numbers):
        said = [replace_in(another(each), payment_status=PaymentStatus.PENDING) for each in numbers]
        house.receive(*said)
        count_statements()
        house.work()
        return count_statements()

    cost("0")
    assert cost("1") == cost(*map(str, range(2, 8)))
    assert house.value("SELECT count(*) FROM webhook_messages") == 16


async def test_housekeeping_forgets_what_arrived_long_ago(telling, house, add):
    add("erp", "order.received")
    house.take(sales())
    await work_webhooks(telling, "erp")
    house.clock.advance(telling.settings.keep_webhooks + timedelta(seconds=1))
    house.take(another("2"))
    await housekeeping(telling)
    assert states(house) == {"open": 1}


def test_secrets_are_not_readable_in_the_database(house, add, secret):
    add()
    sealed = bytes(house.value("SELECT secrets FROM webhook_endpoints"))
    assert secret.encode() not in sealed and secret.removeprefix("whsec_").encode() not in sealed
