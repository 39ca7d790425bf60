"""The record of a store: whose it is, where it works from, what it may do, where it is on the web."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
import typer

from hub.cli import entering
from hub.cli.places import stores
from hub.cli.problem import Problem
from hub.cli.setting import edit_entry
from hub.cli.shown import AsJson, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.configuration import Change
from hub.domain.store_records import Certificate, CertificateKind, Registered, Standing, StoreStatus
from hub.domain.store_records.certificates import standing
from hub.pipeline.configuration import STORES, StoreEntry
from hub.storage import store_records
from hub.storage.database import UnitOfWork
from hub.storage.register import register
from hub.storage.showing import masked
from hub.storage.store_records import NUMBERS_KEY, LinkState

StoreId = Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call it, for example licence.")]


@stores.command("set")
def set_(
    store: StoreId,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217, for example CNY.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="For example Asia/Shanghai.")] = None,
    brand: Annotated[str | None, typer.Option(help="The brand that it sells.")] = None,
    owner: Annotated[str | None, typer.Option(help="Company that runs it.")] = None,
    status: Annotated[
        StoreStatus | None, typer.Option(help="Says how the store is; it stops no connection.")
    ] = None,
    location: Annotated[
        list[str] | None, typer.Option(help="Location that serves it, best first; repeatable, '' for none.")
    ] = None,
    department: Annotated[
        list[str] | None, typer.Option(help="Department that serves it; repeatable, '' for none.")
    ] = None,
    carrier: Annotated[
        list[str] | None, typer.Option(help="Carrier connection, best first; repeatable, '' for all.")
    ] = None,
) -> None:
    """Change the record of a store that is there: what is given, and nothing else."""
    said: dict[str, Any] = {
        "name": name,
        "currency": currency and currency.upper(),
        "time_zone": time_zone,
        "brand": brand,
        "owner": owner,
        "status": status,
        "locations": None if location is None else tuple(filter(None, location)),
        "departments": None if department is None else tuple(filter(None, department)),
    }
    changes = {field: value for field, value in said.items() if value is not None}

    def edit(entry: StoreEntry) -> StoreEntry:
        policy = entry.policy
        if carrier is not None:
            policy = policy.model_copy(update={"carriers": tuple(filter(None, carrier))})
        return msgspec.structs.replace(entry, policy=policy, **changes)

    done = edit_store(store, edit)
    typer.echo(f"store {store} is saved." if done else f"store {store} was so already.")


def edit_store(
    store: str,
    edit: Callable[[StoreEntry], StoreEntry],
    besides: Callable[[HubContext, UnitOfWork], None] = lambda hub, uow: None,
) -> list[Change]:
    """As `edit_entry`, of a store that is there."""

    def known(entry: StoreEntry | None) -> StoreEntry:
        if entry is None:
            raise Problem(f"there is no store {store!r}: `orderhub stores list` shows those there are")
        return edit(entry)

    return edit_entry(STORES, store, known, besides)


@stores.command("show")
def show_(store: StoreId, as_json: AsJson = False) -> None:
    """All that is on record about a store, with its certificates and links."""

    async def work(hub: HubContext) -> tuple[StoreEntry, dict[str, str], list[LinkState]]:
        return await hub.database.run(lambda uow: _seen(hub, uow, store))

    entry, numbers, links = with_hub(work)
    facts: dict[str, object] = {
        "store": store,
        "name": entry.name,
        "brand": entry.brand,
        "owner": entry.owner,
        "status": entry.status.value,
        "currency": entry.currency,
        "time_zone": entry.time_zone,
        "locations": entry.locations,
        "departments": entry.departments,
        "carriers": entry.policy.carriers,
    }
    if as_json:
        show_json({**facts, "certificates": entry.certificates, "links": links})
        return
    facts["links"] = [f"{url} ({kind.value.replace('_', ' ')})" for url, kind in entry.links.items()]
    show_facts({name.replace("_", " "): value for name, value in facts.items()})
    show_certificates(entry, numbers)


def _seen(hub: HubContext, uow: UnitOfWork, store: str) -> tuple[StoreEntry, dict[str, str], list[LinkState]]:
    entry = STORES.read(uow, hub.now()).get(store)
    if entry is None:
        raise Problem(f"there is no store {store!r}: `orderhub stores list` shows those there are")
    key = hub.books.connections.open_named(uow, NUMBERS_KEY)
    return entry, store_records.numbers(uow, key, store), store_records.links(uow, store)


def show_certificates(entry: StoreEntry, numbers: dict[str, str]) -> None:
    """A table; numbers are masked."""
    if entry.certificates:
        typer.echo("")
        show(
            list(entry.certificates.items()),
            {
                "certificate": lambda each: each[0],
                "kind": lambda each: each[1].kind.value.replace("_", " "),
                "number": lambda each: masked(numbers.get(each[0], "")) or "-",
                "issuer": lambda each: each[1].issuer or "-",
                "from": lambda each: str(each[1].valid_from or "-"),
                "until": lambda each: str(each[1].valid_until or "not limited"),
                "document": lambda each: each[1].document or "-",
            },
            as_json=False,
            nothing="",
        )


@stores.command("certify")
def certify(
    store: StoreId,
    name: Name,
    kind: Annotated[CertificateKind, typer.Option(help="What it is.")],
    number: Annotated[
        str | None, typer.Option(help="Sealed, shown masked, never exported; '' forgets it.")
    ] = None,
    issuer: Annotated[str, typer.Option(help="Who gave it.")] = "",
    begins: Annotated[str, typer.Option("--from", help="First day (2026-03-01).")] = "",
    ends: Annotated[str, typer.Option("--until", help="Last day; without it: not limited.")] = "",
    document: Annotated[str, typer.Option(help="Where the paper or the scan is.")] = "",
) -> None:
    """Enter a licence, authorisation, credential or permit of a store, or replace the one of that name."""
    try:
        certificate = Certificate(
            kind=kind,
            issuer=issuer,
            valid_from=entering.day(begins) if begins else None,
            valid_until=entering.day(ends) if ends else None,
            document=document,
        )
    except ValueError as fault:
        raise Problem(f"certificate {name}: {fault}") from None

    def edit(entry: StoreEntry) -> StoreEntry:
        return msgspec.structs.replace(entry, certificates={**entry.certificates, name: certificate})

    def seal(hub: HubContext, uow: UnitOfWork) -> None:
        if number is not None:
            key = hub.books.connections.open_named(uow, NUMBERS_KEY)
            store_records.set_number(uow, key, store, name, number)

    edit_store(store, edit, seal)
    typer.echo(f"certificate {name} of store {store} is saved.")


@stores.command("uncertify")
def uncertify(store: StoreId, name: Name) -> None:
    """Take a certificate from the register, with its number."""

    def edit(entry: StoreEntry) -> StoreEntry:
        if name not in entry.certificates:
            there_are = ", ".join(entry.certificates) or "none"
            raise Problem(f"store {store} has no certificate {name!r}; there are: {there_are}")
        kept = {each: value for each, value in entry.certificates.items() if each != name}
        return msgspec.structs.replace(entry, certificates=kept)

    edit_store(store, edit)
    typer.echo(f"certificate {name} of store {store} is taken away.")


@stores.command("certificates")
def certificates(
    store: Annotated[str, typer.Argument(metavar="[STORE]", help="Default: all stores.")] = "",
    alarms: Annotated[bool, typer.Option("--alarms", help="Only what expires soon or has expired.")] = False,
    as_json: AsJson = False,
) -> None:
    """The register of all stores, the first to end first. Access tokens of connections stand in it too; the
    hub renews them by itself."""

    async def work(hub: HubContext) -> list[dict[str, Any]]:
        rows = await hub.database.read(lambda uow: register(uow, hub.books.connections))
        days = hub.settings.certificate_alarm_days.by_kind()
        today = hub.now().date()
        return [_register_row(row, today, days) for row in rows if store in ("", row.store_id)]

    found = with_hub(work)
    show(
        [each for each in found if not alarms or each["state"] != Standing.VALID],
        {
            "store": lambda row: row["store"] or "the brand",
            "certificate": lambda row: row["certificate"],
            "kind": lambda row: row["kind"].replace("_", " "),
            "issuer": lambda row: row["issuer"] or "-",
            "until": lambda row: str(row["valid_until"] or "not limited"),
            "days left": lambda row: "-" if row["days_left"] is None else row["days_left"],
            "state": lambda row: "renewed by itself" if row["is_renewed"] else row["state"].value,
        },
        as_json=as_json,
        nothing="Nothing is there to look after: `orderhub stores certify` enters a certificate.",
    )


def _register_row(row: Registered, today: date, alarm_days: Mapping[str, int]) -> dict[str, Any]:
    state = standing(row, today, alarm_days)
    return {
        "store": row.store_id,
        "certificate": row.name,
        "kind": row.certificate.kind.value,
        "issuer": row.certificate.issuer,
        "valid_until": row.certificate.valid_until,
        "days_left": row.days_left(today),
        "state": state,
        "is_renewed": bool(row.connection_id) and state is Standing.VALID,
    }
