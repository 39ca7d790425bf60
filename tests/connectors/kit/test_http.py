"""`PlatformClient`: limits, repetitions, deadlines, names of errors; nothing of httpx escapes."""

import asyncio
import gzip
import inspect
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    CredentialsInMemory,
    Misconfigured,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    RateLimit,
    RateLimited,
    Recovery,
    Rejected,
    TokenBucket,
    Transient,
    UnexpectedPayload,
    errors,
)
from connectors.kit import http as kit_http
from connectors.kit.conformance.rig import ManualClock
from connectors.kit.http import ATTEMPTS, WRITES_BEFORE, retry_after

URL = "https://platform.example/things?access_token=s3cret"
LIMIT = RateLimit(calls=100, per=timedelta(seconds=1))
NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Desk:
    """A client on a manual clock, before a respx router."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.slept: list[float] = []
        self.outside = Outside(
            http=httpx.AsyncClient(),
            now=self.clock,
            sleep=self._sleep,
            budget=TokenBucket(
                (RateLimit(calls=100, per=timedelta(seconds=1)),), self.clock, self.clock.sleep
            ),
            credentials=CredentialsInMemory(),
            jitter=lambda: 0.5,
        )
        self.client = PlatformClient(self.outside)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.clock.sleep(seconds)

    async def get(self) -> httpx.Response:
        return await self.client.send("GET", URL, write=False)

    async def post(self) -> httpx.Response:
        return await self.client.send("POST", URL, write=True, json={"a": 1})


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def platform():
    with respx.mock(assert_all_called=False) as router:
        yield router.route(host="platform.example")


def every(kind: type[Exception]) -> list[type[Exception]]:
    found = [it for _, it in inspect.getmembers(httpx) if isinstance(it, type) and issubclass(it, Exception)]
    return [it for it in found if issubclass(it, kind)]


def raised(kind: type[Exception]) -> Exception:
    if issubclass(kind, httpx.HTTPStatusError):
        return kind("s3cret", request=httpx.Request("GET", URL), response=httpx.Response(500))
    arguments = len(inspect.signature(kind.__init__).parameters)
    return kind() if arguments == 1 else kind("s3cret")


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("kind", every(Exception), ids=lambda kind: kind.__name__)
async def test_no_httpx_exception_escapes(desk, platform, kind, write):
    platform.mock(side_effect=raised(kind))

    with pytest.raises(ConnectorError) as caught:
        await (desk.post() if write else desk.get())

    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("kind", every(httpx.TransportError), ids=lambda kind: kind.__name__)
async def test_writes_are_repeated_only_if_they_never_arrived(desk, platform, kind):
    platform.mock(side_effect=kind("cut"))

    with pytest.raises(ConnectorError):
        await desk.post()

    assert platform.call_count == (ATTEMPTS if kind in NEVER_ARRIVED else 1)


@pytest.mark.parametrize(
    "kind", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError]
)
async def test_unanswered_write_is_unknown_and_unanswered_read_is_transient(desk, platform, kind):
    platform.mock(side_effect=kind("cut"))

    with pytest.raises(OutcomeUnknown):
        await desk.post()
    with pytest.raises(Transient):
        await desk.get()


def test_every_error_class_has_a_recovery():
    known = [it for _, it in inspect.getmembers(errors, inspect.isclass) if issubclass(it, ConnectorError)]

    assert len(known) == 9
    assert all(isinstance(it.recovery, Recovery) for it in known if it is not ConnectorError)
    assert {it.recovery for it in known if it is not ConnectorError} == set(Recovery)


def test_unknown_outcome_is_not_transient():
    assert not issubclass(OutcomeUnknown, Transient)


@pytest.mark.parametrize(
    ("status", "on_read", "on_write"),
    [
        (302, Misconfigured, Misconfigured),
        (401, AuthenticationFailed, AuthenticationFailed),
        (403, AuthenticationFailed, AuthenticationFailed),
        (404, Misconfigured, Misconfigured),
        (408, Transient, OutcomeUnknown),
        (422, Rejected, Rejected),
        (429, RateLimited, RateLimited),
        (500, Transient, OutcomeUnknown),
        (503, Transient, OutcomeUnknown),
    ],
)
async def test_each_status_has_its_name(desk, platform, status, on_read, on_write):
    platform.respond(status, headers={"location": "https://elsewhere.example"}, text="s3cret body")

    with pytest.raises(on_read) as read:
        await desk.get()
    with pytest.raises(on_write) as write:
        await desk.post()

    assert read.value.code == write.value.code == str(status)
    assert "s3cret" not in f"{read.value}{write.value}"


async def test_reads_are_repeated_until_they_work(desk, platform):
    platform.side_effect = [httpx.Response(503), httpx.ReadTimeout("cut"), httpx.Response(200, text="here")]

    assert (await desk.get()).text == "here"
    assert desk.slept == sorted(desk.slept) and len(desk.slept) == 2


async def test_throttled_write_is_repeated_after_what_was_asked_for(desk, platform):
    platform.side_effect = [httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200)]

    await desk.post()

    assert desk.slept == [7.0]


async def test_long_wait_is_passed_on(desk, platform):
    platform.respond(429, headers={"retry-after": "3600"})

    with pytest.raises(RateLimited) as caught:
        await desk.get()

    assert caught.value.retry_after == timedelta(hours=1)
    assert (platform.call_count, desk.slept) == (1, [])


async def test_throttling_pauses_everybody_on_this_connection(desk, platform):
    started = desk.clock()
    platform.side_effect = [httpx.Response(429, headers={"retry-after": "3600"}), httpx.Response(200)]
    with pytest.raises(RateLimited):
        await desk.get()

    await desk.get()

    assert desk.clock() - started >= timedelta(hours=1)


async def test_throttling_of_a_named_operation_pauses_no_other(desk, platform):
    started = desk.clock()
    platform.side_effect = [httpx.Response(429, headers={"retry-after": "3600"}), *[httpx.Response(200)] * 2]
    with pytest.raises(RateLimited):
        await desk.client.send("GET", URL, write=False, of="search")
    await desk.client.send("GET", URL, write=False, of="read")
    assert desk.clock() == started

    await desk.client.send("GET", URL, write=False, of="search")
    assert desk.clock() - started >= timedelta(hours=1)


SENT = "Mon, 02 Mar 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", timedelta(seconds=7)),
        (" 0 ", timedelta(0)),
        ("1.5", timedelta(seconds=1.5)),
        ("Mon, 02 Mar 2026 08:02:00 GMT", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 07:00:00 GMT", None),
        ("-5", None),
        ("1e400", None),
        ("9" * 400, None),
        ("100000", None),
        ("soon", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_all_its_forms(value, wait):
    headers = {"date": SENT} | ({} if value is None else {"retry-after": value.encode()})
    assert retry_after(httpx.Response(429, headers=headers)) == wait


def test_retry_after_as_a_date_without_the_date_of_the_answer():
    answer = httpx.Response(429, headers={"retry-after": "Mon, 02 Mar 2026 08:02:00 GMT"})

    assert retry_after(answer) is None
    assert retry_after(answer, datetime(2026, 3, 2, 8, 1, tzinfo=UTC)) == timedelta(minutes=1)


class Drip(httpx.AsyncByteStream):
    """An answer of which one byte comes, and then never another."""

    def __init__(self, pause) -> None:
        self._pause = pause

    async def __aiter__(self):
        yield b"{"
        await self._pause.wait()
        yield b"}"


@pytest.mark.parametrize(("write", "expected"), [(True, OutcomeUnknown), (False, Transient)])
async def test_dripping_answer_meets_the_total_deadline(desk, platform, monkeypatch, write, expected):
    monkeypatch.setattr(kit_http, "TOTAL_DEADLINE", timedelta(0))
    platform.mock(side_effect=lambda request: httpx.Response(200, stream=Drip(asyncio.Event())))

    with pytest.raises(expected, match="no complete answer"):
        await (desk.post() if write else desk.get())


@pytest.mark.parametrize(("write", "expected"), [(True, OutcomeUnknown), (False, UnexpectedPayload)])
async def test_body_that_unpacks_to_too_much_is_refused(desk, platform, monkeypatch, write, expected):
    monkeypatch.setattr(kit_http, "LARGEST_ANSWER", 1000)
    platform.respond(200, headers={"content-encoding": "gzip"}, content=gzip.compress(b"a" * 1_000_000))

    with pytest.raises(expected):
        await (desk.post() if write else desk.get())


async def test_compressed_answer_is_read_once_and_keeps_its_headers(desk, platform):
    headers = [
        ("content-encoding", "gzip"),
        ("x-request-id", "r1"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]
    platform.respond(200, headers=headers, content=gzip.compress(b'{"a": 1}'))

    answer = await desk.get()

    assert answer.json() == {"a": 1}
    assert (answer.headers["x-request-id"], answer.headers.get_list("set-cookie")) == ("r1", ["a=1", "b=2"])


async def test_broken_compression_is_unreadable(desk, platform):
    answer = {"headers": {"content-encoding": "gzip"}, "stream": httpx.ByteStream(b"not gzip")}
    platform.mock(side_effect=lambda request: httpx.Response(200, **answer))

    with pytest.raises(UnexpectedPayload):
        await desk.get()


@pytest.mark.parametrize("url", ["", "no address", "ftp://x.example/", "https://[::1", "https://a:b/"])
async def test_unusable_address_names_the_setting_as_the_cause(desk, url):
    with pytest.raises(Misconfigured):
        await desk.client.send("GET", url, write=False)


@pytest.mark.parametrize("secret", ["ключ", "a\nb"])
async def test_secret_that_no_header_may_hold_is_misconfigured(platform, secret):
    desk = Desk()
    platform.mock(side_effect=httpx.LocalProtocolError(f"Illegal header value {secret!r}"))

    with pytest.raises(Misconfigured) as caught:
        await desk.client.send("POST", URL, write=True, headers={"authorization": secret})

    assert secret not in str(caught.value)


async def test_text_that_is_not_unicode_parks_one_task_only(desk, platform):
    with pytest.raises(Rejected):
        await desk.client.send("POST", URL, write=True, json={"name": "\ud800"})


async def test_fresh_form_is_made_for_each_attempt(desk, platform):
    platform.side_effect = [httpx.Response(503), httpx.Response(200)]
    times = iter(["1", "2"])

    await desk.client.send("POST", URL, write=False, fresh=lambda: {"timestamp": next(times)})

    assert [call.request.content for call in platform.calls] == [b"timestamp=1", b"timestamp=2"]


async def test_refusal_inside_a_success_is_named_by_the_connector(desk, platform):
    platform.respond(200, json={"ok": False})
    client = PlatformClient(desk.outside, classify=lambda response, write: Rejected("no", code="E7"))

    with pytest.raises(Rejected) as caught:
        await client.send("GET", URL, write=False)

    assert (caught.value.code, str(caught.value)) == ("E7", "GET platform.example: no")


async def test_bug_is_not_taken_for_a_network_fault(desk, platform):
    platform.mock(side_effect=ZeroDivisionError)

    with pytest.raises(ZeroDivisionError):
        await desk.get()


async def test_no_write_begins_once_its_time_is_over(desk, platform):
    """A task that was frozen between two requests: somebody else may be doing the same by now."""
    platform.respond(200)
    reset = WRITES_BEFORE.set(desk.clock() + timedelta(seconds=90))
    try:
        await desk.post()
        desk.clock.advance(timedelta(seconds=90))
        with pytest.raises(OutcomeUnknown, match="its time was over"):
            await desk.post()
        await desk.get()
    finally:
        WRITES_BEFORE.reset(reset)
    assert [call.request.method for call in platform.calls] == ["POST", "GET"]
