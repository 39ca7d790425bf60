"""A stock count as a CSV file: `sku,location,quantity`."""

from collections.abc import Collection, Mapping

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, rows_of, sku_faults
from hub.storage.stock import Count

_HEADINGS: Mapping[str, str] = {
    "sku": "sku",
    "商品编码": "sku",
    "location": "location",
    "location_id": "location",
    "仓库": "location",
    "quantity": "quantity",
    "on_hand": "quantity",
    "数量": "quantity",
}


def read_counts(content: bytes, locations: Collection[str]) -> list[Count]:
    """All rows of the file, or `UnreadableFile` with everything that is wrong with it."""
    faults: list[str] = []
    counts: dict[tuple[str, str], tuple[Count, int]] = {}
    for line, (sku, location, text) in rows_of(content, _HEADINGS, ("sku", "location", "quantity"), faults):
        quantity = entering.whole(text)
        _, earlier = counts.get((sku, location), (None, 0))
        wrong = sku_faults(sku)
        if location not in locations:
            wrong.append(f"there is no location {location!r}")
        if quantity is None:
            wrong.append(f"the quantity {text!r} is not a whole number from 0 on")
        if earlier:
            wrong.append(f"{sku} at {location} is counted already in line {earlier}")
        faults += [f"line {line}: {fault}" for fault in wrong]
        if quantity is not None and not wrong:
            counts[sku, location] = Count(sku=sku, location_id=location, on_hand=quantity), line
    if faults:
        raise UnreadableFile(faults)
    return [count for count, _ in counts.values()]
