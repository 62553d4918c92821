"""The checks: what a draft may not say, and why; findings with exact places, laws and remedies.

Plain data in and out. No database, no network, no clock; a model judge is handed in by the caller or absent.
"""

from generator.checks.checking import check, check_text
from generator.checks.facts import get_ready

__all__ = ["check", "check_text", "get_ready"]
