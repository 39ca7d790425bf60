"""Borders that a parcel crosses only with a customs declaration."""

_UNION = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""Members of the customs union of the European Union, as of 2026."""


def needs_declaration(origin: str, destination: str) -> bool:
    """Between these two countries (ISO 3166-1 alpha-2)? Regions with a regime of their own inside a country
    (the Canaries, the Channel Islands) are not looked at."""
    return origin != destination and not {origin, destination} <= _UNION
