"""One's own last decision about a post taken back: the calendar knows which it was, a former text is checked like any other."""

from __future__ import annotations

from content_calendar import review
from content_calendar.tables import Revision
from desk.acts import editing
from desk.queries import post as posts
from desk.web.visit import Visit


def undo(visit: Visit, post_id: int) -> review.Undone:
    """Take back what this visitor decided last about the post; StateConflict says why it may not be."""
    with visit.write() as session:
        found, user = posts.get(session, visit.the_brand, post_id), visit.user(session)

        def restore(newest: Revision, former: Revision) -> None:
            editing.save(
                session, found, former.text, base_hash=newest.hash, user=user, now=visit.now, picture=former.picture
            )  # fmt: skip

        done = review.undo_last(session, found, user=user, now=visit.now, restore=restore)
        posts.looked(session, found, viewer=visit.visitor.id, now=visit.now)
    return done
