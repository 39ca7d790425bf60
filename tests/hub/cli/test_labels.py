"""Labels as files, or as the address that the carrier gave."""

from pathlib import Path

import pytest

from hub.cli.labels import _written
from hub.cli.problem import Problem


def test_a_picture_becomes_a_file(tmp_path: Path) -> None:
    assert _written("p1", "data:application/pdf;base64,JVBERg==", tmp_path) == str(tmp_path / "p1.pdf")
    assert (tmp_path / "p1.pdf").read_bytes() == b"%PDF"


def test_an_address_stays_an_address(tmp_path: Path) -> None:
    assert _written("p1", "https://labels.example/1", tmp_path) == "https://labels.example/1"


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="label of parcel p1 is not readable"):
        _written("p1", "data:image/png;base64,!", tmp_path)
