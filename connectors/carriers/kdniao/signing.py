"""How Kdniao signs, in both directions: Base64 of the hex digits of an MD5, not of its raw bytes."""

import base64

from connectors.kit.signing import md5_hex_upper


def data_sign(request_data: str, app_key: str) -> str:
    """`DataSign` of exactly the `RequestData` that is sent."""
    return base64.b64encode(md5_hex_upper(request_data + app_key).lower().encode()).decode()
