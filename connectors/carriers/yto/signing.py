"""How YTO signs: Base64 of the raw MD5 over `param`, the interface's method and version, and its secret."""

import re

from connectors.kit import Misconfigured
from connectors.kit.signing import md5_base64

_PATH = re.compile(r"/open/([^/?]+)/([^/?]+)/[^/?]+/([^/?]+)/?$")


def named_in(url: str, setting: str) -> tuple[str, str, str]:
    """Method, version and customer code, which an issued address names and nothing else does."""
    match = _PATH.search(url)
    if match is None:
        raise Misconfigured(f"{setting} is empty or not an address that YTO issued", setting=setting)
    return match[1], match[2], match[3]


def sign(param: str, method: str, version: str, secret: str) -> str:
    """`sign` of exactly the `param` that is sent."""
    return md5_base64(param + method + version + secret)
