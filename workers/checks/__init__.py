"""The checks put to work: a brand's rules fetched for whoever checks, drafts checked again, the last check at the door.

Joins calendar and generator, which do not know each other. No rule and no verdict is made up here.
"""
