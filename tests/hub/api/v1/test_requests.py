"""What is done to every request before an endpoint sees it: tokens, limits, faults."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from hub.api.v1 import authentication, overview, reading
from hub.asgi import application
from tests.hub.api.v1.conftest import HELD, SHIPS


async def test_a_revoked_token_opens_nothing_from_the_next_request_on(callers) -> None:
    assert (await callers.send("GET", "/overview", "viewer")).status_code == 200
    callers.house.run(lambda uow: uow.change("UPDATE api_tokens SET revoked_at = 1 WHERE name = 'viewer'"))
    await callers.refused(401, "GET", "/overview", "viewer")


async def test_an_expired_token_opens_nothing(callers) -> None:
    later = callers.house.clock() + timedelta(hours=1)
    callers.tokens["short"] = callers.token("viewer", "short", expires_at=later)
    assert (await callers.send("GET", "/overview", "short")).status_code == 200
    callers.house.clock.advance(timedelta(hours=1))
    await callers.refused(401, "GET", "/overview", "short")


async def test_the_last_use_is_noted_once_a_minute_for_all_tokens(callers, count_writes) -> None:
    for role in ("viewer", "clerk", "viewer", "clerk"):
        await callers.send("GET", "/overview", role)
    assert count_writes() == 1
    callers.house.clock.advance(timedelta(minutes=1))
    await callers.send("GET", "/overview", "viewer")
    assert count_writes() == 1
    used = dict(callers.house.rows("SELECT name, used_at IS NOT NULL FROM api_tokens"))
    assert used == {"viewer": True, "clerk": True, "administrator": False}


@pytest.fixture
def count_writes(callers):
    """Statements that note uses since the last call."""
    seen: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("UPDATE api_tokens"):
            seen.append(statement)

    sa.event.listen(callers.house.database.engine, "before_cursor_execute", note)

    def so_far() -> int:
        number = len(seen)
        seen.clear()
        return number

    return so_far


async def test_who_guesses_waits_while_others_go_on(callers) -> None:
    await callers.get("/overview", "viewer")
    callers.tokens["wrong"] = "oh_0000000000_" + "0" * 64
    for _ in range(authentication.MOST_FAILURES):
        await callers.refused(401, "GET", "/overview", "wrong")
    await callers.refused(429, "GET", "/overview", "wrong")
    await callers.get("/overview", "viewer")
    callers.house.clock.advance(timedelta(minutes=1))
    await callers.refused(401, "GET", "/overview", "wrong")


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer oh_x", "Bearer \x80"])
async def test_what_is_no_token_is_refused(callers, header: str) -> None:
    headers = [(b"authorization", header.encode("latin-1"))] if header else []
    answer = await callers.client.get("/api/v1/overview", headers=headers)
    assert answer.status_code == 401


async def test_the_body_of_a_stranger_is_not_read(callers) -> None:
    read: list[bytes] = []

    async def body():
        read.append(b"{}")
        yield b"{}"

    answer = await callers.client.post(f"/api/v1/orders/{HELD}/hold", content=body())
    assert (answer.status_code, read) == (401, [])


async def test_a_body_has_a_limit(callers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    problem = await callers.refused(413, "POST", f"/orders/{HELD}/hold", json={"why": "x" * 100})
    assert "100 bytes" in problem["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_is_json(callers, kind: str) -> None:
    headers = {"content-type": kind}
    await callers.refused(415, "POST", f"/orders/{HELD}/hold", content=b'{"why": "x"}', headers=headers)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", ""),
        ("[]", ""),
        ("{}", "why"),
        ('{"why": ""}', "why"),
        ('{"why": 7}', "why"),
        ('{"why": "a\\u0000b"}', "why"),
        ('{"why": "\\ud800"}', ""),
    ],
)
async def test_a_wrong_body_is_named_by_field(callers, body: str, field: str) -> None:
    headers = {"content-type": "application/json"}
    problem = await callers.refused(
        422, "POST", f"/orders/{HELD}/hold", content=body.encode(), headers=headers
    )
    assert problem["faults"][0]["field"] == field and problem["faults"][0]["remedy"]


@pytest.mark.parametrize(
    ("query", "field", "remedy"),
    [
        ("limit=0", "limit", "greater than or equal to 1"),
        ("limit=1001", "limit", "less than or equal to 1000"),
        ("limit=1&limit=2", "limit", "given twice"),
        ("stage=nowhere", "stage", "'received'"),
        ("number=%00", "number", "null character"),
        ("number=*", "number", "put what it begins with"),
        ("placed_from=2026-03-01T00:00:00", "placed_from", "timezone"),
        ("amount_from=ten", "amount_from", "decimal"),
        ("after=elsewhere", "after", "belongs to another search"),
        ("store=nowhere", "store", "is not known"),
        ("saved=nothing", "saved", "is not known"),
    ],
)
async def test_a_wrong_parameter_is_named_with_its_remedy(callers, query, field, remedy) -> None:
    problem = await callers.refused(422, "GET", f"/orders?{query}")
    (fault,) = problem["faults"]
    assert fault["field"] == field and remedy in fault["remedy"]


async def test_a_personal_value_is_not_told_back(callers) -> None:
    problem = await callers.refused(422, "GET", "/orders", params={"phone": "1380000" * 50})
    assert problem["faults"][0]["field"] == "phone" and "1380000" not in str(problem)


async def test_a_write_takes_no_query(callers) -> None:
    problem = await callers.refused(422, "POST", f"/orders/{HELD}/hold?why=x", json={"why": "x"})
    assert "put it into the body" in problem["faults"][0]["remedy"]


@pytest.mark.parametrize(
    ("path", "headers", "field"),
    [
        (f"/orders/{HELD}/hold", {"idempotency-key": "a b"}, "Idempotency-Key"),
        ("/stock/counts", {"if-match": '"1"'}, "If-Match"),
    ],
)
async def test_a_header_that_cannot_be_honoured_is_refused(callers, path, headers, field) -> None:
    body = {"counts": [{"sku": "RED", "location": "wh", "on_hand": 1}]} if "counts" in path else {"why": "x"}
    problem = await callers.refused(422, "POST", path, json=body, headers=headers)
    assert problem["faults"][0]["field"] == field


async def test_a_database_that_is_away_is_told_without_its_words(callers, monkeypatch) -> None:
    def away(call: Any, *, reading: bool = False, single: bool = False) -> Any:
        raise sa.exc.OperationalError("SELECT", {}, Exception("no route to secret-host"))

    await callers.get("/overview")
    monkeypatch.setattr(callers.house.database, "transact", away)
    answer = await callers.send("GET", "/overview")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "secret-host" not in answer.text


async def test_a_failure_is_told_without_its_words(callers, monkeypatch) -> None:
    def fail(uow: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(overview, "overview", fail)
    transport = httpx.ASGITransport(application(callers.hub), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        headers = {"authorization": f"Bearer {callers.tokens['viewer']}"}
        answer = await client.get("/api/v1/overview", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


async def test_a_null_character_in_an_address_finds_nothing(callers) -> None:
    await callers.refused(404, "GET", "/orders/a%00b")


async def test_head_answers_as_get_without_a_body(callers) -> None:
    answer = await callers.send("HEAD", f"/orders/{SHIPS}")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
