"""Where parcels are: reports that can be read, events in order, no code guessed."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import msgspec

from connectors.kit.capabilities import ReceivesWebhooks, TracksParcels
from connectors.kit.conformance import mutations
from connectors.kit.conformance.booking import CALLBACK, followed_parcels
from connectors.kit.conformance.checks import Bench, Checks, Finding, NotApplicable, require
from connectors.kit.conformance.mapping import endure, private
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.values import sound
from connectors.kit.conformance.webhook import as_request
from connectors.kit.conformance.world import mapping_of
from connectors.kit.messages import Delivery, Topic
from connectors.kit.twin import CarrierTwin
from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.errors import MappingError

CHECKS = Checks("tracking")

MOST_SCANS = 60


async def _journey(bench: Bench, rig: Rig) -> tuple[Sequence[Parcel], list[Delivery]]:
    """Parcels that arrived, and every document about them on the way, asked for or pushed."""
    twin = cast(CarrierTwin, rig.twin)
    twin.configure_pushes(CALLBACK)
    parcels, found = await followed_parcels(bench, rig), list[Delivery]()
    for _ in range(MOST_SCANS):
        due = twin.advance()
        if isinstance(rig.connector, TracksParcels):
            found += await rig.connector.track(parcels)
        if due is None:
            break
        rig.clock.advance(max(due - rig.clock(), timedelta(seconds=1)))
    return parcels, found + _pushed(rig)


def _pushed(rig: Rig) -> list[Delivery]:
    if not isinstance(rig.connector, ReceivesWebhooks):
        return []
    return [it for post in rig.twin.outbound for it in rig.connector.receive(as_request(post)).deliveries]


async def _documents(bench: Bench) -> list[bytes]:
    documents = list(dict.fromkeys(it.document for it in (await _journey(bench, bench.rig()))[1]))
    if not documents:
        raise Finding("no report about any parcel, although they travelled")
    return documents


def _read(bench: Bench, document: bytes) -> tuple[TrackingReport, ...]:
    return cast(tuple[TrackingReport, ...], mapping_of(bench).read_tracking(document))


def _needs_tracking(bench: Bench) -> None:
    if not (bench.declares(TracksParcels) or bench.declares(ReceivesWebhooks)):
        raise NotApplicable("not declared: TracksParcels or ReceivesWebhooks")


@CHECKS.add()
async def journeys_are_read_to_their_end(bench: Bench) -> None:
    """Reports are sound, events oldest first and none twice; the last status is the carrier's."""
    _needs_tracking(bench)
    rig = bench.rig()
    parcels, deliveries = await _journey(bench, rig)
    last: dict[str, TrackingReport] = {}
    for delivery in deliveries:
        require(delivery.topic is Topic.TRACKING, "reports must have the topic `tracking`")
        for report in _read(bench, delivery.document):
            _is_in_order(report)
            if len(report.events) >= len(last.get(report.tracking_number, report).events):
                last[report.tracking_number] = report
    missing = {it.tracking_number for it in parcels} - last.keys()
    require(not missing, f"no report about {sorted(missing)}")
    for known in cast(CarrierTwin, rig.twin).parcels():
        newest = last.get(known.tracking_number)
        if newest is not None and newest.events:
            status = newest.events[-1].status
            require(status is known.status, f"the newest event says {status}, the carrier {known.status}")


def _is_in_order(report: TrackingReport) -> None:
    sound(report, f"report on {report.tracking_number}")
    times = [event.occurred_at for event in report.events if event.occurred_at]
    require(times == sorted(times), "events must be oldest first")
    scans = Counter(event.identity for event in report.events)
    require(all(count == 1 for count in scans.values()), "one scan is reported as two events")


