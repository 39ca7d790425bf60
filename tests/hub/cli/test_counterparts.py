"""What a program can do through the API a person can do at the command line."""

from typing import Any

from hub.api.v1.resources import ENDPOINTS
from hub.cli.program import load

COMMANDS = {
    "search orders": "orders search",
    "show order": "orders show",
    "explain order": "orders explain",
    "list orders at risk": "orders at-risk",
    "hold order": "orders hold",
    "release order": "orders release",
    "tag order": "orders tag",
    "split order": "orders split",
    "join order": "orders join",
    "merge orders": "orders merge",
    "part order": "orders part",
    "readmit location": "orders readmit",
    "ship by hand": "orders ship",
    "refuse parcel": "orders refuse",
    "renumber parcel": "orders renumber",
    "read labels": "orders label",
    "list stock": "stock show",
    "count stock": "stock import",
    "list stores": "stores list",
    "show store": "stores list",
    "change policy": "stores add",
    "list rules": "rules list",
    "show rules of store": "rules show",
    "set rule": "rules set",
    "switch rule off": "rules off",
    "list territories": "territories list",
    "find owner": "territories owner",
    "check territories": "territories check",
    "show overview": "doctor",
    "list connections": "connections list",
    "list cases": "cases list",
    "list documents": "inbox list",
    "read documents again": "inbox replay",
    "dismiss documents": "inbox dismiss",
    "list messages": "outbox list",
    "send messages again": "outbox replay",
    "dismiss messages": "outbox dismiss",
    "list tokens": "tokens list",
    "read trail": "tokens trail",
}
"""Endpoint → command."""


def test_each_endpoint_has_its_command() -> None:
    assert {each.name for each in ENDPOINTS} == set(COMMANDS)
    for words in COMMANDS.values():
        name, _, rest = words.partition(" ")
        command = load(name)
        assert not rest or rest in command.commands, words


def test_the_owner_of_an_address_is_named(warehouse: Any) -> None:
    warehouse.run("stores", "add", "east", "--name", "East")
    warehouse.run("territories", "add", "t1", "--store", "east", "--country", "CN", "--province", "上海")
    (owner,) = warehouse.json("territories", "owner", "--country", "cn", "--province", "上海市")
    assert (owner["territory_id"], owner["store_id"]) == ("t1", "east")
    assert "Nobody serves it" in warehouse.run("territories", "owner", "--country", "DE")
