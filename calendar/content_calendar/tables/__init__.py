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
from content_calendar.tables.checks import BrandRule, CheckRun, JudgeAnswer
from content_calendar.tables.figures import Figure, ModelBudget, PostView
from content_calendar.tables.lanes import (
    ChannelAccount,
    ForeignSend,
    MassTask,
    Owner,
    Picture,
    Road,
    SelfReport,
)
from content_calendar.tables.learning import EditPair, HouseNote, PromptVersion, ScriptOffer
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
    "BrandRule",
    "BriefRow",
    "Campaign",
    "ChannelAccount",
    "CheckRun",
    "Comment",
    "Delivery",
    "DemoMessage",
    "EditPair",
    "Figure",
    "FindingRow",
    "ForeignSend",
    "Group",
    "Heartbeat",
    "HouseNote",
    "IdempotencyKey",
    "JudgeAnswer",
    "KnowledgeGap",
    "KnowledgeItem",
    "LiveValue",
    "MassTask",
    "ModelBudget",
    "ModelCall",
    "Notice",
    "OutboxEvent",
    "Owner",
    "PastPost",
    "Persona",
    "Picture",
    "Post",
    "PostView",
    "PriceHistory",
    "Product",
    "PromptVersion",
    "QuotaEntry",
    "Release",
    "Revision",
    "Road",
    "Script",
    "ScriptOffer",
    "SelfReport",
    "Session",
    "SignInLink",
    "SopRow",
    "Suggestion",
    "SuggestionEvent",
    "Tier",
    "TradeDay",
    "User",
]
