"""The signature, against vectors that other implementations computed."""

import json

import pytest

from connectors.stores.taobao.gateway import sign


def vectors(contracts):
    found = json.loads((contracts / "cn-signature-vectors.json").read_text())
    return {vector["case"]: vector for vector in found if vector["platform"] == "taobao"}


@pytest.mark.parametrize("case", ["md5", "md5 utf-8"])
def test_md5_vectors(contracts, case):
    vector = vectors(contracts)[case]
    assert sign(vector["params"], vector["secret"], "md5") == vector["sign"]


@pytest.mark.parametrize("method", ["hmac", "hmac-sha256"])
def test_hmac_vectors(contracts, method):
    known = vectors(contracts)
    parameters = {**known["md5"]["params"], "sign_method": method}
    assert sign(parameters, known[method]["secret"], method) == known[method]["sign"]


def test_minimal_vector_of_a_public_suite():
    assert sign({"b": "2", "a": "1"}, "secret", "md5") == "EF16F26C937CF52AE6F85DF2FD08B24A"


def test_names_are_sorted_by_bytes_and_empty_values_are_signed():
    assert sign({"a": "", "B": "1"}, "s", "hmac") == sign({"B": "1", "a": ""}, "s", "hmac")
    assert sign({"B": "1", "a": ""}, "s", "hmac") != sign({"B": "1"}, "s", "hmac")
