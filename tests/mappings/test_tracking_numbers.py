"""Carriers are recognised by the form and the check digit of a number; as a hint only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.tracking_numbers import FORMS, likely_carriers

VENDORS = {"ups": "ups", "fedex": "fedex", "dhl": "dhl", "usps": "usps"}


@pytest.mark.parametrize(
    ("number", "carriers"),
    [
        ("1Z5R89390357567127", ("ups",)),
        ("1z 5r8 939 0357567127", ("ups",)),
        ("K1506235620", ("ups",)),
        ("986578788855", ("fedex", "sf-express")),
        ("3318810025", ("dhl",)),
        ("9400111206206406260787", ("usps",)),
        ("RB123456785US", ("usps",)),
        ("RB123456785CN", ("ems-china-post",)),
        ("SF1234567890123", ("sf-express",)),
        ("YT1234567890123", ("yto",)),
        ("75312345678901", ("dhl", "zto")),
        ("JT1234567890123", ("jtexpress",)),
        ("", ()),
        ("ORDER-17", ()),
        ("RB123456785GB", ()),
    ],
)
def test_number_tells_its_carriers(number, carriers):
    assert likely_carriers(number) == carriers


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z5R89390357567128", "ups"),
        ("986578788856", "fedex"),
        ("3318810026", "dhl"),
        ("9400111206206406260788", "usps"),
        ("RB123456786US", "usps"),
    ],
)
def test_number_with_a_wrong_check_digit_is_not_its_carriers(number, carrier):
    assert carrier not in likely_carriers(number)


@given(st.text())
def test_any_text_is_nobodys_or_somebodys(text):
    assert set(likely_carriers(text)) <= {form.carrier for form in FORMS}


def examples(contracts, kind):
    for file in VENDORS:
        known = json.loads((contracts / "tracking-numbers" / f"{file}.json").read_bytes())
        for form in known["tracking_numbers"]:
            for number in form["test_numbers"][kind]:
                yield number, VENDORS[file], form["name"]


def test_published_examples_are_recognised(contracts):
    missed = [it for it in examples(contracts, "valid") if it[1] not in likely_carriers(it[0])]

    assert missed == []


def test_published_examples_with_wrong_digits_are_not(contracts):
    wrong = [it for it in examples(contracts, "invalid") if it[1] in likely_carriers(it[0])]

    assert wrong == []
