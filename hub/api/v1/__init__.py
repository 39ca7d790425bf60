"""The JSON API for machines, `/api/v1`: one module per resource, all of them listed in `resources.py`."""
