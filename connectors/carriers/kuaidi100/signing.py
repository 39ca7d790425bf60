"""The three signatures of Kuaidi100: upper-case hex MD5 over `param` exactly as sent, and who signs."""

from connectors.kit.signing import md5_hex_upper


def sign_query(param: str, key: str, customer: str) -> str:
    """`query.do`."""
    return md5_hex_upper(param + key + customer)


def sign_order(param: str, timestamp: str, key: str, secret: str) -> str:
    """`label/order`; `timestamp` is the field `t`, in milliseconds."""
    return md5_hex_upper(param + timestamp + key + secret)


def sign_push(param: str, salt: str) -> str:
    """Pushes to us; the vendor's letters may come in lower case."""
    return md5_hex_upper(param + salt)
