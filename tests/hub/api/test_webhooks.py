"""The web door: what is genuine is stored before it is answered, what is not leaves no trace."""

import asyncio
import gzip

import httpx
import pytest
import sqlalchemy as sa

from connectors.kit.twin import Purchase
from hub.api import webhooks as module
from hub.storage.database import UnitOfWork
from tests.hub.samples import address

STORED = ("inbox WHERE topic <> 'listing'", "notices")


async def _stored(door) -> int:
    return sum([await door.count(table) for table in STORED])


async def test_a_genuine_webhook_is_stored_before_the_answer(door) -> None:
    webhook = await door.webhook()
    answer = await door.post(webhook)
    assert answer.status_code == 200
    assert await door.noticed() == {"gid://shopify/Order/1"}


async def test_a_genuine_webhook_becomes_an_order(door) -> None:
    await door.post(await door.webhook())
    await door.work()
    assert await door.count("orders") == 1


@pytest.mark.parametrize(
    "signature",
    ["", "AAAA", "not base64 \u00e9", "q" * 5000],
    ids=["empty", "truncated", "non-ascii", "long"],
)
async def test_a_wrong_signature_stores_nothing(door, signature: str) -> None:
    webhook = await door.webhook()
    answer = await door.post(webhook, headers={"x-shopify-hmac-sha256": signature.encode("latin-1")})
    assert (answer.status_code, await _stored(door)) == (401, 0)


async def test_a_missing_signature_stores_nothing(door) -> None:
    webhook = await door.webhook()
    headers = {name: value for name, value in webhook.headers.items() if "hmac" not in name}
    answer = await door.client.post("/webhooks/shop", headers=headers, content=webhook.body)
    assert (answer.status_code, await _stored(door)) == (401, 0)


async def test_a_body_that_was_written_anew_is_not_genuine(door) -> None:
    webhook = await door.webhook()
    answer = await door.post(webhook, content=webhook.body.replace(b":", b": ", 1))
    assert (answer.status_code, await _stored(door)) == (401, 0)


async def test_the_secret_of_another_connection_opens_nothing(door) -> None:
    webhook = await door.webhook("other")
    assert (await door.post(webhook, to="shop")).status_code == 401
    assert (await door.post(webhook, to="other")).status_code == 200


async def test_a_repeated_webhook_is_one_row(door) -> None:
    webhook = await door.webhook()
    answers = [await door.post(webhook) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert await _stored(door) == 1


async def test_a_repeated_push_of_a_carrier_is_one_row(door) -> None:
    body = (
        b'{"Body":{"WaybillRoute":[{"mailno":"SF7400000000001","acceptAddress":"x","reasonName":"",'
        b'"orderid":"o-1","acceptTime":"2026-03-02 16:00:00","remark":"x","opCode":"50","id":"1",'
        b'"reasonCode":""}]}}'
    )
    url = "/webhooks/sf?token=twin-push-token-0123456789"
    headers = {"content-type": "application/json"}
    answers = [await door.client.post(url, headers=headers, content=body) for _ in range(2)]
    assert [answer.json()["return_code"] for answer in answers] == ["0000", "0000"]
    assert await _stored(door) == 1
    assert (await door.client.post("/webhooks/sf?token=x", headers=headers, content=body)).status_code == 401


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "image/png", "application/octet-stream"])
async def test_wrong_content_types_are_refused(door, kind: str) -> None:
    answer = await door.post(await door.webhook(), headers={"content-type": kind})
    assert (answer.status_code, await _stored(door)) == (415, 0)


async def test_a_compressed_body_is_refused_unread(door) -> None:
    webhook = await door.webhook()
    bomb = gzip.compress(bytes(1_000_000))
    answer = await door.post(webhook, headers={"content-encoding": "gzip"}, content=bomb)
    assert (answer.status_code, await _stored(door)) == (415, 0)


async def test_a_body_that_says_it_is_too_large_is_refused(door) -> None:
    answer = await door.post(await door.webhook(), content=bytes(door.hub.settings.webhook_limit_bytes + 1))
    assert (answer.status_code, await _stored(door)) == (413, 0)


async def test_a_body_that_turns_out_too_large_is_refused(door) -> None:
    async def endless():
        while True:
            yield bytes(65_536)

    answer = await door.post(await door.webhook(), content=endless())
    assert (answer.status_code, await _stored(door)) == (413, 0)


@pytest.mark.parametrize("length", ["-1", "1e3", "\u00b2", "9" * 5000])
async def test_a_wrong_content_length_is_refused(door, length: str) -> None:
    answer = await door.post(await door.webhook(), headers={"content-length": length.encode("latin-1")})
    assert (answer.status_code, await _stored(door)) == (400, 0)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(door, method: str) -> None:
    assert (await door.client.request(method, "/webhooks/shop")).status_code == 405


@pytest.mark.parametrize("name", ["nobody", "%00", "shop%00", "a" * 2000, "..%2f..%2fetc", "%ff%fe"])
async def test_unknown_connections_are_not_found(door, name: str) -> None:
    webhook = await door.webhook()
    answer = await door.client.post(f"/webhooks/{name}", headers=webhook.headers, content=webhook.body)
    assert (answer.status_code, await _stored(door)) == (404, 0)


