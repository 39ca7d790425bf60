"""N-SECRET: canaries of a whole journey occur in no log, metric, page, error text or wake-up."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.kit.twin import Fault, Purchase
from hub import telemetry
from hub.telemetry import JsonLines, configure_logging
from tests.hub.samples import address

PERSONAL = {
    "name": "金丝雀某某",
    "telephone": "13912345678",
    "street": "秘密大道 77号",
    "email": "canary.person@example.com",
    "note": "the canary sings at night",
}
SECRETS = (
    "twin-client-secret",
    "another-client-secret",
    "TWINCHECKWORD0123456789abcdefghi",
    "twin-push-token-0123456789",
)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, down to DEBUG, as it would be written."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "hub", "connectors")}
    handlers = root.handlers
    configure_logging("DEBUG")
    stream = io.StringIO()
    root.handlers[0].stream = stream  # type: ignore[attr-defined]
    yield stream
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _purchase() -> Purchase:
    ship_to = address(name=PERSONAL["name"], telephone=PERSONAL["telephone"], street=(PERSONAL["street"],))
    return Purchase(
        buyer_reference="canary",
        ship_to=ship_to,
        items=[("RED", 1)],
        email=PERSONAL["email"],
        note=PERSONAL["note"],
    )


async def _journey(door) -> None:
    """Genuine and forged webhooks, refusals, lost answers, wrong credentials: what makes people log."""
    shop, carrier = door.twins["shop"], door.twins["sf"]
    for connection in ("shop", "sf"):
        await door.hub.database.run(
            lambda uow, each=connection: door.hub.books.connections.arm(
                uow, each, door.clock() - timedelta(days=1)
            )
        )
    for fault in (Fault.SERVER_ERROR, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.THROTTLE):
        for twin in (shop, carrier):
            twin.faults.chance = {fault: 0.3}
        shop.place_order(_purchase())
        for webhook in list(shop.outbound):
            await door.post(webhook)
            await door.post(webhook, headers={"x-shopify-hmac-sha256": SECRETS[0]})
            await door.post(door.signed(webhook.body[:-9]))
        shop.outbound.clear()
        for _ in range(6):
            await door.work()
            carrier.advance()
            door.clock.advance(timedelta(hours=3))
    shop.client_secret = "rotated-at-the-platform"
    shop.expire_tokens()
    door.clock.advance(timedelta(days=2))
    await door.work()


async def _said(door, logged: io.StringIO) -> dict[str, str]:
    errors = "SELECT last_error FROM outbox UNION ALL SELECT last_error || paused_reason FROM connections"
    parked = (
        "SELECT reason || path FROM inbox UNION ALL SELECT reason FROM cases"
        " UNION ALL SELECT reasons FROM decisions"
    )
    read = door.hub.database.read
    return {
        "logs": logged.getvalue(),
        "metrics": (await door.client.get("/metrics")).text,
        "status page": (await door.client.get("/")).text,
        "error texts": "\n".join(str(row[0]) for row in await read(lambda uow: uow.all(errors))),
        "reasons": "\n".join(str(row[0]) for row in await read(lambda uow: uow.all(parked))),
    }


async def test_no_secret_and_no_person_shows_anywhere(door, logged) -> None:
    await _journey(door)
    said = await _said(door, logged)
    assert {"booked", "scanned"} <= {effect.kind for effect in door.twins["sf"].effects}
    assert "fulfilment" in {effect.kind for effect in door.twins["shop"].effects}
    assert '"level": "warning"' in said["logs"], "nothing went wrong, so nothing was tested"
    assert said["error texts"].strip(), "nothing went wrong, so nothing was tested"
    for where, text in said.items():
        for canary in (*SECRETS, *PERSONAL.values()):
            assert canary not in text, f"{canary} shows in the {where}"


async def test_no_person_is_readable_in_the_database_file(door, logged, tmp_path) -> None:
    await _journey(door)
    await door.hub.database.run(lambda uow: uow.all("SELECT 1"))
    files = b"".join(path.read_bytes() for path in tmp_path.glob("orderhub.sqlite3*"))
    for canary in (*SECRETS, *PERSONAL.values()):
        assert canary.encode() not in files, canary


def _line(message: str, *arguments: object, **extra: object) -> str:
    record = logging.LogRecord("hub.test", logging.INFO, "x.py", 1, message, arguments, None)
    vars(record).update(extra)
    return JsonLines().format(record)


@pytest.mark.parametrize(
    "name", ["access_token", "api_key", "password", "Authorization", "cookie", "sign", "app_secret"]
)
def test_fields_that_speak_of_secrets_are_hidden(name: str) -> None:
    assert "s3cret" not in _line("event", **{name: "s3cret"})


@pytest.mark.parametrize("sign", ["\n", "\r", "\x00", "\x1b[31m", "\x85", "\u2028", "\u202e", "\ud800"])
def test_nobody_forges_a_line(sign: str) -> None:
    line = _line(f"event{sign}forged", error=f"a{sign}b", facts=[f"c{sign}d"])
    assert sign not in line
    assert len(line.splitlines()) == 1
    assert json.loads(line)["level"] == "info"
    line.encode("utf-8")


def test_an_exception_shows_its_kind_and_place_and_no_value() -> None:
    try:
        int(PERSONAL["name"])
    except ValueError:
        record = logging.LogRecord("hub.test", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["exception"] == "ValueError"
    assert PERSONAL["name"] not in json.dumps(line, ensure_ascii=False)


def test_libraries_speak_only_of_trouble(logged) -> None:
    logging.getLogger("httpx").info("GET https://shop.example?token=s3cret")
    logging.getLogger("httpcore").debug("send_request_headers")
    assert logged.getvalue() == ""
    assert telemetry.REGISTRY is not None
