"""A mapping's error says different things about a request and about an answer."""

import pytest

from connectors.kit import UnexpectedPayload, Unsupported
from connectors.kit.translation import expressing, reading
from mappings.errors import MappingError, UnmappedCode


@pytest.mark.parametrize("kind", [MappingError, UnmappedCode])
@pytest.mark.parametrize(("around", "expected"), [(expressing, Unsupported), (reading, UnexpectedPayload)])
def test_a_mapping_error_is_named_with_its_path(kind, around, expected):
    with pytest.raises(expected, match=r"\$\.cargo: is empty") as caught, around("Acme"):
        raise kind("$.cargo", "is empty")
    assert "Acme" in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("around", [expressing, reading])
def test_other_errors_go_on_as_they_are(around):
    with pytest.raises(ZeroDivisionError), around("Acme"):
        raise ZeroDivisionError
