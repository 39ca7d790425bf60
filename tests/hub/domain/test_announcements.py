"""What is announced of an order's life, and what is not."""

import msgspec

from hub.domain.announcements import OF_PARCELS, OF_STAGES, EventType, announce, announce_case
from hub.domain.effects import CaseKind, OpenCase
from hub.domain.order import Parcel, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.route import advance
from tests.hub import samples

replace = msgspec.structs.replace


def types(before, after, *outcomes):
    return [each.type for each in announce(before, after, outcomes, samples.NOW)]


def held(code="unpaid"):
    reasons = (Reason(code=code, text="not paid by Mr Wang"),)
    return replace(samples.order(), stage=Stage.ON_HOLD, reasons=reasons)


def test_every_stage_that_an_order_passes_is_announced():
    order, outcomes = advance(samples.order(), samples.snapshot())
    assert types(None, order, *outcomes) == [
        "order.received",
        "order.approved",
        "order.allocated",
        "order.released",
    ]


def test_hold_says_its_codes_and_not_its_sentences():
    order = held()
    (_, said) = announce(None, order, [Outcome(step="audit", order=order)], samples.NOW)
    assert (said.type, said.data.reasons) == ("order.held", ("unpaid",))
    assert b"Wang" not in msgspec.json.encode(said)


def test_order_that_is_audited_again_and_waits_as_before_is_no_news():
    again = (
        Outcome(step="release", order=samples.order()),
        Outcome(step="audit", order=held()),
    )
    assert types(held(), held(), *again) == []
    other = (again[0], Outcome(step="audit", order=held("address")))
    assert types(held(), held("address"), *other) == ["order.held"]


def test_history_announces_nothing():
    order = replace(held(), is_history=True)
    assert types(None, order, Outcome(step="audit", order=order)) == []


def test_parcel_is_announced_when_it_gets_further():
    order, _ = advance(samples.order(), samples.snapshot())
    (parcel,) = order.consignments
    booked = order.with_consignment(replace(parcel, stage=Parcel.BOOKED, tracking_number="T-1"))
    (said,) = announce(order, booked, [Outcome(step="book", order=booked)], samples.NOW)
    assert (said.type, said.data.tracking_number) == ("parcel.booked", "T-1")
    assert types(booked, booked) == []


def test_case_is_announced_with_its_kind():
    order = samples.order()
    case = OpenCase(order_id=order.order_id, kind=CaseKind.LOST, consignment_id="p", reason="says Mr Wang")
    said = announce_case(case, order, samples.NOW)
    assert (said.type, said.data.case) == ("case.opened", "lost")
    assert b"Wang" not in msgspec.json.encode(said)


def test_every_name_is_announced_somewhere():
    told = {*OF_STAGES.values(), *OF_PARCELS.values()}
    assert set(EventType) - told == {"order.received", "case.opened", "webhook.test"}
    assert set(Stage) - OF_STAGES.keys() == {Stage.RECEIVED}
