"""Signatures against published vectors, and a comparison that no text can upset."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import InvalidSignature
from connectors.kit.signing import (
    digested_field,
    hmac_base64,
    hmac_hex,
    hmac_hex_upper,
    md5_base64,
    md5_hex_upper,
    same,
)


def test_md5_of_the_rfc_1321_suite():
    assert md5_hex_upper("message digest") == "F96B697D7CB7938D525A2F31AAF161D0"
    assert md5_base64("message digest") == "+WtpfXy3k41SWi8xqvFh0A=="


def test_hmac_of_rfc_2202_and_rfc_4231():
    text = "what do ya want for nothing?"
    sha256 = "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"

    assert hmac_hex_upper("Jefe", text, "md5") == "750C783E6AB0B503EAA86E310A5DB738"
    assert hmac_hex_upper("Jefe", text, "sha256") == sha256
    assert hmac_hex("Jefe", text.encode()) == sha256.lower()
    assert hmac_base64("Jefe", text.encode()) == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="


def test_chinese_text_is_signed_as_utf_8():
    assert md5_hex_upper("中文") == "A7BAC2239FCDCB3A067903D8077C4A07"


@given(st.text(), st.text())
def test_same_means_equal(first, second):
    assert same(first, first)
    assert same(first, second) == (first == second)


@pytest.mark.parametrize("given_", ["", "\u0130", "\ud800", "a\x00"])
def test_odd_signatures_are_only_wrong(given_):
    assert not same("abc", given_)


def test_a_form_field_is_taken_only_with_its_digest():
    body = urlencode({"data": "茶", "data_digest": md5_base64("茶secret"), "other": "1"}).encode()
    assert digested_field(body, "data", "secret") == "茶"
    for forged in (body.replace(b"data=", b"date="), body.replace(b"%8C", b"%8D"), b"data=%FF", b""):
        with pytest.raises(InvalidSignature):
            digested_field(forged, "data", "secret")
    with pytest.raises(InvalidSignature):
        digested_field(body, "data", "another")
