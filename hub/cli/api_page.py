"""`docs/api.md` from the endpoints themselves: `python -m hub.cli.api_page > docs/api.md`."""

import sys

from hub.api.v1.application import MOST_FACTS
from hub.api.v1.authentication import MOST_FAILURES
from hub.api.v1.endpoint import MOST_ITEMS, Endpoint
from hub.api.v1.reading import MOST_BYTES
from hub.api.v1.resources import ENDPOINTS

_HEAD = f"""# The JSON API

Made from `hub/api/v1/` by `python -m hub.cli.api_page`; do not edit.

For programs: everything is under `/api/v1`, `/api/v1/openapi.json` describes it (OpenAPI 3.1), and each
address calls the function that the command of the same meaning calls.

```
orderhub tokens add till --role clerk --expires 90d    shown once; the hub keeps a keyed digest
orderhub tokens list                                   who uses what, and when last
orderhub tokens revoke till                            it opens nothing from the next request on
orderhub tokens trail --token till                     what was done with it

curl -H "Authorization: Bearer $TOKEN" "$HUB/api/v1/orders?stage=on_hold&limit=20"
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Idempotency-Key: 7f3a' \\
     -d '{{"why": "call the buyer"}}' "$HUB/api/v1/orders/100234/hold"
```

- **Roles.** A viewer looks, a clerk acts on orders, parcels, stock and parked rows, an administrator
  configures; each may do what those before it may. Personal values are masked; a clerk sees them with
  `reveal=true`, looks for them and reads labels, and the trail keeps each time that values were revealed.
- **Trail.** Each write is a line with actor `token:NAME`, in the same transaction (of bodies above
  {MOST_FACTS:,} characters only their length). The order's story names the same actor.
- **Lists** answer `items` and `after`: the page after it is asked for with `after=…`, until that is empty.
  At most {MOST_ITEMS:,} items. What comes in meanwhile moves nothing.
- **Faults** are problem documents (RFC 9457, `application/problem+json`); `faults` names field, value and
  remedy of all mistakes at once. Unknown parameters and fields are refused. A body has at most
  {MOST_BYTES // 1024:,} KiB; without a good token it is not even read.
- **Twice.** A POST with an `Idempotency-Key` is done once in 24 hours per token; a repeat is answered as
  the first was, with `Idempotent-Replayed: true`. A key of another request is refused.
- **Lost updates.** Orders and policies have an `ETag`; with `If-Match` a decision is refused (412) if
  somebody changed them since. Without it, the last one wins.
- **Unknown tokens.** After {MOST_FAILURES} in a minute from one address, tokens that this server has not
  seen open wait for the next minute (429); others go on.

Put the hub behind a proxy that speaks TLS: tokens travel in a header, and personal values that are looked
for in the query, so keep queries out of the proxy's log.

## A new resource

One module in `hub/api/v1/` with `ENDPOINTS`, and its name in `hub/api/v1/resources.py`. An `Endpoint` says
method, address, role, what is asked for (`Asked`: query of a GET, body of a write), what is answered
(`Told`) and the function that does it in one transaction: `(call, asked) → answer`. It raises `Refused` for
what cannot be. Tokens, limits, trail, repeats, versions and OpenAPI follow from that. Then: a body for each
write in `tests/hub/api/v1/test_matrix.py`, its command in `tests/hub/cli/test_counterparts.py`, and this
page made anew. What decides belongs below, in `hub/pipeline` or `hub/storage`, where the command line calls
it too.

## Addresses
"""


def page() -> str:
    """The whole page."""
    rows = ["| | Address | Needs | What it does |", "| --- | --- | --- | --- |", *map(_row, ENDPOINTS)]
    return "\n".join([_HEAD, *rows, ""])


def _row(endpoint: Endpoint) -> str:
    return f"| {endpoint.method} | `{endpoint.path}` | {endpoint.role} | {endpoint.summary} |"


if __name__ == "__main__":
    sys.stdout.write(page())
