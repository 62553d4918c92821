"""Runs every benchmark of this folder, one after the other, each in a process of its own: `make bench`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the named benchmarks (default: all); the number that failed."""
    scripts = [path for path in sorted(HERE.glob("*.py")) if not path.name.startswith("_")]
    chosen = [path for path in scripts if not names or path.stem in names]
    failed = 0
    for path in chosen:
        print(f"\n== {path.stem} ==", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}"], cwd=HERE.parent).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
