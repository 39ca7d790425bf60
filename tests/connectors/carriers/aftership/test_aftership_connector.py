"""What is strange about AfterShip: signed keys, an envelope finer than the status, and its rate limit."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.aftership import PLUGIN
from connectors.carriers.aftership.refusals import name_refusal
from connectors.carriers.aftership.signing import sign_push, sign_string
from connectors.carriers.aftership.twin import SIGNING_SECRET
from connectors.kit import (
    AuthenticationFailed,
    InvalidSignature,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    Unsupported,
    WebhookRequest,
)
from connectors.kit.conformance.rig import Rig
from connectors.kit.signing import hmac_base64

HOOK = "https://hub.example/webhooks/carrier"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_pushes_are_signed_as_the_vendors_vector_is():
    body = b'{"event":"tracking_update","msg":{"id":"x","tag":"Delivered"}}'
    assert sign_push(body, "webhook-secret") == "h/Rr7accElhpCIxszTIBlX4oBZGtoNmw+K9hsiLkSUA="


def test_requests_are_signed_as_the_vendors_vector_is():
    request = httpx.Request(
        "POST",
        "https://api.aftership.com/tracking/2026-07/trackings",
        headers={"as-api-key": "KEY", "content-type": "application/json"},
        content=b'{"tracking":{"tracking_number":"1234567890"}}',
    )
    text = sign_string(request, "Wed, 01 Jan 2025 00:00:00 GMT")
    assert hmac_base64("SECRET", text.encode()) == "5TMktqyphFuxXzV1HJKSL4gUb+LIZFNBlnZ0q3Hd5gw="


def test_a_request_without_body_signs_neither_digest_nor_type_and_sorts_its_query():
    request = httpx.Request("GET", "https://a.example/p?b=2&a=1", headers={"as-api-key": "KEY"})
    assert sign_string(request, "D") == "GET\n\n\nD\nas-api-key:KEY\n/p?a=1&b=2"


async def test_a_signing_key_signs_every_request(parcel):
    rig = Rig(PLUGIN, overrides={"signing_secret": SIGNING_SECRET})
    rig.twin.signs = True
    await rig.connector.subscribe(parcel, HOOK, "key")
    rig.clock.advance(timedelta(days=1))
    (delivery,) = await rig.connector.track([parcel])
    assert delivery.external_id == parcel.tracking_number


async def test_a_plain_key_is_refused_where_signatures_are_wanted(rig):
    rig.twin.signs = True
    with pytest.raises(AuthenticationFailed):
        await rig.connector.check()


async def test_a_number_that_was_used_again_is_told_by_its_courier(rig, parcel):
    await rig.connector.subscribe(parcel, HOOK, "key")
    rig.clock.advance(timedelta(days=1))
    (delivery,) = await rig.connector.track([parcel])
    older = msgspec.json.encode(msgspec.json.decode(delivery.document) | {"slug": "dhl"})
    both = [msgspec.Raw(older), msgspec.Raw(delivery.document)]
    rig.wire.spoil = lambda number, answer: httpx.Response(
        200, content=msgspec.json.encode({"meta": {"code": 200}, "data": {"trackings": both}})
    )
    assert [it.document for it in await rig.connector.track([parcel])] == [delivery.document]
    stranger = msgspec.structs.replace(parcel, carrier="usps")
    assert await rig.connector.track([stranger]) == []


async def test_a_courier_that_aftership_does_not_know_is_unsupported(rig, parcel):
    with pytest.raises(Unsupported, match="slug"):
        await rig.connector.subscribe(msgspec.structs.replace(parcel, carrier="pigeon"), HOOK, "key")


async def test_an_invalid_number_is_rejected_with_its_code(rig, parcel):
    with pytest.raises(Rejected) as caught:
        await rig.connector.subscribe(msgspec.structs.replace(parcel, tracking_number="?"), HOOK, "key")
    assert caught.value.code == "4005"


async def test_other_events_are_acknowledged_and_bring_nothing(rig):
    rig.twin.configure_pushes(HOOK)
    rig.twin.push("edd_revise", {"tracking_number": "1"})
    post = rig.twin.outbound[0]
    receipt = rig.connector.receive(WebhookRequest(headers=post.headers, body=post.body))
    assert (receipt.deliveries, receipt.reply.status) == ((), 200)
    with pytest.raises(InvalidSignature):
        rig.connector.receive(WebhookRequest(headers={}, body=post.body))


async def test_calls_use_the_allowance_of_ten_a_second_and_are_never_refused(rig):
    for _ in range(60):
        await rig.connector.check()
    assert rig.twin.requests["GET /tracking/2026-07/trackings"] == 60
    assert rig.clock() - rig.wire.sent_at[0] <= timedelta(seconds=60 / 9.5)


def test_a_limit_is_waited_out_until_its_reset():
    reset = str(int(NOW.timestamp()) + 4)
    answer = httpx.Response(429, headers={"x-ratelimit-reset": reset}, content=b"{}")
    limited = name_refusal(lambda: NOW)(answer, False)
    assert isinstance(limited, RateLimited) and limited.retry_after == timedelta(seconds=4)


@pytest.mark.parametrize("reset", ["", "soon", "9" * 40])
def test_an_unreadable_reset_says_nothing(reset):
    answer = httpx.Response(429, headers={"x-ratelimit-reset": reset})
    limited = name_refusal(lambda: NOW)(answer, False)
    assert isinstance(limited, RateLimited) and limited.retry_after is None


@pytest.mark.parametrize(
    ("sample", "status", "error"),
    [
        ("error-created-tracking-number-is-failed", 400, Rejected),
        ("error-invalid-api-key", 401, AuthenticationFailed),
        ("error-server-is-down", 500, Transient),
    ],
)
def test_a_genuine_refusal_is_named_by_what_happens_next(contracts, sample, status, error):
    content = (contracts / "aftership" / "samples" / f"{sample}.json").read_bytes()
    named = name_refusal(lambda: NOW)(httpx.Response(status, content=content), False)
    assert type(named) is error


def test_a_page_that_is_no_envelope_is_a_wrong_address():
    classify = name_refusal(lambda: NOW)
    assert type(classify(httpx.Response(404, content=b"<html>"), False)) is Misconfigured
    assert type(classify(httpx.Response(502), True)) is OutcomeUnknown
