"""What one unit of a SKU weighs: carriers that price by weight book nothing without."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, read_file, rows_of, sku_faults
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.storage import products
from hub.storage.products import Product

app = typer.Typer(no_args_is_help=True, help="What one unit of a SKU weighs.")

_HEADINGS: Mapping[str, str] = {
    "sku": "sku",
    "商品编码": "sku",
    "weight_grams": "weight_grams",
    "weight": "weight_grams",
    "重量": "weight_grams",
}


@app.command("import")
def import_(
    csv_file: Annotated[Path, typer.Argument(metavar="CSV", help="Columns sku, weight_grams.")],
) -> None:
    """Weights from a CSV file, in whole grams with packing: all of it, or nothing if anything is wrong."""
    found = read_file(csv_file, read_products)
    with_hub(lambda hub: hub.database.run(lambda uow: products.save(uow, found)))
    typer.echo(f"{len(found)} weights are known now.")


@app.command("set")
def set_(
    sku: Annotated[str, typer.Argument(help="The SKU.")],
    grams: Annotated[str, typer.Option(help="What one unit weighs with its packing, in whole grams.")],
) -> None:
    """The weight of one SKU."""
    weight = entering.whole(grams)
    if not weight:
        raise Problem(f"the weight {grams!r} is not a whole number of grams from 1 on")
    with_hub(
        lambda hub: hub.database.run(lambda uow: products.save(uow, [Product(sku=sku, weight_grams=weight)]))
    )
    typer.echo(f"{sku} weighs {weight} g.")


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    after: Annotated[str, typer.Option(help="Go on behind this SKU.")] = "",
    as_json: AsJson = False,
) -> None:
    """Known weights, by SKU."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: products.listed(uow, limit, after))),
        {"sku": lambda each: each.sku, "grams": lambda each: each.weight_grams},
        as_json=as_json,
        nothing="No weight is known; carriers that price by weight book nothing without (`products import`).",
    )


def read_products(content: bytes) -> list[Product]:
    """All rows of the file, or `UnreadableFile` with everything that is wrong with it."""
    faults: list[str] = []
    found: dict[str, tuple[Product, int]] = {}
    for line, (sku, text) in rows_of(content, _HEADINGS, ("sku", "weight_grams"), faults):
        weight = entering.whole(text)
        wrong = sku_faults(sku)
        if not weight:
            wrong.append(f"the weight {text!r} is not a whole number of grams from 1 on")
        if sku in found:
            wrong.append(f"{sku} is weighed already in line {found[sku][1]}")
        faults += [f"line {line}: {fault}" for fault in wrong]
        if weight and not wrong:
            found[sku] = Product(sku=sku, weight_grams=weight), line
    if faults:
        raise UnreadableFile(faults)
    return [product for product, _ in found.values()]
