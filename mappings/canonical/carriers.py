"""What people call carriers."""

from collections.abc import Mapping

CARRIER_NAMES: Mapping[str, str] = {
    "cainiao": "Cainiao",
    "deppon": "Deppon Express",
    "dhl": "DHL",
    "ems-china-post": "China Post EMS",
    "fedex": "FedEx",
    "jdl": "JD Logistics",
    "jtexpress": "J&T Express",
    "sf-express": "SF Express",
    "sto": "STO Express",
    "ups": "UPS",
    "usps": "USPS",
    "yto": "YTO Express",
    "yunda": "Yunda Express",
    "zto": "ZTO Express",
}
"""Canonical carrier code → the carrier's own name in Latin script, for platforms that take free text. A
carrier that is not here is called by the title of its plug-in."""
