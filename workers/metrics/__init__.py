"""Figures for Prometheus: counted in the database, so that any web process tells them for all machines.

No names, no texts, no addresses: numbers with labels of our own words. Nothing here knows HTTP.
"""

from workers.metrics.exposition import render
from workers.metrics.measures import measure

__all__ = ["measure", "render"]
