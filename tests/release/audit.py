"""`make audit`: known vulnerabilities of what is locked; where nobody can be asked it says so, and passes.

pip-audit ends with 1 for a finding and for an unreachable service alike. A finding comes with a report, so
only a connection that failed before there was one counts as skipped; whatever else goes wrong is a failure.
"""

import subprocess
import sys
from pathlib import Path

UNREACHABLE = ("ConnectionError", "ProxyError", "ConnectTimeout", "ReadTimeout", "NameResolutionError")
LOCKS = ("docker/runtime.txt", "requirements-dev.txt")
OPTIONS = ("--strict", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def audit(lock: str) -> int:
    """The exit code; findings are shown as pip-audit reports them."""
    tool = str(Path(sys.executable).with_name("pip-audit"))
    done = subprocess.run([tool, *OPTIONS, "-r", lock], capture_output=True, text=True)
    if done.returncode == 0:
        sys.stdout.write(f"{lock}: no known vulnerability\n")
        return 0
    if not done.stdout.strip() and any(name in done.stderr for name in UNREACHABLE):
        sys.stdout.write(
            f"AUDIT SKIPPED: {lock} was NOT examined, the vulnerability service is out of reach\n"
        )
        return 0
    sys.stderr.write(done.stdout or done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(max(map(audit, sys.argv[1:] or LOCKS)))
