"""Lint: what is wrong or risky in the library's files, all at once, each with its file and remedy.

Reads files, renders nothing for anybody. A brand's overrides are linted together with what they lie over.
"""

from prompts.linting.lint import lint, lint_tried
from prompts.linting.problem import Problem

__all__ = ["Problem", "lint", "lint_tried"]
