"""Every code of Kdniao means what a person has checked."""

from pathlib import Path

import msgspec
import pytest

from mappings.carriers.kdniao.tables import STATUS

EXPECTED = msgspec.json.decode((Path(__file__).parent / "expected_codes.json").read_bytes())


@pytest.mark.parametrize("table", [STATUS], ids=lambda table: table.name)
def test_each_code_has_its_checked_meaning(table):
    assert {code: status.value for code, status in table.codes.items()} == EXPECTED[table.name]
    assert table.source and table.read_on
