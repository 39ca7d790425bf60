"""The whole hub on a virtual clock, against twins, with faults from a seed. Start at `run.py`."""
