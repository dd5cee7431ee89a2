"""Run the roster rules' tests on Spark in an environment of their own, .venv-spark (the `spark` extra is 450 MB)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bootstrap import ROOT, CannotSetUp
from setup_environment import DEV_LOCK, SPARK_LOCK, install_python, link_package
from test_needs import Missing, java

VENV = ROOT / ".venv-spark"


def main() -> int:
    """Install, then run tests/spark; 1 with a Chinese message where Spark can't run."""
    try:
        java_home = java().resolve().parent.parent
        install_python(VENV, DEV_LOCK, SPARK_LOCK)
    except (Missing, CannotSetUp) as problem:
        print(f"无法运行 Spark 测试：{problem}", file=sys.stderr)
        return 1
    link_package(VENV)
    python = VENV / "bin" / "python"
    # Spark asks the machine for its name; loopback keeps it inside on machines whose name has no address.
    environment = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(python), "JAVA_HOME": str(java_home)}
    command = [python, "-m", "pytest", "-q", str(Path("tests", "spark")), "--timeout", "600"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, timeout=1500).returncode


if __name__ == "__main__":
    sys.exit(main())