async def test_a_paused_connection_still_stores(door) -> None:
    """Whoever answers an error loses the subscription; what waits is fetched when the connection goes on."""
    await door.hub.database.run(lambda uow: door.hub.books.connections.pause(uow, "shop", "a test"))
    assert (await door.post(await door.webhook())).status_code == 200
    await door.work()
    assert await door.noticed() == {"gid://shopify/Order/1"}
    await door.hub.database.run(lambda uow: door.hub.books.connections.resume(uow, "shop"))
    await door.work()
    assert await door.count("orders") == 1


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b'{"id": ', b"[" * 50_000, b"\xff\xfe\x00", b'{"a":"\\ud800"}']
)
async def test_a_genuine_webhook_that_cannot_be_read_is_stored_and_parked(door, body: bytes) -> None:
    answer = await door.post(door.signed(body))
    assert answer.status_code == 200
    await door.work()
    rows = await door.hub.database.read(
        lambda uow: uow.all("SELECT topic, state, reason FROM inbox WHERE topic <> 'listing'")
    )
    assert [(row.topic, row.state) for row in rows] == [("unread", "parked")]
    assert rows[0].reason


async def test_a_topic_that_nobody_asked_for_is_acknowledged_and_not_kept(door) -> None:
    answer = await door.post(door.signed(b'{"shop_id": 1}', "customers/redact"))
    assert (answer.status_code, await _stored(door)) == (200, 0)


async def test_without_a_database_the_platform_is_asked_to_come_again(door, monkeypatch) -> None:
    webhook = await door.webhook()
    run = door.hub.database.run

    async def away(work, **_):
        raise sa.exc.OperationalError("INSERT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(door.hub.database, "run", away)
    assert (await door.post(webhook)).status_code == 503
    monkeypatch.setattr(door.hub.database, "run", run)
    assert (await door.post(webhook)).status_code == 200
    assert await _stored(door) == 1


async def test_a_connection_that_cannot_be_looked_up_is_asked_to_come_again(door, monkeypatch) -> None:
    webhook = await door.webhook()

    async def away(work, **_):
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(door.hub.database, "read", away)
    monkeypatch.setattr(door.hub.live, "_live", {})
    assert (await door.post(webhook)).status_code == 503


async def test_a_known_connection_needs_no_look_at_an_absent_database(door, monkeypatch) -> None:
    """The settings in memory verify; whether it can be stored is another question."""
    webhook = await door.webhook()

    async def away(work, **_):
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(door.hub.database, "read", away)
    assert (await door.post(webhook)).status_code == 200


async def test_a_database_that_hangs_does_not_hold_the_platform(make_door, monkeypatch) -> None:
    monkeypatch.setattr(module, "STORE_SECONDS", 0.05)
    door = await make_door()
    webhook = await door.webhook()

    async def hang(work, **_):
        await asyncio.Event().wait()

    monkeypatch.setattr(door.hub.database, "run", hang)
    assert (await door.post(webhook)).status_code == 503


async def test_webhooks_that_come_together_share_a_transaction(door) -> None:
    shop = door.twins["shop"]
    for number in range(40):
        shop.place_order(Purchase(buyer_reference=f"b{number}", ship_to=address(), items=[("RED", 1)]))
    waiting = [each for each in shop.outbound if each.headers["x-shopify-topic"] == "orders/create"]
    await door.post(waiting[0])
    transactions = 0

    @sa.event.listens_for(door.hub.database.engine, "commit")
    def count(connection) -> None:
        nonlocal transactions
        transactions += 1

    answers = await asyncio.gather(*(door.post(each) for each in waiting))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await door.noticed()) == 40
    assert transactions <= 8


async def test_hostile_bytes_of_one_sender_do_not_fail_the_others(door, monkeypatch) -> None:
    """A receipt that the database refuses is refused alone."""
    genuine, refused = (
        await door.webhook(),
        door.signed(b'{"admin_graphql_api_id": "gid://shopify/Order/13"}'),
    )
    run = door.hub.database.run

    async def choosy(work, **_):
        def checked(uow: UnitOfWork):
            result = work(uow)
            if uow.one("SELECT 1 FROM notices WHERE external_id = 'gid://shopify/Order/13'"):
                raise sa.exc.DataError("INSERT", {}, Exception("no such number"))
            return result

        return await run(checked)

    monkeypatch.setattr(door.hub.database, "run", choosy)
    answers = await asyncio.gather(door.post(refused), door.post(genuine))
    assert [answer.status_code for answer in answers] == [503, 200]
    assert await door.noticed() == {"gid://shopify/Order/1"}


async def test_changed_settings_are_used_soon(door, monkeypatch) -> None:
    webhook = await door.webhook()
    await door.post(webhook)
    changed = {
        **door.twins["shop"].settings("https://shop.example"),
        "client_secret": "rotated-client-secret",
    }
    await door.hub.database.run(lambda uow: door.hub.books.connections.replace_settings(uow, "shop", changed))
    monkeypatch.setattr(module, "SETTINGS_SECONDS", 0.0)
    assert (await door.post(webhook)).status_code == 401
    rotated = door.signed(webhook.body, secret="rotated-client-secret")
    assert (await door.post(rotated)).status_code == 200


async def test_a_sender_who_leaves_in_the_middle_stores_nothing(door) -> None:
    webhook = await door.webhook()
    sent = [
        {"type": "http.request", "body": webhook.body[:20], "more_body": True},
        {"type": "http.disconnect"},
    ]
    said = []

    async def receive():
        return sent.pop(0)

    async def send(message):
        said.append(message)

    headers = [(name.encode(), value.encode()) for name, value in webhook.headers.items()]
    request = httpx.Request("POST", "https://hub.example/webhooks/shop")
    scope = {
        "type": "http",
        "method": "POST",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": b"",
        "headers": headers,
        "scheme": "https",
        "server": ("hub.example", 443),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "http_version": "1.1",
    }
    await door.client._transport.app(scope, receive, send)
    assert said[0]["status"] == 400
    assert await _stored(door) == 0
