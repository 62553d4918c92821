"""What the API takes and gives: strict pydantic models. Unknown fields are refused, types are not guessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Strict

T = TypeVar("T")
Text = Annotated[str, Field(max_length=20_000)]
Hash = Annotated[str, Field(max_length=64, description="SHA-256 of a revision, 64 hex digits")]
Reason = Annotated[str, Field(min_length=1, max_length=400)]
Day = Annotated[date, Strict(False), Field(description="ISO date, wall day in the brand's zone")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ListOf(BaseModel, Generic[T]):
    """A page of things; ``next`` is the cursor of the following page, null at the end."""

    items: list[T]
    next: str | None = None


class GaugeOut(_Out):
    """One sort of budget; ``limit`` and ``left`` are null where none is set."""

    used: float
    reserved: float
    limit: float | None
    left: float | None


class BudgetOut(_Out):
    """A day's model budget. ``refused``: calls the day had no room for; the offline writer stood in."""

    day: date
    tokens: GaugeOut
    yuan: GaugeOut
    seconds: GaugeOut
    calls: int
    in_flight: int
    refused: int
    exhausted: bool


class RiskOut(_Out):
    """Why a post will not go out as things stand."""

    code: str
    text: str


class PostOut(_Out):
    """A calendar entry. ``at`` is the instant, ``day`` and ``time`` the wall time in ``zone``."""

    id: int
    day: date
    time: str
    zone: str
    at: datetime
    kind: str
    tier: str
    lane: str
    state: str
    state_reason: str
    first_line: str
    has_text: bool
    author: str
    revision_hash: str
    groups: int = Field(description="active groups of its tier")
    campaign: str
    stage: str | None
    angle: str | None
    offer: bool
    blocks: int = Field(description="findings that forbid approval")
    warns: int
    risks: list[RiskOut]


class FactOut(_Out):
    """A fact the text stands on; ``now`` is what its source says today, null when it is gone."""

    id: str
    label: str
    value: str
    unit: str
    source: str
    now: str | None
    changed: bool


class FindingOut(_Out):
    """A hit of a check; offsets are characters of the text."""

    rule: str
    verdict: str
    start: int
    end: int
    excerpt: str
    reason: str
    law: str
    suggestion: str
    replacement: str | None


class RevisionOut(_Out):
    """An immutable text with its provenance and hash."""

    number: int
    hash: str
    text: str
    first_line: str
    picture: str
    author: str
    provenance: dict[str, Any]
    created_at: datetime


class RevisionFull(RevisionOut):
    """A revision with its findings and the facts it stands on."""

    findings: list[FindingOut]
    facts: list[FactOut]


class ApprovalOut(_Out):
    """Who allowed which revision for which moment, and until when."""

    revision_hash: str
    by: str
    due_at: datetime
    decided_at: datetime
    expires_at: datetime
    override_reason: str


class CommentOut(_Out):
    """What somebody said of a post."""

    id: int
    who: str
    text: str
    at: datetime
    resolved: bool


class PostFull(PostOut):
    """A post with its newest revision, approval, comments and deliveries by state."""

    theme: str
    owner: str
    revision: RevisionFull | None
    approval: ApprovalOut | None
    comments: list[CommentOut]
    deliveries: dict[str, int]


class DeliveryOut(_Out):
    """One (post, group) pair. ``sent`` is what the channel proved; ``handed_over`` is not ``sent``."""

    id: str
    post_id: int
    group_code: str
    group: str
    lane: str
    channel: str
    state: str
    reason: str
    day: date
    due_at: datetime
    sent_at: datetime | None
    late_ms: int | None
    tries: int
    remote_id: str


class CardOut(_Out):
    """A link with its title."""

    title: str
    url: str


class SendGroupOut(_Out):
    """One group of an item. `said`: the owner's own word; `proof`: whose word a confirmation is (owner, platform)."""

    delivery_id: str
    code: str
    name: str
    chat_id: str
    state: str
    reason: str
    proof: str
    said: str
    said_reason: str
    until: datetime | None
    open: bool


class SendItemOut(_Out):
    """One post for one owner. The slot is a window, from `opens_at` to `ends_at`."""

    post_id: int
    owner: str
    lane: str
    kind: str
    slot_at: datetime
    opens_at: datetime
    ends_at: datetime
    text: str
    card: CardOut | None
    pictures: list[str]
    open: int
    groups: list[SendGroupOut]


class SendReportedOut(_Out):
    """How many groups were written down."""

    groups: int


class FaultOut(_Out):
    """Something the ledger found that must not be."""

    code: str
    subject: str
    text: str


