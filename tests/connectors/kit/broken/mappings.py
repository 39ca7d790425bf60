"""Mappings that read something else than what is written."""

import json
from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec
import orderhub_acme as acme
import orderhub_swift as swift
from orderhub_acme.mapping.order import AcmeOrder
from orderhub_swift.mapping.tables import SCANS

from broken.planted import Altered, Planted, in_acme, in_swift
from mappings.canonical import SalesOrder, TrackingReport, TrackingStatus
from mappings.errors import MappingError, UnmappedCode

_changed = msgspec.structs.replace
_numbers = count()


def _order(check: str, fault: str, change: Callable[[SalesOrder], SalesOrder]) -> Planted:
    read = acme.mapping.read_order
    return in_acme(check, mapping=Altered(acme.mapping, fault, read_order=lambda body: change(read(body))))


def _report(check: str, fault: str, change: Callable[[TrackingReport], TrackingReport]) -> Planted:
    def read(document: bytes) -> tuple[TrackingReport, ...]:
        return tuple(change(report) for report in swift.mapping.read_tracking(document))

    return in_swift(check, mapping=Altered(swift.mapping, fault, read_tracking=read))


def _reading(check: str, fault: str, read: Callable[[bytes], Any]) -> Planted:
    return in_acme(check, mapping=Altered(acme.mapping, fault, read_order=read))


def _as_float(order: SalesOrder) -> SalesOrder:
    return _changed(order, shipping_charge=float(order.shipping_charge), rounding=Decimal(1))


def _ending_in_utc(order: SalesOrder) -> SalesOrder:
    return _changed(order, placed_at=order.placed_at.replace(tzinfo=UTC))


def _guessing(document: bytes) -> SalesOrder:
    try:
        return acme.mapping.read_order(document)
    except UnmappedCode:
        settled = json.dumps({**json.loads(document), "payment": "settled"}).encode()
        return acme.mapping.read_order(settled)


def _looking_up(document: bytes) -> SalesOrder:
    order = acme.mapping.read_order(document)
    return _changed(order, note=order.note or json.loads(document)["note"] or "")


def _refusing_news(document: bytes) -> SalesOrder:
    news = set(json.loads(document)) - {field.name for field in msgspec.structs.fields(AcmeOrder)}
    if news:
        raise MappingError("$", "has fields that nobody knows")
    return acme.mapping.read_order(document)


def _telling(document: bytes) -> SalesOrder:
    try:
        return acme.mapping.read_order(document)
    except MappingError as error:
        raise MappingError(error.path, document.decode(errors="replace")) from None


def _pathless(document: bytes) -> SalesOrder:
    try:
        return acme.mapping.read_order(document)
    except MappingError as error:
        raise MappingError("somewhere", error.reason) from None


def _with_unknown(status: TrackingStatus) -> Callable[[TrackingReport], TrackingReport]:
    def change(report: TrackingReport) -> TrackingReport:
        guessed = (
            _changed(it, status=status) if it.status is TrackingStatus.UNKNOWN else it for it in report.events
        )
        return _changed(report, events=tuple(guessed))

    return change


def _naive(report: TrackingReport) -> TrackingReport:
    events = (
        _changed(it, occurred_at=it.occurred_at and it.occurred_at.replace(tzinfo=None))
        for it in report.events
    )
    return _changed(report, events=tuple(events))


def _raising(document: bytes) -> tuple[TrackingReport, ...]:
    reports = swift.mapping.read_tracking(document)
    return reports if json.loads(document)["scans"][0] else ()


def _in_transit_at_best(document: bytes) -> tuple[TrackingReport, ...]:
    try:
        report = json.loads(document)
        for scan in report["scans"]:
            scan["code"] = scan["code"] if scan["code"] in SCANS.codes else "TR"
    except (ValueError, TypeError, KeyError):
        return swift.mapping.read_tracking(document)
    return swift.mapping.read_tracking(json.dumps(report).encode())


_TRUE = "mapping.orders_are_as_the_platform_knows_them"

MAPPING_FAULTS = (
    _order(
        _TRUE, "times without a zone", lambda it: _changed(it, placed_at=it.placed_at.replace(tzinfo=None))
    ),
    _order(_TRUE, "wall clock taken for UTC", _ending_in_utc),
    _order(_TRUE, "money as float", _as_float),
    _order(_TRUE, "a cent lost", lambda it: _changed(it, total=it.total - Decimal("0.01"))),
    _order(_TRUE, "a rounding that hides everything", lambda it: _changed(it, rounding=Decimal(1000))),
    _order(_TRUE, "cancellations not read", lambda it: _changed(it, cancelled_at=None)),
    _order(
        _TRUE,
        "refunded units still wanted",
        lambda it: _changed(it, lines=tuple(_changed(line, quantity_cancelled=0) for line in it.lines)),
    ),
    _order(
        _TRUE,
        "another id than it was delivered under",
        lambda it: _changed(it, external_id=f"#{it.external_id}"),
    ),
    _order(
        "mapping.golden_documents_are_read_as_expected", "notes not read", lambda it: _changed(it, note="")
    ),
    _order(
        "mapping.same_input_same_output",
        "a number of its own",
        lambda it: _changed(it, note=str(next(_numbers))),
    ),
    _reading("mapping.unknown_payment_codes_are_not_guessed", "an unknown code read as paid", _guessing),
    _reading("mapping.spoiled_orders_are_refused_with_a_path", "KeyError for a missing field", _looking_up),
    _reading("mapping.spoiled_orders_are_refused_with_a_path", "errors that tell the document", _telling),
    _reading("mapping.spoiled_orders_are_refused_with_a_path", "errors without a path", _pathless),
    _reading("mapping.new_fields_never_park", "new fields refused", _refusing_news),
    in_acme(
        "mapping.new_fields_never_park",
        mapping=Altered(acme.mapping, "drift not seen", unknown_order_fields=lambda body: set()),
    ),
    _report(
        "tracking.journeys_are_read_to_their_end",
        "events newest first",
        lambda it: _changed(it, events=it.events[::-1]),
    ),
    _report("tracking.journeys_are_read_to_their_end", "scan times without a zone", _naive),
    _report(
        "tracking.unknown_status_codes_are_not_guessed",
        "an unknown scan read as delivered",
        _with_unknown(TrackingStatus.DELIVERED),
    ),
    in_swift(
        "tracking.unknown_status_codes_are_not_guessed",
        mapping=Altered(
            swift.mapping, "an unknown or missing code read as in transit", read_tracking=_in_transit_at_best
        ),
    ),
    _report(
        "tracking.same_report_same_reading",
        "a number of its own",
        lambda it: _changed(it, reference=str(next(_numbers))),
    ),
    in_swift(
        "tracking.spoiled_reports_are_refused_with_a_path",
        mapping=Altered(swift.mapping, "IndexError for no scans", read_tracking=_raising),
    ),
)
