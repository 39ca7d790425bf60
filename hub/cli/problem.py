"""What stops a command."""


class Problem(Exception):
    """One sentence that names the thing and the remedy. It is printed without a traceback; exit code 1."""
