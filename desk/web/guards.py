"""What stands before every route: the permission it needs. A route without one is refused by a test.

``Allowed(May.decide)`` is the dependency; it also tells the route table which permission a path asks for.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from desk.auth.roles import May
from desk.web.visit import Visit, visit_of


class Allowed:
    """Lets a visitor through whose role may do ``what``; SignInNeeded or Forbidden otherwise."""

    def __init__(self, what: May) -> None:
        self.what = what

    def __call__(self, request: Request) -> Visit:
        visit = visit_of(request)
        visit.require(self.what)
        return visit

    def __hash__(self) -> int:
        return hash(self.what)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Allowed) and other.what == self.what


LARGEST = 2**31 - 1  # what an integer column holds on every database
Id = Annotated[int, Path(ge=1, le=LARGEST)]
Number = Annotated[int | None, Query(ge=0, le=LARGEST)]
Reader = Annotated[Visit, Depends(Allowed(May.read))]
Submitter = Annotated[Visit, Depends(Allowed(May.submit))]
Commenter = Annotated[Visit, Depends(Allowed(May.comment))]
Writer = Annotated[Visit, Depends(Allowed(May.write))]
Decider = Annotated[Visit, Depends(Allowed(May.decide))]
Holder = Annotated[Visit, Depends(Allowed(May.hold))]
Scheduler = Annotated[Visit, Depends(Allowed(May.schedule))]
Pauser = Annotated[Visit, Depends(Allowed(May.pause))]
Resumer = Annotated[Visit, Depends(Allowed(May.resume))]
Answerer = Annotated[Visit, Depends(Allowed(May.answer))]
Reporter = Annotated[Visit, Depends(Allowed(May.report))]
NoticeReader = Annotated[Visit, Depends(Allowed(May.notice))]
Importer = Annotated[Visit, Depends(Allowed(May.import_workbook))]
Exporter = Annotated[Visit, Depends(Allowed(May.export))]
Auditor = Annotated[Visit, Depends(Allowed(May.audit))]
Teacher = Annotated[Visit, Depends(Allowed(May.teach))]
RuleKeeper = Annotated[Visit, Depends(Allowed(May.rules))]
PromptKeeper = Annotated[Visit, Depends(Allowed(May.prompts))]
ChannelKeeper = Annotated[Visit, Depends(Allowed(May.channels))]
UserKeeper = Annotated[Visit, Depends(Allowed(May.users))]
TokenKeeper = Annotated[Visit, Depends(Allowed(May.tokens))]
