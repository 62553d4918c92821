"""Which brands there are: the customers' own, and the canary's, which no list shows.

The canary brand exists so that a probe can take the whole road of a real delivery (see workers.canary).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand

CANARY_UID = "canary"
# Made once: it runs for every request.
_CUSTOMERS = select(Brand).where(Brand.uid != CANARY_UID).order_by(Brand.id)


def customers(session: Session) -> Sequence[Brand]:
    """Every customer's brand, oldest first."""
    return session.scalars(_CUSTOMERS).all()
