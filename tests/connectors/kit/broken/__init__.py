"""Acme and Swift (for campaigns: Vendure) with one planted fault each, and the check that must find it."""

from broken.campaigns import CAMPAIGN_FAULTS
from broken.carriers import CARRIER_FAULTS
from broken.manners import MANNER_FAULTS
from broken.mappings import MAPPING_FAULTS
from broken.planted import Planted
from broken.polls import POLL_FAULTS
from broken.pulls import PULL_FAULTS
from broken.pushes import PUSH_FAULTS
from broken.webhooks import WEBHOOK_FAULTS

FAULTS = (
    *PULL_FAULTS,
    *POLL_FAULTS,
    *MANNER_FAULTS,
    *PUSH_FAULTS,
    *WEBHOOK_FAULTS,
    *MAPPING_FAULTS,
    *CARRIER_FAULTS,
    *CAMPAIGN_FAULTS,
)

__all__ = ["FAULTS", "Planted"]
