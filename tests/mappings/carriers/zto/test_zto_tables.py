"""Every code of ZTO means what a person has checked."""

from pathlib import Path

import msgspec
import pytest

from mappings.carriers.zto.tables import ACTION, SCAN_TYPE

EXPECTED = msgspec.json.decode((Path(__file__).parent / "expected_codes.json").read_bytes())


@pytest.mark.parametrize("table", [ACTION, SCAN_TYPE], ids=lambda table: table.name)
def test_each_code_has_its_checked_meaning(table):
    assert {code: status.value for code, status in table.codes.items()} == EXPECTED[table.name]
    assert table.source and table.read_on
