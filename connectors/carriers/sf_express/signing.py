"""How SF Express signs: Base64 of the raw MD5 over the URL-encoded message, time and check word."""

from urllib.parse import quote_plus

from connectors.kit.signing import md5_base64


def msg_digest(msg_data: str, timestamp: str, check_word: str) -> str:
    """`msgDigest` of exactly the `msgData` that is sent. Encoded as Java's `URLEncoder` does: space becomes
    `+`, `*` stays, `~` does not."""
    encoded = quote_plus(msg_data + timestamp + check_word, safe="*").replace("~", "%7E")
    return md5_base64(encoded)
