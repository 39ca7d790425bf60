"""One spelling for what is the same name: width, case, blanks and accents make no other place."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")
_GAPS = re.compile(r"[\s\-]+")


def folded(text: str) -> str:
    """A name of a division."""
    if text.isascii():
        return " ".join(text.split()).casefold()
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return " ".join(plain.split()).casefold()


def folded_code(code: str, country: str) -> str:
    """A name of a subdivision or its code in ISO 3166-2, with the country's letters before it or without."""
    return folded(code).removeprefix(f"{folded(country)}-")


def folded_postal(code: str) -> str:
    """A postal code or how it begins."""
    return _GAPS.sub("", folded(code))
