"""Makes the example connectors importable, as their own `pythonpath` does when they are tested alone."""

import sys
from pathlib import Path

sys.path[:0] = [str(each) for each in sorted(Path(__file__).parent.glob("orderhub-*"))]
