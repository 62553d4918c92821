"""What we say and how: the brief, personas, tiers, kinds, templates and the library that finds them.

The ground floor: knows no database, no network, no settings. Nothing here imports another of our packages.
"""
