"""Health, metrics and the status page: what they say, and what they must never say."""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa

from hub.api import health
from hub.domain.completeness import HOUR, Gap, Kind, Lack, hour_of
from hub.domain.completeness import Certificate as Compared
from hub.domain.store_records import Certificate, CertificateKind, StoreRecord
from hub.storage import completeness, store_records
from hub.storage.database import UnitOfWork

HOSTILE = "<script>alert(1)</script>\u202e'\""


async def _away(work):
    raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused to secret-host"))


async def test_alive_needs_nothing(door, monkeypatch) -> None:
    monkeypatch.setattr(door.hub.database, "read", _away)
    assert (await door.client.get("/health/live")).status_code == 200


async def test_ready_with_a_database_even_without_a_queue(door) -> None:
    answer = await door.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "queue": "unreachable, sweeps take over"}


async def test_not_ready_without_a_database(door, monkeypatch) -> None:
    monkeypatch.setattr(door.hub.database, "read", _away)
    answer = await door.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable (OperationalError)"
    assert "secret-host" not in answer.text


async def test_not_ready_while_the_database_hangs(door, monkeypatch) -> None:
    async def hang(work):
        await asyncio.Event().wait()

    monkeypatch.setattr(door.hub.database, "read", hang)
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.05)
    assert (await door.client.get("/health/ready")).status_code == 503


async def test_metrics_count_webhooks_by_known_connections_only(door) -> None:
    await door.post(await door.webhook())
    for number in range(20):
        await door.client.post(f"/webhooks/guess-{number}", content=b"{}")
    text = (await door.client.get("/metrics")).text
    assert 'orderhub_webhooks_total{connection="shop",result="stored"}' in text
    assert 'orderhub_webhooks_total{connection="unknown",result="unknown connection"}' in text
    assert "guess-" not in text


async def test_metrics_show_orders_and_what_waits(door) -> None:
    await door.post(await door.webhook())
    waiting = (await door.client.get("/metrics")).text
    assert 'orderhub_backlog{kind="notices"} 1.0' in waiting
    await door.work()
    worked = (await door.client.get("/metrics")).text
    assert 'orderhub_backlog{kind="notices"} 0.0' in worked
    assert "orderhub_orders{stage=" in worked


async def test_metrics_count_certificates_that_somebody_must_look_after(door) -> None:
    ended = Certificate(kind=CertificateKind.PERMIT, valid_until=date(2020, 1, 1))

    def enter(uow: UnitOfWork) -> None:
        (store, *_) = uow.all("SELECT id FROM stores")
        store_records.save(uow, {store.id: StoreRecord(certificates={"a": ended, "b": ended})})

    assert "orderhub_certificates{" not in (await door.client.get("/metrics")).text
    await door.hub.database.run(enter)
    for _ in range(2):
        text = (await door.client.get("/metrics")).text
        assert 'orderhub_certificates{kind="permit",state="expired"} 2.0' in text


async def test_metrics_tell_how_complete_each_store_is(door) -> None:
    hour = hour_of(door.hub.now() - HOUR)
    gap = Gap(external_id="1", lack=Lack.MISSING)
    certificate = Compared(
        store_id="",
        connection_id="shop",
        kind=Kind.IDS,
        hour=hour,
        compared=1,
        checked_at=door.hub.now(),
        gaps=(gap,),
    )
    assert "orderhub_completeness_gaps{" not in (await door.client.get("/metrics")).text

    await door.hub.database.run(lambda uow: completeness.certify(uow, certificate))

    text = (await door.client.get("/metrics")).text
    age = (door.hub.now() - hour - HOUR).total_seconds()
    assert 'orderhub_completeness_gaps{connection="shop"} 1.0' in text
    assert f'orderhub_completeness_age_seconds{{connection="shop"}} {age}' in text


async def test_metrics_without_a_database_still_count_and_claim_nothing(door, monkeypatch) -> None:
    await door.client.get("/metrics")
    monkeypatch.setattr(door.hub.database, "read", _away)
    answer = await door.client.get("/metrics")
    assert answer.status_code == 200
    assert "orderhub_webhooks_total" in answer.text
    assert "orderhub_backlog{" not in answer.text
    assert "orderhub_connection_up{" not in answer.text
    assert "orderhub_certificates{" not in answer.text


async def test_the_status_page_escapes_what_others_wrote(door) -> None:
    def hurt(uow: UnitOfWork) -> None:
        uow.change("UPDATE connections SET last_error = :text WHERE id = 'shop'", text=HOSTILE)
        uow.change("UPDATE connections SET platform = :text WHERE id = 'other'", text=HOSTILE)

    await door.hub.database.run(hurt)
    page = (await door.client.get("/")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


async def test_the_status_page_has_a_strict_policy_and_needs_no_script(door) -> None:
    answer = await door.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert not any(
        sign in answer.text for sign in ("<script", " onclick", "javascript:", "http://", "https://")
    )


async def test_the_status_page_says_that_the_database_is_away(door, monkeypatch) -> None:
    monkeypatch.setattr(door.hub.database, "read", _away)
    answer = await door.client.get("/")
    assert answer.status_code == 503
    assert "secret-host" not in answer.text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/"])
async def test_pages_are_only_read(door, path: str) -> None:
    assert (await door.client.post(path)).status_code == 405


async def test_no_other_routes_are_open(door) -> None:
    """A route without a line here was forgotten, or nobody thought of who may see it."""
    every = door.client._transport.app.routes
    routes = {(route.path, tuple(sorted(getattr(route, "methods", ["its own"])))) for route in every}
    assert routes == {
        ("/webhooks/{connection}", ("POST",)),
        ("/health/live", ("GET", "HEAD")),
        ("/health/ready", ("GET", "HEAD")),
        ("/metrics", ("GET", "HEAD")),
        ("/", ("GET", "HEAD")),
        ("/api/v1", ("its own",)),
    }
