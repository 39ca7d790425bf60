"""`orderhub webhooks`: who is told what; the secret is shown once."""

import json
from datetime import timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from hub.visits import Visitor
from tests.hub.sites import PUBLIC

URL = "https://erp.example.com/hook"


@pytest.fixture
def erp(hub):
    return hub.run("webhooks", "add", URL, "--id", "erp", "--events", "order.held,parcel.booked").strip()


def the(hub):
    return hub.json("webhooks", "show", "erp")


def test_secret_is_shown_once_and_is_one(hub, erp):
    assert erp.startswith("whsec_") and Webhook(erp)
    assert erp not in hub.run("webhooks", "list") + hub.run("webhooks", "show", "erp")
    assert the(hub)["events"] == ["order.held", "parcel.booked"]


def test_mistakes_are_named(hub, erp):
    assert "order.hold" in hub.fail("webhooks", "add", URL, "--id", "x", "--events", "order.hold")
    assert "https://" in hub.fail("webhooks", "add", "http://erp.example.com/", "--id", "x")
    assert "is a number" in hub.fail("webhooks", "add", "https://127.0.0.1/", "--id", "x")
    assert "there is an endpoint 'erp'" in hub.fail("webhooks", "add", URL, "--id", "erp")
    for command in ("show", "test", "disable", "enable", "rotate", "remove"):
        assert "there is no endpoint 'crm'" in hub.fail("webhooks", command, "crm")


def test_endpoint_is_disabled_and_enabled(hub, erp):
    hub.run("webhooks", "disable", "erp", "--why", "moving")
    assert (the(hub)["status"], the(hub)["disabled_reason"]) == ("disabled", "moving")
    assert "0 messages wait" in hub.run("webhooks", "enable", "erp")
    assert the(hub)["status"] == "active"


def test_removed_endpoint_is_gone(hub, erp):
    hub.run("webhooks", "remove", "erp")
    assert hub.json("webhooks", "list") == []


def test_changes_are_recorded_without_the_secret(hub, erp):
    new = hub.run("webhooks", "rotate", "erp").strip()
    hub.run("webhooks", "disable", "erp")
    recorded = json.dumps(hub.json("config", "log"))
    assert recorded.count('"entry": "erp"') == 3
    assert erp not in recorded and new not in recorded


def test_test_is_posted_now_and_its_answer_told(hub, erp, monkeypatch):
    got, statuses = [], [200, 500]

    async def resolve(host, port):
        return [PUBLIC]

    def answer(request):
        got.append(request)
        return httpx.Response(statuses[len(got) - 1])

    visitor = Visitor(resolve, lambda: httpx.MockTransport(answer))
    monkeypatch.setattr(type(hub.sites), "visitor", visitor)

    assert "took it" in hub.run("webhooks", "test", "erp")
    assert json.loads(got[0].content)["type"] == "webhook.test"
    assert "answered 500" in hub.fail("webhooks", "test", "erp")


def test_former_secret_signs_beside_the_new_one(hub, erp, monkeypatch):
    got = []

    async def resolve(host, port):
        return [PUBLIC]

    def answer(request):
        got.append(request.headers["webhook-signature"].split(" "))
        return httpx.Response(200)

    visitor = Visitor(resolve, lambda: httpx.MockTransport(answer))
    monkeypatch.setattr(type(hub.sites), "visitor", visitor)
    hub.run("webhooks", "rotate", "erp", "--keep", "2h")
    hub.run("webhooks", "test", "erp")
    hub.clock.advance(timedelta(hours=2))
    hub.run("webhooks", "test", "erp")
    assert [len(each) for each in got] == [2, 1]
