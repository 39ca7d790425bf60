"""Whose tracking number is this? By its form and its check digit; a hint, never a reason to refuse.

Sources: github.com/jkeen/tracking_number_data at b79ce4b (MIT) for DHL, FedEx, UPS, USPS and S10, whose check
digits are the carriers' own; the carriers' documents for those of China, which publish none. Read 2026-11-24.
"""

import re
from collections.abc import Callable

from mappings.structs import FrozenStruct

CheckDigit = Callable[[str], int]
"""What stands before the check digit → the check digit."""


class Form(FrozenStruct):
    """How numbers of a carrier look: `pattern` of the whole number, without spaces. With a check digit its
    groups `serial` and `check` are what the digit is of, and the digit; `before` is put before the serial."""

    carrier: str
    pattern: str
    check_digit: CheckDigit | None = None
    before: str = ""


def gs1(serial: str) -> int:
    """From the right times 3, 1, 3, …; what lacks to the next ten."""
    return -sum(int(it) * (1 if place % 2 else 3) for place, it in enumerate(reversed(serial))) % 10


def ups(serial: str) -> int:
    """From the left times 1, 2, 1, …; what lacks to the next ten. Letters count from A = 2, modulo ten."""
    values = (int(it) if it.isdigit() else (ord(it) - 3) % 10 for it in serial)
    return -sum(value * (2 if place % 2 else 1) for place, value in enumerate(values)) % 10


def fedex(serial: str) -> int:
    """From the right times 1, 3, 7, 1, …; the rest of 11, of which ten counts as 0."""
    return sum(int(it) * (1, 3, 7)[place % 3] for place, it in enumerate(reversed(serial))) % 11 % 10


def modulo_7(serial: str) -> int:
    return int(serial) % 7


def s10(serial: str) -> int:
    """Of the Universal Postal Union: weights 8, 6, 4, 2, 3, 5, 9, 7; 11 less the rest of 11."""
    rest = sum(int(it) * weight for it, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {0: 5, 1: 0}.get(rest, 11 - rest)


_ZIP = r"(?:420\d{5}(?:\d{4})?)?"
_S10 = r"[A-Z]{2}(?P<serial>\d{8})(?P<check>\d)"

FORMS: tuple[Form, ...] = (
    Form(carrier="ups", pattern=r"1Z(?P<serial>[A-Z\d]{15})(?P<check>\d)", check_digit=ups),
    Form(carrier="ups", pattern=r"[AHJKTV](?P<serial>\d{9})(?P<check>\d)", check_digit=ups),
    Form(carrier="fedex", pattern=r"(?P<serial>\d{11})(?P<check>\d)", check_digit=fedex),
    Form(carrier="fedex", pattern=r"[0-8]\d{19}(?P<serial>\d{13})(?P<check>\d)", check_digit=fedex),
    Form(carrier="fedex", pattern=r"96\d{18}(?P<serial>\d{13})(?P<check>\d)", check_digit=fedex),
    Form(carrier="fedex", pattern=r"3\d{15}(?P<serial>\d{11})(?P<check>\d)\d{4}", check_digit=fedex),
    Form(carrier="fedex", pattern=r"(?P<serial>\d{14})(?P<check>\d)", check_digit=gs1),
    Form(carrier="fedex", pattern=r"\d{2}(?P<serial>\d{15})(?P<check>\d)", check_digit=gs1),
    Form(carrier="fedex", pattern=r"96\d{5}(?P<serial>\d{14})(?P<check>\d)", check_digit=gs1),
    Form(carrier="dhl", pattern=r"(?P<serial>\d{9,10})(?P<check>\d)", check_digit=modulo_7),
    Form(carrier="dhl", pattern=r"J[A-Z]{2,3}\d{9,10}"),
    Form(carrier="dhl", pattern=r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)(?=\D*\d)[A-Z\d]{10,39}"),
    Form(carrier="dhl", pattern=r"\d{14}"),
    Form(carrier="usps", pattern=_ZIP + r"(?P<serial>9[1-5]\d{19}(?:\d{4})?)(?P<check>\d)", check_digit=gs1),
    Form(carrier="usps", pattern=_ZIP + r"(?P<serial>9[45]\d{27})(?P<check>\d)", check_digit=gs1),
    Form(carrier="usps", pattern=r"(?P<serial>\d{19})(?P<check>\d)", check_digit=gs1),
    Form(carrier="usps", pattern=_ZIP + r"(?P<serial>\d{19})(?P<check>\d)", check_digit=gs1, before="91"),
    Form(carrier="usps", pattern=_S10 + "US", check_digit=s10),
    Form(carrier="ems-china-post", pattern=_S10 + "CN", check_digit=s10),
    Form(carrier="ems-china-post", pattern=r"(?:11|98|99)\d{11}"),
    Form(carrier="sf-express", pattern=r"SF\d{13}|\d{12}"),
    Form(carrier="yto", pattern=r"YT\d{13}"),
    Form(carrier="zto", pattern=r"7[3568]\d{12}"),
    Form(carrier="jtexpress", pattern=r"JT\d{13}"),
    Form(carrier="deppon", pattern=r"DPK\d{12,13}"),
    Form(carrier="yunda", pattern=r"(?:31|43|46)\d{11}"),
)


def likely_carriers(number: str) -> tuple[str, ...]:
    """Canonical codes of the carriers whose numbers look so, those first whose check digit agrees; empty:
    nobody's that is known here. A number whose check digit is wrong is nobody's of that form."""
    plain = re.sub(r"[\s-]", "", number).upper()
    fitting = [form for form in FORMS if _fits(form, plain)]
    fitting.sort(key=lambda form: form.check_digit is None)
    return tuple(dict.fromkeys(form.carrier for form in fitting))


def _fits(form: Form, plain: str) -> bool:
    found = re.fullmatch(form.pattern, plain, re.ASCII)
    if found is None or form.check_digit is None:
        return found is not None
    return form.check_digit(form.before + found["serial"]) == int(found["check"])
