"""Which department sends a parcel, with which carrier and service.

1. Every offer of every department that serves the parcel's location is a candidate.
2. Filters remove candidates, each with a reason: area, weight, worth, carrier, masked receiver, price list.
3. The first shipping rule that fits, and that leaves a candidate, decides among which the choice is.
4. What is left is ranked: active connections, what leaves before the order's deadline, the price (a quote
   before the template's), then the order in which departments offer.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from hub.domain.composition import worth
from hub.domain.departments import Department, Offer, ShippingFacts, ShippingRule
from hub.domain.freight import price_at
from hub.domain.order import Consignment, Order, Reason
from hub.domain.outward import weight
from hub.domain.reach import Spot, spot_of, within
from hub.domain.snapshot import ConnectionFacts, Snapshot
from mappings.canonical import Money, PostalAddress
from mappings.structs import FrozenStruct

REMOVED_SHOWN = 5


class Choice(FrozenStruct):
    """`carrier` empty: nobody can send it, or `asks` names connections that must quote before."""

    reason: Reason
    department: str = ""
    carrier: str = ""
    service: str = ""
    asks: tuple[str, ...] = ()


class Load(FrozenStruct):
    """What is to be sent: `grams` is null where a weight is not known."""

    order: Order
    consignment: Consignment
    address: PostalAddress
    spot: Spot
    grams: int | None
    worth: Decimal

    @property
    def currency(self) -> str:
        return self.order.sales.currency


class Candidate(FrozenStruct):
    """One way to send it; `price` is null where nobody says it."""

    department: Department
    offer: Offer
    facts: ConnectionFacts
    service: str
    price: Money | None = None
    is_late: bool = False

    def __str__(self) -> str:
        amount = f" at {self.price.amount} {self.price.currency}" if self.price else ""
        return f"{self.offer.carrier} {self.service}".rstrip() + amount


def choose(
    order: Order, consignment: Consignment, snapshot: Snapshot, *, may_ask: bool = True
) -> Choice | None:
    """Null where no department serves the location. `may_ask`: carriers may be asked for quotes before."""
    serving = [each for each in snapshot.shipping.departments if each.serves(consignment.location_id)]
    load = _load(order, consignment, snapshot.shipping) if serving else None
    if load is None:
        return None
    fitting, removed = _filtered(serving, load, snapshot)
    if not fitting:
        text = f"no department can send it, ship it by hand; {_removed(removed)}"
        return Choice(reason=Reason(code="ship_by_hand", text=text))
    left, by_rule = _ruled(fitting, load, snapshot)
    if may_ask and (asks := _to_ask(left)):
        text = f"{', '.join(asks)} asked for a quote"
        return Choice(
            department=left[0].department.department_id, asks=asks, reason=Reason(code="quotes", text=text)
        )
    return _chosen(_ranked(left), by_rule, removed)


def _load(order: Order, consignment: Consignment, shipping: ShippingFacts) -> Load | None:
    address = order.sales.ship_to
    if address is None:
        return None
    return Load(
        order=order,
        consignment=consignment,
        address=address,
        spot=spot_of(address),
        grams=weight([consignment], shipping.grams),
        worth=worth(order, consignment.lines),
    )


def _filtered(
    departments: Iterable[Department], load: Load, snapshot: Snapshot
) -> tuple[list[Candidate], list[str]]:
    """Candidates, and why others are none."""
    left: list[Candidate] = []
    removed: list[str] = []
    for department in departments:
        if why := _out_of_reach(department, load):
            removed.append(f"{department.department_id} {why}")
            continue
        for offer in department.offers:
            facts = snapshot.connections.get(offer.carrier)
            if facts is None or "BooksShipments" not in facts.capabilities:
                removed.append(f"{offer} is no connection that books")
            elif why := _not_carried(department, offer, facts, load, snapshot):
                removed.append(f"{offer} {why}")
            else:
                left.append(_candidate(department, offer, facts, load, snapshot))
    return left, removed


def _out_of_reach(department: Department, load: Load) -> str:
    if department.areas and not within(department.areas, load.spot):
        return "does not serve the area"
    if excluded := within(department.excluded, load.spot):
        return f"does not serve {excluded}"
    if department.most_grams is not None and load.grams is None:
        return f"takes {department.most_grams} g at most, and the weight is not known"
    if department.most_grams is not None and (load.grams or 0) > department.most_grams:
        return f"takes {department.most_grams} g at most, it weighs {load.grams} g"
    limit = department.most_worth
    if limit and limit.currency != load.currency:
        return f"has a limit in {limit.currency}, the order is in {load.currency}"
    if limit and load.worth > limit.amount:
        return f"takes goods of {limit.amount} {limit.currency} at most, these are worth {load.worth}"
    return ""


def _not_carried(
    department: Department, offer: Offer, facts: ConnectionFacts, load: Load, snapshot: Snapshot
) -> str:
    if load.address.masked and load.address.token_platform not in facts.accepts_tokens_of:
        return "cannot read the masked receiver"
    template = snapshot.shipping.templates.get(offer.freight or department.freight)
    if template and load.grams is not None and price_at(template, load.spot, load.grams) is None:
        return f"freight {template.name} has no price for the area and {load.grams} g"
    return ""


def _candidate(
    department: Department, offer: Offer, facts: ConnectionFacts, load: Load, snapshot: Snapshot
) -> Candidate:
    due_at = load.order.due_at
    service, amount = _price(department, offer, load, snapshot.shipping)
    return Candidate(
        department=department,
        offer=offer,
        facts=facts,
        service=service,
        price=amount,
        is_late=due_at is not None and department.leaves_at(snapshot.now) > due_at,
    )


def _price(
    department: Department, offer: Offer, load: Load, shipping: ShippingFacts
) -> tuple[str, Money | None]:
    """(service, price): the cheapest quote for it, else what the template says."""
    if department.by_quote:
        answers = shipping.quotes.get(load.consignment.consignment_id, {}).get(offer.carrier, ())
        quotes = [each for each in answers if offer.service in ("", each.service)]
        if quotes:
            best = min(quotes, key=lambda each: (each.price.amount, each.service))
            return best.service, best.price
    template = shipping.templates.get(offer.freight or department.freight)
    amount = price_at(template, load.spot, load.grams) if template else None
    if template is None or amount is None:
        return offer.service, None
    return offer.service, Money(amount=amount, currency=template.currency)


def expected_price(order: Order, consignment: Consignment, shipping: ShippingFacts) -> Money | None:
    """What a parcel with a carrier should cost: what was quoted for it, else what the price list of its
    department says today; null where neither does."""
    load = _load(order, consignment, shipping)
    desk = next(
        (each for each in shipping.departments if each.department_id == consignment.department_id), None
    )
    if desk is None or load is None:
        return None
    for offer in desk.offers:
        if offer.carrier == consignment.carrier_connection_id:
            service, amount = _price(desk, offer, load, shipping)
            if service == consignment.service:
                return amount
    return None


def _ruled(
    left: Sequence[Candidate], load: Load, snapshot: Snapshot
) -> tuple[Sequence[Candidate], tuple[str, ...]]:
    """What the first rule leaves that fits and can be followed, and which rules were asked for it."""
    said: list[str] = []
    for rule in snapshot.shipping.rules:
        if not _fits(rule, load, snapshot):
            continue
        if taken := [each for each in left if rule.takes(each.department, each.offer)]:
            return taken, (*said, f"rule {rule.name}")
        said.append(f"rule {rule.name} wants {rule.target}, which cannot")
    return left, tuple(said)


def _fits(rule: ShippingRule, load: Load, snapshot: Snapshot) -> bool:
    order = load.order
    tags = snapshot.shipping.tags.get(order.order_id, frozenset())
    return (
        (not rule.stores or order.store_id in rule.stores)
        and (not rule.locations or load.consignment.location_id in rule.locations)
        and (not rule.skus or any(part.sku in rule.skus for part in load.consignment.lines))
        and (not rule.tags or any(tag in tags for tag in rule.tags))
        and (rule.cash_on_delivery is None or rule.cash_on_delivery is order.sales.cash_on_delivery)
        and (rule.masked is None or rule.masked is load.address.masked)
        and _between(load.grams, rule.least_grams, rule.most_grams)
        and _between(
            load.worth if rule.currency == load.currency else None, rule.least_worth, rule.most_worth
        )
        and (not rule.areas or within(rule.areas, load.spot) is not None)
    )


def _between(value: Decimal | int | None, least: Decimal | int | None, most: Decimal | int | None) -> bool:
    if least is None and most is None:
        return True
    return value is not None and (least is None or value >= least) and (most is None or value <= most)


def _to_ask(left: Sequence[Candidate]) -> tuple[str, ...]:
    """Connections whose quote is wanted; where there is no choice, nobody is asked."""
    if len({each.facts.connection_id for each in left}) < 2:
        return ()
    wanted = (
        each.facts.connection_id
        for each in left
        if each.department.by_quote and each.facts.is_active and "QuotesRates" in each.facts.capabilities
    )
    return tuple(dict.fromkeys(wanted))


def _ranked(left: Sequence[Candidate]) -> list[Candidate]:
    """Amounts in another currency than the first one's cannot be compared: they come after it."""
    currency = next((each.price.currency for each in left if each.price), "")

    def rank(each: Candidate) -> tuple[bool, bool, bool, Decimal]:
        amount = each.price.amount if each.price and each.price.currency == currency else None
        return not each.facts.is_active, each.is_late, amount is None, amount or Decimal(0)

    return sorted(left, key=rank)


def _chosen(ranked: Sequence[Candidate], by_rule: Sequence[str], removed: Sequence[str]) -> Choice:
    best, others = ranked[0], ranked[1:4]
    said = [f"booking with {best} (department {best.department.department_id})", *by_rule, *_doubts(best)]
    if others:
        said.append(f"next would have been {', '.join(map(str, others))}")
    if removed:
        said.append(_removed(removed))
    return Choice(
        department=best.department.department_id,
        carrier=best.facts.connection_id,
        service=best.service,
        reason=Reason(code="carrier", text="; ".join(said)),
    )


def _doubts(best: Candidate) -> Iterator[str]:
    if best.is_late:
        yield "it leaves after its deadline"
    if not best.facts.is_active:
        yield "its connection is not active"


def _removed(removed: Sequence[str]) -> str:
    more = len(removed) - REMOVED_SHOWN
    return ", ".join(removed[:REMOVED_SHOWN]) + (f" and {more} more" if more > 0 else "")
