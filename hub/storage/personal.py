"""What personal values are looked up by: folded so that the same thing written otherwise is found, then
hidden by the keyed blind index."""

import unicodedata

from hub.vault import BlindIndex
from mappings.canonical import PostalAddress, SalesOrder


def indexes(sales: SalesOrder, index: BlindIndex) -> tuple[str, str, str, str]:
    """The blind indexes of an order: buyer, telephone, e-mail, address; empty where there is nothing."""
    buyer, address = sales.buyer, sales.ship_to
    telephone = buyer.telephone or (address.telephone if address and not address.masked else "")
    return (
        buyer_key(sales, index),
        index(dialled(telephone)),
        index(buyer.email),
        index(housed(address)) if address else "",
    )


def buyer_key(sales: SalesOrder, index: BlindIndex) -> str:
    """The blind index of who ordered: the platform's id, else e-mail, else telephone."""
    return index(sales.buyer.reference or sales.buyer.email or sales.buyer.telephone)


def dialled(telephone: str) -> str:
    """What identifies a telephone however it was written: its last ten digits (`+86 138…` = `138…`); a
    masked number stays as it came."""
    digits = "".join(filter(str.isdigit, telephone))
    return telephone if "*" in telephone or not digits else digits[-10:]


def housed(address: PostalAddress) -> str:
    """What identifies a house: postal code (else district, else city) and the first line of the street,
    folded. Empty if the platform masks the address or names no street."""
    line = next(filter(None, address.street), "")
    if address.masked or not line:
        return ""
    return folded_house(f"{address.postal_code or address.district or address.city} {line}")


def folded_house(text: str) -> str:
    """Letters and digits only, wide forms made narrow, case folded: `200040, 南京西路 100号`."""
    if text.isascii():
        return "".join(filter(str.isalnum, text)).casefold()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()
