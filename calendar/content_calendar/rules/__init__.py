"""A brand's own rules as rows, and what was last checked by which rules: kept, told apart, replaced.

Never judges a text and never knows a pack: findings and the list of packaged rules are handed in.
"""
