"""Texts to sign and forms to read."""

from decimal import Decimal

import pytest

from mappings.documents import form_fields, json_text, present
from mappings.errors import MappingError


def test_json_texts_are_compact_and_exact():
    assert json_text({"名": "茶", "kg": Decimal("1.250"), "n": 1}) == '{"名":"茶","kg":1.250,"n":1}'


def test_only_empty_texts_and_nulls_are_left_out():
    content = {"a": "", "b": None, "c": 0, "d": False, "e": [], "f": " "}
    assert present(content) == {"c": 0, "d": False, "e": [], "f": " "}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"a=1&b=%E8%8C%B6+x", {"a": "1", "b": "茶 x"}),
        (b"a=&b", {"a": "", "b": ""}),
        (b"a=1&a=2", {"a": "2"}),
        (b"", {}),
    ],
)
def test_a_form_is_read_into_its_fields(body, fields):
    assert form_fields(body) == fields


@pytest.mark.parametrize("body", [b"a=%FF", b"\xff"])
def test_what_is_no_utf8_is_no_form(body):
    with pytest.raises(MappingError):
        form_fields(body)
