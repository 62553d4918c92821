"""A fixed set of briefs over kinds, tiers, stages and two industries, for evaluating, linting and comparing.

Two invented brands, a skin-care one and a bakery, in YAML. No real customer's data, ever.
"""

from prompts.evalset.build import briefs, complete

__all__ = ["briefs", "complete"]