@CHECKS.add(TracksParcels)
async def reports_are_delivered_under_their_number(bench: Bench) -> None:
    """The external id is the tracking number; numbers that the carrier does not know are left out."""
    rig = bench.rig()
    parcels = await followed_parcels(bench, rig)
    cast(CarrierTwin, rig.twin).advance()
    rig.clock.advance(timedelta(days=1))
    cast(CarrierTwin, rig.twin).advance()
    stranger = msgspec.structs.replace(parcels[0], tracking_number="SF0000000000000", reference="none")
    found = await cast(TracksParcels, rig.connect()).track([stranger, *parcels])
    numbers = {it.tracking_number for it in parcels}
    require({it.external_id for it in found} == numbers, "reports came under other ids than the numbers")
    for delivery in found:
        read = {report.tracking_number for report in _read(bench, delivery.document)}
        require(delivery.external_id in read, "a report speaks of other parcels than its id")


@CHECKS.add()
async def same_report_same_reading(bench: Bench) -> None:
    """Reading is a function of the bytes alone."""
    _needs_tracking(bench)
    for document in await _documents(bench):
        require(_read(bench, document) == _read(bench, bytes(document)), "a report was read in two ways")


@CHECKS.add()
async def spoiled_reports_are_refused_with_a_path(bench: Bench) -> None:
    """Each field removed or spoiled: an error with a path, or sound reports; never another exception."""
    _needs_tracking(bench)
    documents = await _documents(bench)
    endure(lambda body: _read(bench, body), [documents[0], documents[-1]], private(bench))


@CHECKS.add()
async def unknown_status_codes_are_not_guessed(bench: Bench) -> None:
    """Where a text decides the status of an event, a text that nobody knows gives `unknown`; one that only
    refines another text may count as absent, but not if nobody knows that other text either."""
    _needs_tracking(bench)
    document = _longest_json(await _documents(bench))
    before = _statuses(bench, document)
    deciding = _deciding(bench, document)
    for path in deciding:
        after = _statuses(bench, mutations.replaced(document, path, mutations.UNKNOWN_CODE))
        guessed = set(after - before) - {TrackingStatus.UNKNOWN}
        refines = after == _statuses(bench, mutations.replaced(document, path, None))
        require(not guessed or refines, f"an unknown code at {path} was read as {sorted(guessed)}")
    foreign = _foreign(document, deciding)
    foreign = _foreign(foreign, _deciding(bench, foreign))
    guessed = set(_statuses(bench, foreign) - before) - {TrackingStatus.UNKNOWN}
    require(not guessed, f"codes that are all unknown were read as {sorted(guessed)}")


def _deciding(bench: Bench, document: Any) -> list[mutations.Path]:
    """Places of texts that change a status when they say what another place of the kind says."""
    before = _statuses(bench, document)
    values: dict[str, set[str]] = {}
    places = [it for it in mutations.paths(document) if isinstance(mutations.at(document, it), str)]
    for path in places:
        values.setdefault(_kind(path), set()).add(mutations.at(document, path))
    return [
        path
        for path in places
        if any(
            _statuses(bench, mutations.replaced(document, path, it)) != before for it in values[_kind(path)]
        )
    ]


def _foreign(document: Any, places: Sequence[mutations.Path]) -> Any:
    """The document with a code that nobody knows at each of the places."""
    for path in places:
        document = mutations.replaced(document, path, mutations.UNKNOWN_CODE)
    return document


def _longest_json(documents: Sequence[bytes]) -> Any:
    """Only what is JSON can be changed at a place; forms and XML are left to the mapping's own tests."""
    for document in sorted(documents, key=len, reverse=True):
        try:
            return json.loads(document)
        except ValueError:
            continue
    raise NotApplicable("no report is JSON")


def _kind(path: mutations.Path) -> str:
    return ".".join("[]" if isinstance(name, int) else name for name in path)


def _statuses(bench: Bench, document: Any) -> Counter[TrackingStatus]:
    try:
        reports = _read(bench, mutations.as_bytes(document))
    except MappingError:
        return Counter()
    return Counter(event.status for report in reports for event in report.events)
