"""Makes the invented platforms `acme` and `swift`, and the broken variants of them, importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
