"""Deciding: plain functions of values. No I/O, no clock, no dice. Start with `route.py`."""
