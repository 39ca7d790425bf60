"""All checks, by kind of platform; the pytest classes and the score report run the same lists."""

from connectors.kit.conformance import (
    booking,
    campaigns,
    failures,
    hygiene,
    mapping,
    poll,
    pull,
    push,
    reads,
    settings,
    tracking,
    turbulence,
    webhook,
)
from connectors.kit.conformance.checks import Bench, Check
from connectors.kit.plugin import StorePlugin

STORE_CHECKS: tuple[Check, ...] = (
    *settings.CHECKS,
    *mapping.GOLDEN,
    *mapping.CHECKS,
    *pull.CHECKS,
    *turbulence.CHECKS,
    *reads.CHECKS,
    *webhook.CHECKS,
    *poll.CHECKS,
    *failures.CHECKS,
    *push.CHECKS,
    *campaigns.CHECKS,
    *hygiene.CHECKS,
)

CARRIER_CHECKS: tuple[Check, ...] = (
    *settings.CHECKS,
    *mapping.GOLDEN,
    *tracking.CHECKS,
    *webhook.CHECKS,
    *failures.CHECKS,
    *booking.CHECKS,
    *(check for check in hygiene.CHECKS if not check.needs),
)

CHECKS: dict[str, Check] = {check.name: check for check in (*STORE_CHECKS, *CARRIER_CHECKS)}


def checks_for(bench: Bench) -> tuple[Check, ...]:
    """The suite of this kind of platform."""
    return STORE_CHECKS if isinstance(bench.plugin, StorePlugin) else CARRIER_CHECKS
