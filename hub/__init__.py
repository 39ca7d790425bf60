"""The central processor: decides and remembers. Start reading at `hub/domain/route.py`."""
