"""Standard Webhooks from the sender's side: the specification's scenarios, judged by its own library."""

from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks.webhooks
from standardwebhooks import Webhook, WebhookVerificationError

from connectors.kit import InvalidSignature, WebhookRequest
from connectors.kit.standard_webhooks import TOLERANCE, key_of, new_secret, signed_headers, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = new_secret(lambda count: bytes(range(count)))
BODY = b'{"test": 2432232314}'
MOMENT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ONE = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def library_clock(monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return MOMENT

    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", Clock)


def headers(at=MOMENT, secrets=(SECRET,), body=BODY, **changes):
    return {**signed_headers(secrets, "msg_1", at, body), **changes}


def taken_by_both(said, body=BODY):
    """Does the library take it, does the hub? They must agree."""
    try:
        Webhook(SECRET).verify(body, said)
        library = True
    except WebhookVerificationError:
        library = False
    try:
        verify(WebhookRequest(headers=said, body=body), key_of(SECRET), MOMENT)
        hub = True
    except InvalidSignature:
        hub = False
    assert library is hub
    return hub


def test_published_vector():
    at = datetime.fromtimestamp(1614265330, UTC)
    said = signed_headers([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, BODY)
    assert said["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_we_sign_is_taken():
    assert taken_by_both(headers())


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing_header_is_refused(name):
    said = headers()
    del said[name]
    assert not taken_by_both(said)


@pytest.mark.parametrize("at", [MOMENT - TOLERANCE - ONE, MOMENT + TOLERANCE + ONE])
def test_too_old_or_too_new_is_refused(at):
    assert not taken_by_both(headers(at))


@pytest.mark.parametrize("at", [MOMENT - TOLERANCE, MOMENT + TOLERANCE])
def test_edge_of_the_tolerance_is_taken(at):
    assert taken_by_both(headers(at))


def test_timestamp_that_is_no_number_is_refused():
    assert not taken_by_both(headers(**{"webhook-timestamp": "hello"}))


def test_wrong_signature_is_refused():
    assert not taken_by_both(headers(secrets=[OTHER]))
    assert not taken_by_both(headers(), body=b"{}")


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_one_of_several_signatures_is_enough(secrets):
    assert taken_by_both(headers(secrets=secrets))


def test_signature_of_a_version_that_nobody_knows_is_skipped():
    said = headers()
    assert taken_by_both({**said, "webhook-signature": f"v1a,AAAA {said['webhook-signature']}"})
    assert not taken_by_both({**said, "webhook-signature": said["webhook-signature"].replace("v1,", "v2,")})


@pytest.mark.parametrize("spelling", [SECRET, SECRET.removeprefix("whsec_"), "whsec_MfKQ9r8GKYqrTwjU"])
def test_secret_is_read_with_and_without_prefix(spelling):
    assert key_of(spelling) == Webhook(spelling)._whsecret


def test_secret_is_read_with_and_without_padding():
    assert key_of(OTHER) == key_of(OTHER.rstrip("=")) == bytes(range(32))
    assert OTHER.endswith("=")


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_not base64!", "whsec_A"])
def test_what_is_no_secret_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError, match="is whsec_ and Base64"):
        key_of(text)
