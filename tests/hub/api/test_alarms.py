"""Every Prometheus rule fires in its situation, on what /metrics really says, and on a healthy hub none does.

The rules keep to one form, `metric{labels} operator number`, which is evaluated here; `for:` is Prometheus's.
"""

import operator
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
import yaml
from prometheus_client.parser import text_string_to_metric_families

from hub.asgi import application
from hub.domain.store_records import Certificate, CertificateKind, StoreRecord
from hub.queue import LANES, SilentQueue
from hub.storage import store_records
from hub.storage.inbox import Arrival
from hub.storage.stock import Count

RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load(
        (Path(__file__).parents[3] / "docker" / "prometheus-rules.yml").read_text(encoding="utf-8")
    )["groups"]
    for rule in group["rules"]
}
EXPRESSION = re.compile(r"(\w+)(?:\{(\w+)(=~|=)\"([^\"]*)\"\})? (==|>) (\d+)")
COMPARE = {"==": operator.eq, ">": operator.gt}


class Workers(SilentQueue):
    """A queue that answers, and knows of so many workers per lane."""

    def __init__(self, number=1):
        self.number = number

    async def is_reachable(self):
        return True

    async def workers(self, lane):
        return self.number


def matches(sample, name, label, how, wanted):
    if sample.name != name:
        return False
    said = sample.labels.get(label, "") if label else ""
    return bool(re.fullmatch(wanted, said)) if how == "=~" else said == (wanted or "")


async def samples(hub):
    transport = httpx.ASGITransport(application(hub))
    async with httpx.AsyncClient(transport=transport, base_url="https://hub.example") as client:
        text = (await client.get("/metrics")).text
    return [each for family in text_string_to_metric_families(text) for each in family.samples]


async def firing(hub):
    """Names of the alerts whose expression holds now."""
    found = await samples(hub)
    alerts = set()
    for alert, rule in RULES.items():
        name, label, how, wanted, compare, number = EXPRESSION.fullmatch(rule["expr"]).groups()
        values = [each.value for each in found if matches(each, name, label, how, wanted)]
        if any(COMPARE[compare](value, float(number)) for value in values):
            alerts.add(alert)
    return alerts


@pytest.fixture
def hub(door):
    return replace(door.hub, queue=Workers())


@pytest.fixture
def write(door):
    async def write(statement, **parameters):
        await door.hub.database.run(lambda uow: uow.change(statement, **parameters))

    return write


async def told(door):
    await door.work()
    await door.hub.database.run(lambda uow: uow.change("UPDATE stock_changes SET to_tell = false"))


async def test_healthy_hub_alarms_nobody(door, hub):
    await door.post(await door.webhook())
    await told(door)
    assert await firing(hub) == set()


async def test_database_away(hub, monkeypatch):
    async def away(work):
        raise sa.exc.OperationalError("SELECT", {}, Exception("refused"))

    monkeypatch.setattr(hub.database, "read", away)
    assert await firing(hub) == {"OrderhubDatabaseAway"}


async def test_queue_away(door, hub):
    await told(door)
    assert await firing(replace(hub, queue=SilentQueue())) == {"OrderhubQueueAway"}


async def test_worker_gone(door, hub):
    await told(door)
    assert await firing(replace(hub, queue=Workers(0))) == {"OrderhubWorkerGone"}


async def test_document_waits(door, hub):
    await told(door)
    arrival = Arrival(connection_id="shop", topic="order", external_id="1", document=b"{}")
    await hub.database.run(lambda uow: hub.books.receive(uow, [arrival], hub.now()))
    door.clock.advance(timedelta(seconds=600))
    assert await firing(hub) == set()
    door.clock.advance(timedelta(seconds=1))
    assert await firing(hub) == {"OrderhubInboxBehind"}


async def test_message_that_may_leave_does_not(door, hub, write):
    await door.post(await door.webhook())
    await told(door)
    await write("UPDATE outbox SET state = 'open', not_before = 0 WHERE verb = 'book'")
    await write("UPDATE connections SET status = 'active'")
    assert await firing(hub) == {"OrderhubOutboxStuck"}


async def test_message_of_a_connection_that_observes_is_not_late(door, hub, write):
    await door.post(await door.webhook())
    await told(door)
    await write("UPDATE outbox SET state = 'open', not_before = 0 WHERE verb = 'book'")
    await write("UPDATE connections SET status = 'observing'")
    assert await firing(hub) == set()


async def test_stock_is_told_late(door, hub):
    await told(door)
    count = Count(sku="RED", location_id="wh", on_hand=400)
    await hub.database.run(lambda uow: hub.books.stock.count(uow, [count], hub.now(), actor="test"))
    assert await firing(hub) == set()
    door.clock.advance(timedelta(seconds=301))
    assert await firing(hub) == {"OrderhubStockToldLate"}


@pytest.mark.parametrize("table", ["inbox", "outbox"])
async def test_row_is_parked(door, hub, write, table):
    await door.post(await door.webhook())
    await told(door)
    await write(f"UPDATE {table} SET state = 'parked'")
    assert await firing(hub) == {"OrderhubMessagesParked"}


@pytest.mark.parametrize(
    ("reason", "alert"),
    [
        ("sign in again: the token was revoked", "OrderhubSignInNeeded"),
        ("correct the settings (setting url): unknown host", "OrderhubConnectionPaused"),
        ("a person's words", "OrderhubConnectionPaused"),
    ],
)
async def test_connection_is_paused(door, hub, reason, alert):
    await told(door)
    await hub.database.run(lambda uow: hub.books.connections.pause(uow, "shop", reason))
    assert await firing(hub) == {alert}
    assert not [each for each in await samples(hub) if reason in each.labels.values()]


async def test_store_is_quiet(door, hub):
    await door.post(await door.webhook())
    await told(door)
    door.clock.advance(timedelta(days=1, seconds=1))
    assert "OrderhubStoreQuiet" in await firing(hub)


async def test_certificate_ends(door, hub):
    await told(door)
    ended = Certificate(kind=CertificateKind.PERMIT, valid_until=date(2020, 1, 1))
    record = StoreRecord(certificates={"a": ended})
    await hub.database.run(lambda uow: store_records.save(uow, {"shop": record}))
    assert await firing(hub) == {"OrderhubCertificateEnds"}


async def test_webhook_is_given_up(door, hub, write):
    await told(door)
    await write(
        "INSERT INTO webhook_endpoints (id, url, events, status, secrets, made_by, made_at)"
        " VALUES ('erp', '', '', 'active', :none, '', 0)",
        none=b"",
    )
    await write(
        "INSERT INTO webhook_messages (id, endpoint_id, event, document, state, attempts, not_before,"
        " lease_until, lease_epoch, last_error, created_at)"
        " VALUES ('m', 'erp', '', '', 'parked', 10, 0, 0, 1, '', 0)"
    )
    assert await firing(hub) == {"OrderhubWebhooksGivenUp"}


def test_every_alert_is_provoked_above_and_told_of_in_the_manual():
    text = Path(__file__).read_text(encoding="utf-8")
    manual = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [each for each in RULES if f'"{each}"' not in text] == []
    assert [each for each in RULES if f"`{each}`" not in manual] == []


def test_every_rule_has_the_form_that_is_evaluated_here_and_what_a_person_reads():
    for rule in RULES.values():
        assert EXPRESSION.fullmatch(rule["expr"])
        assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"]


async def test_both_lanes_are_counted(hub):
    lanes = {each.labels["lane"] for each in await samples(hub) if each.name == "orderhub_workers"}
    assert lanes == set(LANES)
