"""One module per page (or small family of pages), each with its `router`. A new page is one new file here.

Pages read through desk.queries, act through the floors below and answer with a template or a redirect.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from fastapi import APIRouter


def routers() -> list[APIRouter]:
    """Every page's router, by module name."""
    return [
        import_module(f"{__name__}.{module.name}").router
        for module in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name)
    ]
