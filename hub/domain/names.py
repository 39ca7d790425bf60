"""Identifiers that people choose: they stand in addresses, file names and commands."""

import re

NAME_RULE = "small letters, digits, - and _ only (40 at most)"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)


def is_name(text: str) -> bool:
    """Does it follow `NAME_RULE`?"""
    return _NAME.fullmatch(text) is not None
