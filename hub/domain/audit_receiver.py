"""Audit rules about whom an order goes to and where."""

import unicodedata

from hub.domain.audit_parameters import Blacklisted, OutsideTerritories, RemoteArea
from hub.domain.order import Order, Reason
from hub.domain.snapshot import Snapshot
from mappings.canonical import PostalAddress


def outside_territories(order: Order, snapshot: Snapshot, rule: OutsideTerritories) -> Reason | None:
    """Without an address there is nothing to look up: another rule holds that order."""
    address = order.sales.ship_to
    if address is None or snapshot.territories.owner(address):
        return None
    return Reason(code=rule.rule, text="the delivery address lies in no store's territory")


def remote_area(order: Order, snapshot: Snapshot, rule: RemoteArea) -> Reason | None:
    address = order.sales.ship_to
    if address is None:
        return None
    areas = [each for each in rule.divisions if _lies_in(address, each)]
    areas += [each for each in rule.postal_prefixes if _has_code(address, each)]
    if not areas:
        return None
    return Reason(code=rule.rule, text=f"the delivery address lies in the remote area {areas[0]}")


def _lies_in(address: PostalAddress, division: str) -> bool:
    """«CN/四川/甘孜»: country equal, then province, city and district by how their names begin."""
    country, *names = map(_folded, division.split("/"))
    levels = ((address.province, address.province_code), (address.city,), (address.district,))
    return country == _folded(address.country) and all(
        any(_folded(each).startswith(name) for each in level)
        for name, level in zip(names, levels, strict=False)
    )


def _has_code(address: PostalAddress, prefix: str) -> bool:
    """«CN:83»: country equal, postal code by how it begins, blanks and hyphens apart."""
    country, _, begin = prefix.partition(":")
    return country == address.country.upper() and _bare(address.postal_code).startswith(_bare(begin))


def _bare(code: str) -> str:
    return "".join(filter(str.isalnum, _folded(code)))


def blacklist(order: Order, snapshot: Snapshot, rule: Blacklisted) -> Reason | None:
    """Says what is on the blacklist, never the value."""
    found = snapshot.audit.blacklisted.get(order.order_id, frozenset())
    looked_at = (("buyer", rule.buyer), ("telephone", rule.telephone), ("address", rule.address))
    named = [f"the {what}" for what, is_looked_at in looked_at if is_looked_at and what in found]
    if not named:
        return None
    verb = "is" if len(named) == 1 else "are"
    return Reason(code=rule.rule, text=f"{' and '.join(named)} {verb} on the blacklist")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
