"""Mutants that no test can catch, because they do what the connector does; each with the reason."""

from tests.exam.mutants import key_of

_CANCELS_TWICE = (
    "a cancellation that is repeated cancels nothing else, and the second refusal is read as done"
)

EQUIVALENT: dict[str, str] = {
    key_of(
        "connectors/carriers/aftership/connector.py",
        "AfterShipConnector.track",
        "leaves out a part of a request",
        "{'limit': '200'}",
    ): "the hub asks for twenty numbers at most, and AfterShip's own limit is a hundred",
    key_of(
        "connectors/carriers/aftership/signing.py",
        "sign_string",
        "sorts the wrong way",
        "sorted((it for it in request.headers if it.startswith('as-') and it !…",
    ): "there is one such header, and one thing is sorted either way",
    key_of(
        "connectors/carriers/dhl/connector.py",
        "DhlConnector.receive",
        "acknowledges wrongly",
        "WebhookReply()",
    ): "this reply is of one document in a push and thrown away; the push has its own",
    **{
        key_of(
            f"connectors/carriers/{platform}/connector.py",
            f"{platform.capitalize()}Connector.cancel_booking",
            "repeats a write",
            "write=True",
        ): _CANCELS_TWICE
        for platform in ("kdniao", "yto", "zto")
    },
    key_of(
        "mappings/stores/saleor/outward.py",
        "wire_time",
        "forgets the time zone",
        "moment.astimezone(UTC)",
    ): "the same instant, written with another offset",
    key_of(
        "mappings/carriers/sf_express/tracking.py",
        "query_routes",
        "sorts the wrong way",
        "sorted({tail for tail in telephone_tails if tail})",
    ): "SF takes the digits in any order; they are sorted to be the same each time",
}
"""`Mutant.key` → why nothing could tell it from the connector."""

HOLES: dict[str, str] = {
    key_of(
        "connectors/stores/jd/connector.py",
        "JdConnector.list_order_ids",
        "drops an overlap",
        "overlap=SECOND",
    ): "the twin counts both ends of a window, and no test has one that does not",
}
"""Survivors that the sample meets. They count as survivors; whoever closes one takes it out."""
