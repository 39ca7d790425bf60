"""One call per parcel, one document of many, and one receipt per push."""

import msgspec
import pytest

from connectors.kit import Delivery, Topic, UnexpectedPayload, WebhookReply
from connectors.kit.tracking import news_of, track_each, tracking_receipt
from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus
from mappings.documents import decode

REPLY = WebhookReply(body=b"OK")


def read(document):
    return decode(document, tuple[TrackingReport, ...])


def document(*numbers, events=1):
    event = TrackingEvent(local_text="today", status=TrackingStatus.PICKED_UP)
    return msgspec.json.encode(
        [TrackingReport(carrier="acme", tracking_number=it, events=(event,) * events) for it in numbers]
    )


def parcel(number):
    return Parcel(carrier="acme", tracking_number=number)


async def tracked(answers):
    asked = []

    async def ask(parcel):
        asked.append(parcel.tracking_number)
        return answers[parcel.tracking_number]

    found = await track_each([parcel(number) for number in answers], ask, read)
    assert asked == list(answers)
    return found


async def test_whole_answers_are_delivered_under_the_number_that_was_asked_for():
    answers = {"A1": document("a1"), "B2": document("B2")}
    assert await tracked(answers) == [
        Delivery(topic=Topic.TRACKING, external_id=number, document=answer)
        for number, answer in answers.items()
    ]


@pytest.mark.parametrize("answer", [document(), document("A1", events=0)])
async def test_a_parcel_without_news_is_left_out(answer):
    assert await tracked({"A1": answer}) == []


@pytest.mark.parametrize("answer", [document("B2"), document("A1", "B2"), b"<html>"])
async def test_an_answer_about_another_parcel_is_unexpected(answer):
    with pytest.raises(UnexpectedPayload):
        await tracked({"A1": answer})


def report(carrier="acme", number="A1", events=1):
    event = TrackingEvent(local_text="today", status=TrackingStatus.PICKED_UP)
    return msgspec.json.encode(
        [TrackingReport(carrier=carrier, tracking_number=number, events=(event,) * events)]
    )


@pytest.mark.parametrize(
    ("documents", "found"),
    [
        ([report()], 0),
        ([report("other"), report()], 1),
        ([report("other")], 0),
        ([report("other"), report("third")], None),
        ([report(number="B2")], None),
        ([report(events=0)], None),
        ([report(events=0), report("other")], 1),
        ([], None),
    ],
)
def test_of_several_documents_the_parcels_own_is_its_news(documents, found):
    delivery = news_of(parcel("A1"), documents, read)
    assert (delivery and delivery.document) == (None if found is None else documents[found])
    assert delivery is None or delivery.external_id == "A1"


def test_a_document_that_cannot_be_read_is_no_news_but_unexpected():
    with pytest.raises(UnexpectedPayload):
        news_of(parcel("A1"), [b"{"], read)


def test_a_push_is_delivered_whole_under_its_first_number():
    push = document("A1", "B2")
    receipt = tracking_receipt(push, read, REPLY)
    assert receipt.deliveries == (Delivery(topic=Topic.TRACKING, external_id="A1", document=push),)
    assert receipt.reply is REPLY


@pytest.mark.parametrize("push", [document(), document("")])
def test_a_push_that_names_no_parcel_is_acknowledged_and_brings_nothing(push):
    receipt = tracking_receipt(push, read, REPLY)
    assert (receipt.deliveries, receipt.reply) == ((), REPLY)


def test_an_unreadable_push_is_unexpected():
    with pytest.raises(UnexpectedPayload):
        tracking_receipt(b"{}", read, REPLY)
