"""The hub's configuration as one document: written out, compared, and applied in one transaction.

A room takes part by a `Section` in `ROOMS`: how its entries are read and saved. Secrets belong to connections
and to the sealed numbers of certificates, and neither is a section.
"""

from hub.pipeline.configuration.document import ROOMS, apply, change, export, plan
from hub.pipeline.configuration.places import LOCATIONS, LocationEntry
from hub.pipeline.configuration.section import By, ConfigurationFault, Section
from hub.pipeline.configuration.stores import STORES, StoreEntry

__all__ = [
    "LOCATIONS",
    "ROOMS",
    "STORES",
    "By",
    "ConfigurationFault",
    "LocationEntry",
    "Section",
    "StoreEntry",
    "apply",
    "change",
    "export",
    "plan",
]
