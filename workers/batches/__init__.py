"""Long work on many posts: writing them, planning ahead, the nightly round.

Joins calendar and generator, which do not know each other; decides nothing about texts or slots itself.
"""
