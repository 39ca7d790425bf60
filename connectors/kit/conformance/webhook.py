"""What a platform posts: the genuine is understood, the forged is refused, the reply is what it wants."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import httpx
import msgspec

from connectors.kit.capabilities import FetchesOrders, ReceivesWebhooks, RegistersWebhooks
from connectors.kit.conformance.booking import followed_parcels
from connectors.kit.conformance.checks import Bench, Checks, Finding, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.settings import wrong_secrets
from connectors.kit.conformance.world import known_ids, mapping_of, open_store, place, touch
from connectors.kit.errors import InvalidSignature, UnexpectedPayload
from connectors.kit.messages import Receipt, Topic, WebhookRequest
from connectors.kit.plugin import StorePlugin
from connectors.kit.twin import CarrierTwin, OutgoingWebhook, StoreTwin

CHECKS = Checks("webhook")

HOOK = "https://hub.example/webhooks/connection-1"
MOST_FLIPS = 400


async def posted(bench: Bench) -> tuple[Rig, list[OutgoingWebhook]]:
    """Everything that the twin wants to post after orders were placed or parcels moved."""
    work = _store_at_work if isinstance(bench.plugin, StorePlugin) else _carrier_at_work
    rig = await work(bench)
    if not rig.twin.outbound:
        raise Finding("the twin posted nothing, although things happened (register, subscribe)")
    return rig, list(rig.twin.outbound)


async def _store_at_work(bench: Bench) -> Rig:
    rig, twin = open_store(bench)
    await _switch_on(rig)
    for order_id in place(bench, twin, 2):
        rig.clock.advance(timedelta(minutes=1))
        touch(bench, twin, order_id)
    return rig


async def _switch_on(rig: Rig) -> None:
    rig.twin.configure_pushes(HOOK)
    if isinstance(rig.connector, RegistersWebhooks):
        await rig.connector.register_webhooks(HOOK)


async def _carrier_at_work(bench: Bench) -> Rig:
    rig = bench.rig()
    twin = cast(CarrierTwin, rig.twin)
    await _switch_on(rig)
    await followed_parcels(bench, rig, HOOK)
    for _ in range(20):
        due = twin.advance()
        if due is None:
            break
        rig.clock.advance(max(due - rig.clock(), timedelta(seconds=1)))
    return rig


def as_request(webhook: OutgoingWebhook) -> WebhookRequest:
    """The hub's view of a post."""
    request = httpx.Request("POST", webhook.url, headers=dict(webhook.headers), content=webhook.body)
    return WebhookRequest(
        method="POST",
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.url.params),
        body=webhook.body,
    )


@CHECKS.add(ReceivesWebhooks)
async def genuine_is_understood(bench: Bench) -> None:
    """Each genuine post gives documents that the mapping reads, or notices of things that exist."""
    rig, webhooks = await posted(bench)
    brought = 0
    for webhook in webhooks:
        receipt = _receive(rig, as_request(webhook))
        brought += len(receipt.deliveries) + len(receipt.notices)
        for delivery in receipt.deliveries:
            _is_readable(bench, delivery.topic, delivery.document)
        if isinstance(rig.twin, StoreTwin):
            ids = {it.external_id for it in receipt.deliveries if it.topic is Topic.ORDER}
            ids |= {it.external_id for it in receipt.notices if it.topic is Topic.ORDER}
            unknown = ids - known_ids(rig.twin)
            require(not unknown, "a post speaks of an order that the platform does not know")
            await _are_fetched(rig, [it.external_id for it in receipt.notices if it.topic is Topic.ORDER])
    require(brought > 0, "none of the genuine posts brought anything")


def _is_readable(bench: Bench, topic: Topic, document: bytes) -> None:
    getattr(mapping_of(bench), f"read_{topic.value}")(document)


async def _are_fetched(rig: Rig, ids: list[str]) -> None:
    if ids and isinstance(rig.connector, FetchesOrders):
        found = {it.external_id for it in await rig.connector.fetch_orders(ids)}
        require(found == set(ids), "a notice names an order that cannot be fetched under this id")


@CHECKS.add(ReceivesWebhooks)
async def same_post_same_receipt(bench: Bench) -> None:
    """A repeated post gives the same external ids, so that the inbox knows it again."""
    rig, webhooks = await posted(bench)
    for webhook in webhooks:
        first, again = (_receive(rig, as_request(webhook)) for _ in range(2))
        require(first == again, "the same post was understood in two ways")


@CHECKS.add(ReceivesWebhooks)
async def changed_post_is_refused(bench: Bench) -> None:
    """Each byte of the body changed, and each parameter and header: refused, or without any effect."""
    rig, webhooks = await posted(bench)
    genuine = as_request(webhooks[0])
    receipt = _receive(rig, genuine)
    refused = sum(_is_refused(rig, forged, receipt, what) for what, forged in _forgeries(genuine))
    require(refused > 0, "no change at all was refused: nothing is verified")