class LedgerOut(_Out):
    """A day's sum: planned = every state together, when it ``holds``."""

    day: date
    planned: int
    by_state: dict[str, int]
    open: int
    holds: bool
    faults: list[FaultOut]


class GroupOut(_Out):
    """A chat group. Its channel address is a secret and not shown."""

    id: int
    code: str
    name: str
    tier: str
    members: int
    tags: list[str]
    owner: str
    channel: str
    paused_at: datetime | None


class MessageOut(_Out):
    """What a simulated group has received."""

    id: int
    delivery_id: str
    at: datetime
    sender: str
    lane: str
    text: str


class BrandOut(_Out):
    """A brand and its switches."""

    id: int
    name: str
    industry: str
    zone: str
    quiet_from: str
    quiet_to: str
    demo: bool
    paused_at: datetime | None
    paused_by: str
    pause_reason: str
    imported_at: datetime | None


class NoticeOut(_Out):
    """Something the lead must be told."""

    id: int
    at: datetime
    level: str
    code: str
    subject: str
    text: str
    read_at: datetime | None
    read_by: str


class OverdueOut(_Out):
    """A post that fell due during a pause."""

    post_id: int
    due_at: datetime
    kind: str
    tier: str
    state: str
    waiting: int | None
    sendable: bool


class MeOut(_Out):
    """Who the caller is and what they may do."""

    name: str
    display: str
    role: str
    by: str
    may: list[str]


class TokenOut(_Out):
    """An API token without its secret."""

    id: int
    name: str
    prefix: str
    created_at: datetime
    used_at: datetime | None


class TokenMade(TokenOut):
    """A token just made: ``secret`` is shown this once."""

    secret: str


class EditIn(_In):
    """A new text. ``base_hash`` is the newest revision's hash the writer was looking at ("" when there was none)."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    base_hash: Hash


class ApproveIn(_In):
    """Which revision is allowed. A lead may lift a block with a reason, which is logged."""

    revision_hash: Hash
    override_reason: Annotated[str, Field(max_length=400)] = ""


class ReasonIn(_In):
    """Why."""

    reason: Reason


class MomentIn(_In):
    """A new wall moment in the post's zone."""

    day: Day
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM")]


class CommentIn(_In):
    """A remark on a post."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class RewriteIn(_In):
    """How the post should be written again; empty: just another try."""

    instruction: Annotated[str, Field(max_length=400)] = ""


class SendReportIn(_In):
    """What an owner says: done, postponed (until), cannot (reason); of these deliveries, or all that still wait."""

    action: Literal["done", "postponed", "cannot"]
    owner: Annotated[str, Field(max_length=80)] = ""
    deliveries: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=2000)] = []
    reason: Annotated[str, Field(max_length=400)] = ""
    until: Annotated[AwareDatetime, Strict(False)] | None = None


class AnswerIn(_In):
    """Did it arrive?"""

    arrived: bool


class CheckIn(_In):
    """Texts to check as posts of one kind, tier and product of the brand."""

    texts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=4000)]], Field(min_length=1, max_length=200)
    ]
    kind: Annotated[str, Field(max_length=24, description="a kind's key or name, or reply")] = ""
    tier: Annotated[
        Literal["", "high", "mid", "low"], Field(description="checks the bytes its channels carry")
    ] = ""
    product: Annotated[str, Field(max_length=120, description="a product's code or name")] = ""


class HitOut(_Out):
    """A finding with its rule's version and how sure it is, its place counted in two ways."""

    rule: str
    version: str
    verdict: Literal["block", "warn"]
    start: int = Field(description="code points")
    end: int
    start_utf16: int = Field(description="UTF-16 units, as in JavaScript")
    end_utf16: int
    excerpt: str
    trust: float = Field(description="below 1: found only after tricks were taken out")
    law: str
    reason: str
    suggestion: str
    replacement: str | None


class CheckedText(_Out):
    """What one text came to."""

    verdict: Literal["block", "warn", "allow"]
    findings: list[HitOut]


class CheckOut(_Out):
    """The texts' verdicts in their order. ``rules`` is the fingerprint of everything that decided."""

    rules: str
    items: list[CheckedText]


class TokenIn(_In):
    """What the token is for."""

    name: Annotated[str, Field(min_length=1, max_length=80)]


class ResumeIn(_In):
    """Post id → what becomes of it; a post without a choice is held."""

    choices: dict[Annotated[str, Field(pattern=r"^\d{1,12}$")], Literal["send", "drop", "hold"]] = Field(
        default_factory=dict
    )
