"""What is strange about DHL Express: named messages, no cancellation, one label, many parcels in one call."""

import msgspec
import pytest

from connectors.carriers.dhl_express import PLUGIN
from connectors.kit import CancelsBookings, Rejected, Unsupported
from connectors.kit.conformance.rig import Rig
from mappings.canonical import Parcel


def sent(rig):
    return [f"{it.method} {it.url.path}" for it in rig.wire.sent]


async def test_a_shipment_comes_with_its_label_in_one_call(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert sent(rig) == ["POST /mydhlapi/shipments"]
    assert booking.label_url.startswith("data:application/pdf;base64,JVBERi0x")
    assert (booking.carrier, len(booking.tracking_number)) == ("dhl", 10)


async def test_each_message_has_a_reference_of_its_own(rig, request_):
    for _ in range(2):
        await rig.connector.quote(request_)
    first, second = (it.headers["message-reference"] for it in rig.wire.sent)
    assert first != second and 28 <= len(first) <= 36


async def test_a_lost_booking_is_found_without_its_label(rig, request_):
    made = await rig.connector.book(request_, "key")
    rig.clock.advance(PLUGIN.read_back_after)
    found = await rig.connect().find_booking(request_)
    assert found == msgspec.structs.replace(made, label_url="")


async def test_the_settings_product_is_booked_unless_the_request_names_one(request_):
    rig = Rig(PLUGIN, overrides={"product": "Y"})
    assert (await rig.connector.book(request_, "key")).service == "Y"
    asked = msgspec.structs.replace(request_, reference="R-2", service="K")
    assert (await rig.connector.book(asked, "key")).service == "K"


async def test_a_product_that_does_not_serve_the_places_is_rejected(rig, request_):
    with pytest.raises(Rejected, match="not available"):
        await rig.connector.book(msgspec.structs.replace(request_, service="Z"), "key")
    assert rig.twin.effects == []


async def test_what_cannot_be_expressed_is_never_sent(rig, request_):
    abroad = msgspec.structs.replace(request_.recipient, country="US")
    with pytest.raises(Unsupported, match=r"\$\.recipient\.country"):
        await rig.connector.book(msgspec.structs.replace(request_, recipient=abroad), "key")
    assert sent(rig) == []


async def test_many_parcels_are_asked_for_in_one_call(rig, request_):
    booked = [
        await rig.connector.book(msgspec.structs.replace(request_, reference=f"R-{it}"), "key")
        for it in range(3)
    ]
    rig.clock.advance(PLUGIN.read_back_after * 200)
    rig.wire.clear()
    parcels = [Parcel(carrier="dhl", tracking_number=it.tracking_number) for it in booked]
    found = await rig.connector.track([*parcels, Parcel(carrier="dhl", tracking_number="1")])
    assert [it.external_id for it in found] == [it.tracking_number for it in booked]
    assert len(rig.wire.sent) == 1


async def test_nothing_is_known_of_unknown_numbers(rig):
    assert await rig.connector.track([Parcel(carrier="dhl", tracking_number="1")]) == []


def test_no_cancellation_is_promised(rig):
    assert not isinstance(rig.connector, CancelsBookings)
