"""UPS tracking answers (Track v1) and pushes (Track Alert v2) → reports.

Sources: Tracking.yaml and UPSTrackAlert.yaml of UPS-API/api-documentation, read 2026-11-24. Times of scans
are local; the true instant is `gmtDate` with `gmtTime`, whose colons pushes leave out. Older answers lack it.
"""

from collections.abc import Sequence
from datetime import UTC

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.ups.tables import status_of
from mappings.documents import WireDocument, decode, local_time
from mappings.errors import MappingError
from mappings.rating import Place

UPDATE = "U"
"""A push that tells a new day, hour or photograph, and no movement."""

DELIVERY = "D"
"""In an answer: delivered. In a push also «loaded on the vehicle» and «out for delivery»."""

OUT_FOR_DELIVERY = "021"


class _Address(WireDocument, rename="camel"):
    city: str | None = None
    state_province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    country: str | None = None

    def __str__(self) -> str:
        country = self.country_code or self.country
        return str(Place(city=self.city, state=self.state_province, zip=self.postal_code, country=country))


class _Location(WireDocument, rename="camel"):
    address: _Address | None = None


class _Status(WireDocument, rename="camel"):
    type: str | None = None
    code: str | None = None
    description: str | None = None
    status_code: str | None = None


class _Activity(WireDocument, rename="camel"):
    status: _Status
    date: str | None = None
    time: str | None = None
    gmt_date: str | None = None
    gmt_time: str | None = None
    location: _Location | None = None


class _Reference(WireDocument, rename="camel"):
    number: str | None = None


class Package(WireDocument, rename="camel"):
    """One parcel of an answer, its events newest first."""

    tracking_number: str | None = None
    activity: tuple[_Activity, ...] | None = None
    reference_number: tuple[_Reference, ...] | None = None

    @property
    def is_voided(self) -> bool:
        events = _events(self, "$")
        return bool(events) and events[-1].status is TrackingStatus.CANCELLED


class _Shipment(WireDocument, rename="camel"):
    inquiry_number: str | None = None
    package: tuple[Package, ...] | None = None


class _TrackResponse(WireDocument, rename="camel"):
    shipment: tuple[_Shipment, ...] | None = None


class _PushedStatus(WireDocument, rename="camel"):
    """`descriptionCode` is a status code, with its zeros. Where it comes as a number they are lost, and with
    them the sense: the vendor's examples, read as YAML, say 17 (octal) for «021»."""

    type: str | None = None
    code: str | None = None
    description: str | None = None
    description_code: str | int | None = None


class Document(WireDocument, rename="camel"):
    """An answer (`trackResponse`) or a push (all else)."""

    track_response: _TrackResponse | None = None
    tracking_number: str | None = None
    activity_status: _PushedStatus | None = None
    activity_location: _Address | None = None
    local_activity_date: str | None = None
    local_activity_time: str | None = None
    gmt_activity_date: str | None = None
    gmt_activity_time: str | None = None
    actual_delivery_date: str | None = None


class Subscribed(WireDocument, rename="camel"):
    """The answer to a subscription: some numbers may be taken and others not."""

    valid_tracking_numbers: tuple[str, ...] | None = None
    invalid_tracking_numbers: tuple[str, ...] | None = None


def subscription(parcel: Parcel) -> dict[str, object]:
    """`POST /track/v2/subscription/standard/package`."""
    return {"locale": "en_US", "countryCode": "US", "trackingNumberList": [parcel.tracking_number]}


def packages(document: Document) -> Sequence[Package]:
    """All parcels of an answer; none where UPS knows nothing."""
    shipments = document.track_response.shipment if document.track_response else None
    return [package for shipment in shipments or () for package in shipment.package or ()]


def find_package(document: Document, reference: str) -> Package | None:
    """The parcel under this reference of ours that was not voided."""
    fitting = [
        package
        for package in packages(document)
        if any(each.number == reference for each in package.reference_number or ()) and not package.is_voided
    ]
    return fitting[0] if fitting else None


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """One answer, or one push."""
    found = decode(document, Document)
    if found.track_response is None:
        return (_pushed(found),)
    return tuple(
        _report(package.tracking_number or shipment.inquiry_number, package, f"{outer}].package[{inner}]")
        for outer, shipment in enumerate(found.track_response.shipment or ())
        for inner, package in enumerate(shipment.package or ())
    )


def _report(number: str | None, package: Package, position: str) -> TrackingReport:
    place = f"$.trackResponse.shipment[{position}"
    if not number:
        raise MappingError(f"{place}.trackingNumber", "is missing")
    return TrackingReport(carrier="ups", tracking_number=number, events=_events(package, place))


def _events(package: Package, place: str) -> tuple[TrackingEvent, ...]:
    newest_first = [
        _event(each, f"{place}.activity[{position}].gmtDate")
        for position, each in enumerate(package.activity or ())
    ]
    return oldest_first(reversed(newest_first))


def _event(activity: _Activity, path: str) -> TrackingEvent:
    """The code is the letters of answers and pushes alike, so that one scan told twice is one event."""
    status, day, clock = activity.status, activity.gmt_date, activity.gmt_time
    moment = None
    if day and clock:
        moment = local_time(day + clock.replace(":", ""), UTC, path, "%Y%m%d%H%M%S")
    return TrackingEvent(
        occurred_at=moment,
        local_text="" if moment else f"{activity.date or ''} {activity.time or ''}".strip(),
        status=status_of(status.type or "", status.status_code or ""),
        code=f"{status.type or ''}/{status.code or ''}",
        description=status.description or "",
        location=str(activity.location.address or "") if activity.location else "",
    )


def _pushed(push: Document) -> TrackingReport:
    status = push.activity_status
    if not push.tracking_number:
        raise MappingError("$.trackingNumber", "is missing")
    if status is None:
        raise MappingError("$.activityStatus", "is missing")
    activity = _Activity(
        status=_Status(
            type=status.type,
            code=status.code,
            description=status.description,
            status_code=_digits(push, status),
        ),
        date=push.local_activity_date,
        time=push.local_activity_time,
        gmt_date=push.gmt_activity_date,
        gmt_time=push.gmt_activity_time,
        location=_Location(address=push.activity_location),
    )
    events = () if status.type == UPDATE else (_event(activity, "$.gmtActivityDate"),)
    return TrackingReport(carrier="ups", tracking_number=push.tracking_number, events=events)


def _digits(push: Document, status: _PushedStatus) -> str:
    if isinstance(status.description_code, str) and status.description_code:
        return status.description_code
    is_on_the_way = status.type == DELIVERY and not push.actual_delivery_date
    return OUT_FOR_DELIVERY if is_on_the_way or status.code == "OT" else ""