def _forgeries(genuine: WebhookRequest) -> Iterator[tuple[str, WebhookRequest]]:
    change = msgspec.structs.replace
    stride = max(1, len(genuine.body) // MOST_FLIPS)
    for place_ in range(0, len(genuine.body), stride):
        body = bytearray(genuine.body)
        body[place_] ^= 1
        yield f"byte {place_} changed", change(genuine, body=bytes(body))
    yield "body reformatted", change(genuine, body=_reformatted(genuine.body))
    yield "a byte more", change(genuine, body=genuine.body + b" ")
    yield "no body", change(genuine, body=b"")
    for name, value in genuine.headers.items():
        yield f"header {name} missing", change(genuine, headers=_less(genuine.headers, name))
        yield f"header {name} changed", change(genuine, headers={**genuine.headers, name: _other(value)})
    for name, value in genuine.query.items():
        yield f"parameter {name} missing", change(genuine, query=_less(genuine.query, name))
        yield f"parameter {name} changed", change(genuine, query={**genuine.query, name: _other(value)})


def _reformatted(body: bytes) -> bytes:
    try:
        return msgspec.json.format(body, indent=3)
    except msgspec.DecodeError:
        return body + b"\n"


def _less(values: Any, name: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if key != name}


def _other(value: str) -> str:
    return ("B" if value[:1] == "A" else "A") + value[1:]


def _is_refused(rig: Rig, forged: WebhookRequest, genuine: Receipt, what: str) -> bool:
    """Refused; else it must bring nothing that the genuine post did not bring."""
    try:
        receipt = _receive(rig, forged)
    except (InvalidSignature, UnexpectedPayload) as error:
        in_body = forged.body and ("byte" in what or "body" in what)
        leaked = in_body and isinstance(error, UnexpectedPayload)
        require(not leaked, f"{what}: it was read before it was verified")
        return True
    more = [it for it in receipt.deliveries if it not in genuine.deliveries]
    others = [it for it in receipt.notices if it not in genuine.notices]
    require(not more and not others, f"{what}: accepted, although the sender did not write it")
    return False


@CHECKS.add(ReceivesWebhooks)
async def stranger_is_refused(bench: Bench) -> None:
    """Signed with another shop's secret, or without any signature, or plain rubbish: refused."""
    rig, webhooks = await posted(bench)
    genuine = as_request(webhooks[0])
    bare = msgspec.structs.replace(genuine, headers={}, query={}, body=b'{"id":1}')
    rubbish = (bare, WebhookRequest(headers={}, body=b""), WebhookRequest(headers={}, body=b"\xff\x00[[["))
    odd = dict.fromkeys(genuine.headers, "İ€")
    for request in (*rubbish, msgspec.structs.replace(genuine, headers=odd, body=b"sign=%FF&param=1")):
        _must_refuse(rig.connector, request, "an unsigned post")
    rig.overrides.update(wrong_secrets(rig))
    _must_refuse(rig.connect(), genuine, "a post signed with another secret")


def _must_refuse(connector: Any, request: WebhookRequest, what: str) -> None:
    try:
        connector.receive(request)
    except InvalidSignature:
        return
    require(False, f"{what} was accepted")


@CHECKS.add(ReceivesWebhooks)
async def reply_satisfies_the_platform(bench: Bench) -> None:
    """With the connector's reply the platform is content; refused, it comes again later."""
    rig, webhooks = await posted(bench)
    rig.clock.advance(timedelta(seconds=1))
    async with httpx.AsyncClient(transport=httpx.MockTransport(_refusing)) as client:
        await rig.twin.deliver_webhooks(client)
    require(bool(rig.twin.outbound), "the twin does not repeat what was refused")
    rig.clock.advance(timedelta(days=1))
    async with httpx.AsyncClient(transport=httpx.MockTransport(_hub(rig))) as client:
        await rig.twin.deliver_webhooks(client)
    require(not rig.twin.outbound, f"{len(rig.twin.outbound)} of {len(webhooks)} posts were not acknowledged")


def _refusing(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503)


def _hub(rig: Rig) -> Any:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = WebhookRequest(headers=headers, query=dict(request.url.params), body=request.content)
        reply = _receive(rig, received).reply
        return httpx.Response(reply.status, content=reply.body, headers={"content-type": reply.content_type})

    return answer


@CHECKS.add(RegistersWebhooks)
async def registering_is_repeatable(bench: Bench) -> None:
    """Registering again (after a restart, or after the platform dropped us) doubles no post."""
    once = await _posts_after(bench, 1)
    require(await _posts_after(bench, 2) == once, "registering twice doubles the posts")


async def _posts_after(bench: Bench, registrations: int) -> int:
    rig = open_store(bench)[0] if isinstance(bench.plugin, StorePlugin) else bench.rig()
    for _ in range(registrations):
        await cast(RegistersWebhooks, rig.connect()).register_webhooks(HOOK)
    if isinstance(rig.twin, StoreTwin):
        place(bench, rig.twin)
    return len(rig.twin.outbound)


def _receive(rig: Rig, request: WebhookRequest) -> Receipt:
    return cast(ReceivesWebhooks, rig.connector).receive(request)
