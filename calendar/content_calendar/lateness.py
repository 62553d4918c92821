"""When late is too late: the arithmetic of a brand's late policy, in one place.

Work less than LATE_AFTER late is simply late work in progress. Later than that it is a backlog and the
post's policy decides (send late within the window, ask, drop); what is sent then is spread out, never
released in one burst.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from content_calendar import zones
from content_calendar.tables import Brand, Post

LATE_AFTER = timedelta(seconds=45)  # from here on it is a backlog and is paced
GRACE = timedelta(seconds=60)  # a working dispatcher may always finish what it began
PER_SECOND = 20  # late deliveries overall: 640 to 1,600 groups are caught up in about a minute
GROUP_GAP = timedelta(seconds=20)  # two late posts never meet in one group within this


def policy(post: Post, brand: Brand) -> str:
    """send_late, ask or drop: the post's own wish, else the brand's."""
    return post.late_policy or brand.late_policy


def window_end(due_at: datetime, brand: Brand) -> datetime:
    """Until when anything of a post due at ``due_at`` may go out; approvals expire here.

    The brand's window, but never into its quiet hours, and never less than GRACE.
    """
    end = due_at + timedelta(minutes=brand.late_window_minutes)
    return max(min(end, quiet_after(due_at, brand) or end), due_at + GRACE)


def deadline(post: Post, brand: Brand) -> datetime:
    """Until when a delivery may be tried without asking a person: the window, or GRACE without send_late."""
    return window_end(post.due_at, brand) if policy(post, brand) == "send_late" else post.due_at + GRACE


def quiet_after(due_at: datetime, brand: Brand) -> datetime | None:
    """When the brand's quiet hours begin next after ``due_at``; None when it has none."""
    if not brand.quiet_from or brand.quiet_from == brand.quiet_to:
        return None
    where = zones.zone(brand.zone)
    day, wall = zones.local_day(due_at, where), time.fromisoformat(brand.quiet_from)
    starts = [zones.place(day + timedelta(days=ahead), wall, where).instant for ahead in (0, 1)]
    return next(start for start in starts if start > due_at)
