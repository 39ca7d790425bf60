"""Talking to the outside: the kit, and one folder per store platform and per carrier."""
