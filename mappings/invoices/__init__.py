"""A store's own books, one line per item of an invoice → canonical orders. See `orders.py` for the rules."""

from mappings.invoices.orders import Read, SetAside, read_invoice
from mappings.invoices.regions import REGIONS, Region, country_code, region_of
from mappings.invoices.rows import HEADINGS, REQUIRED, InvoiceRow, read_row

__all__ = [
    "HEADINGS",
    "REGIONS",
    "REQUIRED",
    "InvoiceRow",
    "Read",
    "Region",
    "SetAside",
    "country_code",
    "read_invoice",
    "read_row",
    "region_of",
]
