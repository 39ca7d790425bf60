"""An order as a person may see it, on the command line and through the API: personal values masked."""

from typing import Any

from hub.domain.order import Order, headline
from hub.storage.story import contents
from mappings.canonical import PostalAddress, SalesOrder


def masked(value: str) -> str:
    """Enough to recognise a personal value, not enough to know it."""
    if "@" in value:
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    if sum(character.isdigit() for character in value) >= 5:
        return f"***{value[-2:]}"
    return f"{value[:1]}***" if value else ""


def order_facts(order: Order, reveal: bool) -> dict[str, Any]:
    """Stable names for people and scripts."""
    sales = order.sales
    return {
        "id": order.order_id,
        "number": sales.order_number,
        "external_id": sales.external_id,
        "store": order.store_id,
        "connection": order.connection_id,
        "stage": order.stage.value,
        "now": headline(order),
        "reasons": [f"{reason.text} [{reason.code}]" for reason in order.reasons],
        "overruled": list(order.waived),
        "placed_at": sales.placed_at,
        "payment": sales.payment_status.value,
        "total": f"{sales.total} {sales.currency}",
        **_personal(sales, reveal),
        "lines": [
            {
                "line": line.line_id,
                "sku": order.skus.get(line.line_id) or "not linked",
                "title": line.title,
                "quantity": line.quantity,
                "to_ship": order.units_to_ship().get(line.line_id, 0),
                "total": str(line.total),
            }
            for line in sales.lines
        ],
    }


def _personal(sales: SalesOrder, reveal: bool) -> dict[str, object]:
    def seen(value: str) -> str:
        return value if reveal else masked(value)

    return {
        "buyer": seen(sales.buyer.name or sales.buyer.reference),
        "email": seen(sales.buyer.email),
        "phone": seen(sales.buyer.telephone),
        "ship_to": _address(sales.ship_to, reveal) if sales.ship_to else "nowhere",
        "note": seen(sales.note),
    }


def _address(address: PostalAddress, reveal: bool) -> str:
    area = [address.country, address.province, address.city]
    if not reveal:
        return ", ".join(filter(None, [*area, masked(address.name)]))
    rest = [address.district, *address.street, address.postal_code]
    who = [address.name, address.company, address.telephone]
    return ", ".join(filter(None, [*area, *rest, *who]))


def parcel_facts(order: Order) -> list[dict[str, object]]:
    """`status` is what the carrier reports: unknown until it reports something."""
    return [
        {
            "parcel": each.consignment_id,
            "contents": contents(each),
            "stage": each.stage.value,
            "carrier": each.carrier or None,
            "tracking_number": each.tracking_number or None,
            "status": each.status.value if each.status_at else None,
            "told": each.told,
            "travels_as": each.shared_as or None,
        }
        for each in order.consignments
    ]
