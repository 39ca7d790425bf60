"""JSON over HTTP: bodies are serialised once, answers are typed, what cannot be read has its name."""

from decimal import Decimal

import httpx
import msgspec
import orderhub_swift as swift
import pytest

from connectors.kit import OutcomeUnknown, PlatformClient, UnexpectedPayload
from connectors.kit.conformance.rig import Rig
from connectors.kit.json_api import JsonApi
from connectors.kit.translation import understood
from mappings.documents import WireDocument
from mappings.errors import MappingError


class Answer(WireDocument):
    number: int


@pytest.fixture
def wire():
    """What was sent, and the answer to it."""
    rig = Rig(swift.PLUGIN)
    rig.wire.instead = lambda number: httpx.Response(200, content=b'{"number":7}')
    return rig


def api(rig, **options):
    return JsonApi(PlatformClient(rig.outside()), "https://api.example/v2/", **options)


async def test_a_body_is_sent_as_json_with_exact_numbers(wire):
    answer = await api(wire).ask(Answer, "POST", "/things", {"weight": Decimal("16.10")})
    (request,) = wire.wire.sent
    assert (answer.number, str(request.url)) == (7, "https://api.example/v2/things")
    assert (request.content, request.headers["content-type"]) == (b'{"weight":16.10}', "application/json")


@pytest.mark.parametrize("body", [{}, []])
async def test_an_empty_body_is_a_body_and_none_is_none(wire, body):
    await api(wire).send("POST", "/things", body)
    await api(wire).send("GET", "/things")
    empty, none = wire.wire.sent
    assert (empty.content, none.content) == (msgspec.json.encode(body), b"")
    assert "content-type" not in none.headers


async def test_the_proof_of_who_asks_is_on_every_request(wire):
    proving = api(wire, headers={"x-key": "k"}, auth=httpx.BasicAuth("user", ""))
    await proving.send("GET", "/things", params={"page": "2"})
    (request,) = wire.wire.sent
    assert (request.headers["x-key"], request.url.params["page"]) == ("k", "2")
    assert request.headers["authorization"] == "Basic dXNlcjo="


@pytest.mark.parametrize(("write", "error"), [(False, UnexpectedPayload), (True, OutcomeUnknown)])
async def test_an_answer_in_another_shape_leaves_a_write_unknown(wire, write, error):
    wire.wire.instead = lambda number: httpx.Response(200, content=b'{"number":"seven"}')
    with pytest.raises(error, match=r"\$\.number"):
        await api(wire).ask(Answer, "POST", "/things", {}, write=write)


def test_what_a_mapping_cannot_read_broke_the_contract():
    def read(document: bytes) -> int:
        if not document:
            raise MappingError("$.id", "is missing")
        return len(document)

    assert understood(read, b"abc") == 3
    with pytest.raises(UnexpectedPayload, match=r"\$\.id: is missing"):
        understood(read, b"")
