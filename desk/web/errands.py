"""The errands of this web process: what it says to WeCom beside its pages."""

from __future__ import annotations

from fastapi import FastAPI

from workers.wecom.errands import Errands


def errands_of(app: FastAPI) -> Errands:
    """The process's errands, over the runtime it has now."""
    known: Errands | None = getattr(app.state, "errands", None)
    if known is None or known.runtime is not app.state.runtime:
        app.state.errands = known = Errands(app.state.runtime)
    return known
