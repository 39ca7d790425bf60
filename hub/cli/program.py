"""`orderhub` itself: which commands there are and which module has them. Modules are imported when run."""

import importlib
import logging
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from hub.cli.problem import Problem

COMMANDS: dict[str, tuple[str, str]] = {
    "init": (
        "hub.cli.first_run",
        "Start here: write orderhub.toml with a fresh master key, make the database.",
    ),
    "serve": ("hub.cli.serving", "Run the hub: web server and workers in one process."),
    "web": ("hub.cli.serving", "Run only the web server (webhooks, health, pages)."),
    "worker": ("hub.cli.serving", "Run only workers, of one lane or of both."),
    "health": ("hub.cli.health", "Whether the web server or a worker of this machine works."),
    "migrate": ("hub.cli.first_run", "Bring the database to the schema of this version."),
    "new-key": ("hub.cli.keys", "Print a fresh master key for HUB_MASTER_KEYS."),
    "rotate-keys": ("hub.cli.keys", "Wrap all data keys with the first master key."),
    "doctor": ("hub.cli.doctor", "Check settings, database, queue, plug-ins, clock and disk."),
    "connections": ("hub.cli.connections", "Links to store platforms and carriers."),
    "connectors": ("hub.cli.connectors", "Connectors that are installed, and how they score."),
    "stores": ("hub.cli.links", "Storefronts of the brand: record, certificates, web links, rules."),
    "config": ("hub.cli.config", "Export, compare and apply all settings as one reviewed file."),
    "locations": ("hub.cli.places", "Where goods are."),
    "territories": ("hub.cli.territories", "Areas that stores serve: divisions, polygons, overlaps, gaps."),
    "campaigns": ("hub.cli.campaigns", "Price cuts that several stores run in step."),
    "settlement": ("hub.cli.settlement", "What stores owe each other, from goods sold across territories."),
    "rules": ("hub.cli.rules", "Audit rules of stores: when an order is held."),
    "allocate": ("hub.cli.allocate", "Which location is asked first, and when."),
    "departments": ("hub.cli.departments", "Who sends parcels: carriers, coverage, price lists, rules."),
    "automation": ("hub.cli.automation", "Rules that tag or hold orders by themselves."),
    "whatif": ("hub.cli.whatif", "Run all past orders under other rules, before these go live."),
    "redecide": ("hub.cli.redecide", "Decide stored orders again from their documents, and compare."),
    "stock": ("hub.cli.stock", "What is on hand, promised and available."),
    "products": ("hub.cli.products", "What one unit of a SKU weighs: carriers price by weight."),
    "listings": ("hub.cli.listings", "What stores offer, and which SKU it is."),
    "orders": ("hub.cli.orders", "Look at orders, explain them, decide about them."),
    "ship": ("hub.cli.ship", "Compare prices, pick, verify and hand over parcels."),
    "history": ("hub.cli.history", "Past orders from a store's own books."),
    "completeness": ("hub.cli.completeness", "Whether all orders of the stores are here, hour by hour."),
    "sync": ("hub.cli.sync", "Pull and send now, or read older orders."),
    "inbox": ("hub.cli.inbox", "Documents from outside, as they came."),
    "outbox": ("hub.cli.outbox", "Messages that leave, or wait to leave."),
    "cases": ("hub.cli.watching", "Parcels that a person has to look after."),
    "drift": ("hub.cli.watching", "Fields and codes that platforms send and no mapping names."),
    "tokens": ("hub.cli.tokens", "Tokens for programs that use the API, and what was done with them."),
    "webhooks": ("hub.cli.webhooks", "Who is told what happens: endpoints of outgoing webhooks."),
    "simulate": ("hub.cli.simulation", "Run the whole hub on a virtual clock, with faults, and check it."),
    "demo": ("hub.cli.demo", "Run the whole hub on twins of five platforms."),
}
"""Name → module with a typer `app`, and what `orderhub --help` says about it."""


class Program(TyperGroup):
    """Shows commands from the table and imports the module of the one that is run."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        stubs = {name: TyperCommand(name, help=text) for name, (_, text) in COMMANDS.items()}
        self.commands = {**stubs, **self.commands}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in COMMANDS else command, rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            typer.echo(f"orderhub: {problem}", err=True)
            raise typer.Exit(1) from None


def load(name: str) -> Any:
    """The command: the module's app of that name, else its `app`, or the one command of that name in it."""
    module = importlib.import_module(COMMANDS[name][0])
    named = getattr(module, name, None)
    command = typer.main.get_command(named if isinstance(named, typer.Typer) else module.app)
    return getattr(command, "commands", {}).get(name, command)


app = typer.Typer(cls=Program, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("orderhub"))
        raise typer.Exit


@app.callback()
def orderhub(
    is_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Order hub for a brand that sells through many online stores on many platforms."""
    logging.getLogger("hub").addHandler(logging.NullHandler())  # commands say what went wrong; `serve` logs


def main() -> None:
    """The entry point `orderhub`."""
    app(prog_name="orderhub")
