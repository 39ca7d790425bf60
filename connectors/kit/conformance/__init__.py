"""The conformance kit: one suite that every connector passes.

`store.py` and `carrier.py` are what a test inherits; `report.py` runs the same checks without pytest;
`rig.py` wires a connector to its twin. A check is a coroutine over a `Bench` (`checks.py`) in the file of its
area; pytest is imported by `store.py`, `carrier.py` and `inherited.py` only.
"""
