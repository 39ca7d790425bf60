"""A setting that a person changes: checked and recorded like a line of the configuration file."""

from collections.abc import Callable
from typing import TypeVar

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.configuration import Change
from hub.jobs.stock import reaudit
from hub.pipeline.configuration import By, ConfigurationFault, Section, change
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

T = TypeVar("T", bound=FrozenStruct)


def edit_entry(
    room: Section[T],
    name: str,
    edit: Callable[[T | None], T],
    besides: Callable[[HubContext, UnitOfWork], None] = lambda hub, uow: None,
) -> list[Change]:
    """Edit an entry (null: it is not there yet), then do `besides` in the same transaction. Orders on hold
    are audited again: what held them may have changed."""

    async def work(hub: HubContext) -> list[Change]:
        def save(uow: UnitOfWork) -> list[Change]:
            by = By(actor=entering.actor(), now=hub.now(), new_id=hub.books.new_id)
            done = change(uow, room, name, edit, by)
            besides(hub, uow)
            return done

        done = await hub.database.run(save)
        await reaudit(hub)
        return done

    try:
        return with_hub(work)
    except ConfigurationFault as fault:
        raise Problem(str(fault)) from None
