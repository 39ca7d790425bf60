"""What operators see: structured logs without secrets, and a few counters."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

WEBHOOKS = Counter(
    "orderhub_webhooks_total",
    "Webhooks by connection and what became of them.",
    ["connection", "result"],
    registry=REGISTRY,
)
WEBHOOK_SECONDS = Histogram(
    "orderhub_webhook_seconds",
    "From the first byte of a webhook to its answer.",
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5),
)
JOBS = Counter("orderhub_jobs_total", "Jobs by name and result.", ["job", "result"], registry=REGISTRY)
JOB_SECONDS = Histogram("orderhub_job_seconds", "Duration of jobs.", ["job"], registry=REGISTRY)
BACKLOG = Gauge("orderhub_backlog", "Rows that wait, by kind.", ["kind"], registry=REGISTRY)
ORDERS = Gauge("orderhub_orders", "Orders by stage.", ["stage"], registry=REGISTRY)
CONNECTION_UP = Gauge(
    "orderhub_connection_up", "1: in use, 0: paused or never reached.", ["connection"], registry=REGISTRY
)
CONNECTION_PAUSED = Gauge(
    "orderhub_connection_paused",
    "1: does nothing until somebody acts, by what is to be done (sign in, correct the settings, resume).",
    ["connection", "remedy"],
    registry=REGISTRY,
)
LATE_SECONDS = Gauge(
    "orderhub_late_seconds", "For how long the oldest row is due, by kind.", ["kind"], registry=REGISTRY
)
QUIET_SECONDS = Gauge(
    "orderhub_store_quiet_seconds",
    "Since the newest order of a store's connection was placed; absent while it has none.",
    ["connection"],
    registry=REGISTRY,
)
PART_UP = Gauge("orderhub_part_up", "1: database or queue answers.", ["part"], registry=REGISTRY)
WORKERS = Gauge(
    "orderhub_workers",
    "Processes that work on a lane; absent while the queue cannot say.",
    ["lane"],
    registry=REGISTRY,
)
CERTIFICATES = Gauge(
    "orderhub_certificates",
    "Certificates of stores that somebody must look after, by kind and state (expiring, expired).",
    ["kind", "state"],
    registry=REGISTRY,
)

COMPLETENESS_GAPS = Gauge(
    "orderhub_completeness_gaps",
    "Orders about which the hub and a store differ and that did not heal yet.",
    ["connection"],
    registry=REGISTRY,
)
COMPLETENESS_AGE = Gauge(
    "orderhub_completeness_age_seconds",
    "Since the end of the last hour whose orders were compared with those of the store.",
    ["connection"],
    registry=REGISTRY,
)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SECRET_NAMES = re.compile(r"secret|token|password|key|authorization|cookie|signature|sign$", re.IGNORECASE)
_OURS = ("hub.", "connectors.", "mappings.")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Whatever ends a line for somebody, turns the direction of reading, or cannot be written as UTF-8."""


class JsonLines(logging.Formatter):
    """One JSON object per line. Fields whose names speak of secrets are hidden, control characters are
    escaped, so that nobody can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _clean(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD:
                line[name] = "•••" if _SECRET_NAMES.search(name) else _clean(value)
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _where(record)
            if state := getattr(getattr(record.exc_info[1], "orig", None), "sqlstate", None):
                line["sqlstate"] = state
        return json.dumps(line, ensure_ascii=False, default=str)


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", str(value))


def _where(record: logging.LogRecord) -> str:
    """File and line of our own frames and of the innermost one; no values, because values may be personal."""
    trace = record.exc_info[2] if record.exc_info else None
    frames: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if trace.tb_next is None or trace.tb_frame.f_globals.get("__name__", "").startswith(_OURS):
            frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(frames[-8:]))


def configure_logging(level: str) -> None:
    """Logs go to standard error as JSON lines. Libraries speak only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("hub").setLevel(level)
    logging.getLogger("connectors").setLevel(level)
