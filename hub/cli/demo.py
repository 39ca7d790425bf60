"""A real hub at work, on twins of five platforms over real HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from hub.demo import run

app = typer.Typer()


@app.command("demo")
def demo(
    orders: Annotated[int, typer.Option(min=1, help="Orders that buyers place.")] = 600,
    seed: Annotated[int, typer.Option(help="Decides who buys what, and when.")] = 1,
    speed: Annotated[
        float | None, typer.Option(min=1, help="Simulated seconds per second; default: so that it ends soon.")
    ] = None,
    exit_: Annotated[bool, typer.Option("--exit", help="End when all work is done.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="An empty folder; default: a temporary one.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the status page.")] = 8321,
) -> None:
    """Run the whole hub until every order is closed, cancelled, held or back-ordered as planned."""
    raise typer.Exit(
        run(orders=orders, seed=seed, speed=speed, exit_when_done=exit_, data_dir=data_dir, port=port)
    )
