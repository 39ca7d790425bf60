"""How `allocation.py` finds the locations that it asks, and in which order: replaceable tables of steps.

`filters.py`: who is not asked, or asked last, and why. `ranks.py`: who is asked first. Both look at
`hours.py` (when goods leave) and `load.py` (how much leaves a location on a day).
"""
