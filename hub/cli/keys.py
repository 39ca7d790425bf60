"""Master keys of the vault."""

import typer

from hub.cli.state import with_hub
from hub.context import HubContext
from hub.vault import new_master_key

app = typer.Typer()


@app.command("new-key")
def new_key() -> None:
    """Print a fresh master key: 32 random bytes for HUB_MASTER_KEYS. It is stored nowhere."""
    typer.echo(new_master_key())


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Wrap all data keys with the first key of HUB_MASTER_KEYS; former keys are not needed after that."""

    async def work(hub: HubContext) -> int:
        return await hub.database.run(hub.books.connections.rotate_keys)

    count = with_hub(work)
    typer.echo(f"The keys of {count} connections are wrapped with the first master key.")
    typer.echo("Backups from before need the former key: keep it with them.")
