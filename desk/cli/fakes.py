"""`chongfen-fakes`: starts the fake platforms, which are test material and live apart from the product.

In a checkout they are ``tests.fakes`` (as they stand now); installed from a wheel, the package ``chongfen_fakes``.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path


def entry() -> int:
    """The console script; its exit code."""
    checkout = Path(__file__).parents[2] / "tests" / "fakes" / "main.py"
    where = "tests.fakes" if checkout.is_file() else "chongfen_fakes"
    code: int = import_module(f"{where}.main").entry()
    return code


if __name__ == "__main__":
    raise SystemExit(entry())
