"""Standard Webhooks: which posts are ours, and not too old."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.kit import InvalidSignature, WebhookRequest
from connectors.kit.standard_webhooks import signature, verify

MOMENT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def signed(moment: datetime = MOMENT, body: bytes = b"{}", **headers: str) -> WebhookRequest:
    seconds = str(int(moment.timestamp()))
    usual = {"webhook-id": "m", "webhook-timestamp": seconds}
    usual["webhook-signature"] = f"v1,former {signature('key', 'm', seconds, body)}"
    return WebhookRequest(headers={**usual, **headers}, body=body)


def test_one_of_several_signatures_is_enough():
    verify(signed(), "key", MOMENT)


@pytest.mark.parametrize("off", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_replay_is_refused(off):
    with pytest.raises(InvalidSignature):
        verify(signed(), "key", MOMENT + off)


@pytest.mark.parametrize(
    "request_",
    [
        signed(**{"webhook-id": "n"}),
        signed(**{"webhook-timestamp": "İ"}),
        signed(**{"webhook-signature": ""}),
        WebhookRequest(headers={}, body=b""),
    ],
)
def test_anything_else_is_refused(request_):
    with pytest.raises(InvalidSignature):
        verify(request_, "key", MOMENT)


def test_empty_secret_proves_nothing():
    seconds = str(int(MOMENT.timestamp()))
    with pytest.raises(InvalidSignature):
        verify(signed(**{"webhook-signature": signature("", "m", seconds, b"{}")}), "", MOMENT)
