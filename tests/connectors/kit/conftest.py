"""Makes the invented platforms Acme and Swift, and the broken variants of them, importable."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"

sys.path[:0] = [str(HERE), *(str(each) for each in sorted(EXAMPLES.glob("orderhub-*")))]
