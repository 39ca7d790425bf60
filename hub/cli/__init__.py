"""The command line `orderhub`: thin over the same queries and pipelines that everything else uses.

Commands are found in `program.py` and loaded only when they are run, so that `orderhub --help` is quick.
"""

from hub.cli.program import app, main

__all__ = ["app", "main"]
