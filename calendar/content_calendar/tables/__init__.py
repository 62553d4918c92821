"""The tables: SQLAlchemy 2 typed models, one module per part of the business, every name a design word.

No queries and no rules live here. A change of a table is an Alembic migration in ``migrations/``.
"""

from content_calendar.tables.base import Base
from content_calendar.tables.brand import (
    Brand,
    Campaign,
    Group,
    KnowledgeItem,
    LiveValue,
    PastPost,
    Persona,
    PriceHistory,
    Product,
    Script,
    SopRow,
    Tier,
    TradeDay,
)
from content_calendar.tables.people import ApiToken, IdempotencyKey, Session, SignInLink, User
from content_calendar.tables.post import (
    Approval,
    AuditEvent,
    BriefRow,
    Comment,
    FindingRow,
    Notice,
    Post,
    Revision,
)
from content_calendar.tables.release import (
    Attempt,
    Delivery,
    DemoMessage,
    Heartbeat,
    ModelCall,
    OutboxEvent,
    QuotaEntry,
    Release,
)
from content_calendar.tables.replies import KnowledgeGap, Suggestion, SuggestionEvent

__all__ = [
    "ApiToken",
    "Approval",
    "Attempt",
    "AuditEvent",
    "Base",
    "Brand",
    "BriefRow",
    "Campaign",
    "Comment",
    "Delivery",
    "DemoMessage",
    "FindingRow",
    "Group",
    "Heartbeat",
    "IdempotencyKey",
    "KnowledgeGap",
    "KnowledgeItem",
    "LiveValue",
    "ModelCall",
    "Notice",
    "OutboxEvent",
    "PastPost",
    "Persona",
    "Post",
    "PriceHistory",
    "Product",
    "QuotaEntry",
    "Release",
    "Revision",
    "Script",
    "Session",
    "SignInLink",
    "SopRow",
    "Suggestion",
    "SuggestionEvent",
    "Tier",
    "TradeDay",
    "User",
]
