"""Adding, silencing and lifting rules at the desk: each with a reason, never deleted, written into the audit.

A packaged rule that blocks rests on law. Silencing one is the lead's alone (the desk sees to that), and everybody
is told by a notice. Rules that guard privacy and customers in danger are silenced by nobody.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar import audit, notices
from content_calendar.errors import CalendarError, NotFound
from content_calendar.rules.house import ADD, SILENCE, body_of
from content_calendar.tables import Brand, BrandRule
from prompts.house_rules import MOST_RULES, OwnRule, PackRule, faults


class RuleRefused(CalendarError):
    """This rule cannot be told so; the message says why and what to do."""

    code = "rule.refused"


def add(
    session: Session, brand: Brand, rule: OwnRule, *, actor: str, now: datetime, source: str = ""
) -> BrandRule:
    """A rule of the brand's own from now on; RuleRefused for words that cannot be looked for, or said already."""
    if wrong := faults(rule.words):
        raise RuleRefused(f"{wrong[0].zh}。", code="rule.words", english=f"{wrong[0].en}.")
    _once(session, brand, rule.id, "这条规则已经有了，请改原来那条。", "This rule is there already.")
    if _count(session, brand) >= MOST_RULES:
        raise RuleRefused(
            f"自定规则已有 {MOST_RULES} 条，请先停用几条。", code="rule.too_many",
            english=f"There are {MOST_RULES} rules already; lift some first.",
        )  # fmt: skip
    return told(
        session, brand, action=ADD, rule=rule.id, reason=rule.reason, body=body_of(rule), actor=actor, now=now,
        source=source,
    )  # fmt: skip


def silence(
    session: Session,
    brand: Brand,
    rule: PackRule,
    reason: str,
    *,
    actor: str,
    now: datetime,
    source: str = "",
) -> BrandRule:
    """A packaged rule does not apply to this brand from now on; RuleRefused for one that nobody may silence."""
    if rule.kept:
        raise RuleRefused(
            f"「{rule.title}」保护客户的隐私和安全，不能静音。", code="rule.kept",
            english=f"{rule.id} guards customers and cannot be silenced.",
        )  # fmt: skip
    if len(reason.strip()) < 2:
        raise RuleRefused(
            "静音一条规则要写明理由。", code="rule.reason", english="Silencing a rule needs a reason."
        )
    _once(session, brand, rule.id, "这条规则已经静音了。", "This rule is silenced already.")
    row = told(
        session, brand, action=SILENCE, rule=rule.id, reason=reason.strip(), body={"verdict": rule.verdict}, actor=actor, now=now,
        source=source,
    )  # fmt: skip
    if rule.verdict == "block":
        notices.tell(
            session, brand_id=brand.id, code="rule.silenced", subject=f"rule:{rule.id}", now=now, again=True,
            text=f"{actor.removeprefix('user:')}静音了必改规则「{rule.title}」：{row.reason}",
        )  # fmt: skip
    return row


def end(session: Session, brand: Brand, row_id: int, *, reason: str, actor: str, now: datetime) -> BrandRule:
    """Lift a rule or a silence; NotFound when the brand has no such row in force."""
    row = session.get(BrandRule, row_id, with_for_update=True)
    if row is None or row.brand_id != brand.id or row.ended_at is not None:
        raise NotFound(
            f"没有编号为 {row_id} 的规则，可能已经停用。", english=f"There is no rule {row_id} in force."
        )
    row.ended_at, row.ended_by, row.end_reason = now, actor[:80], reason.strip()[:400]
    session.flush()
    _audit(session, row, "rule.ended", row.end_reason, actor=actor, now=now)
    return row


def told(
    session: Session,
    brand: Brand,
    *,
    action: str,
    rule: str,
    reason: str,
    body: dict[str, object],
    actor: str,
    now: datetime,
    source: str,
) -> BrandRule:
    """A new row and its audit event; what may be told is the caller's to see to."""
    row = BrandRule(
        brand_id=brand.id, action=action, rule=rule, body=body, reason=reason[:400], source=source[:80],
        created_at=now, created_by=actor[:80],
    )  # fmt: skip
    session.add(row)
    session.flush()
    _audit(session, row, "rule.added" if action == ADD else "rule.silenced", reason, actor=actor, now=now)
    return row


def _audit(session: Session, row: BrandRule, action: str, reason: str, *, actor: str, now: datetime) -> None:
    words = row.body.get("words", ())
    audit.note(
        session, brand_id=row.brand_id, now=now, actor=actor, action=action, subject="rule", subject_id=row.id,
        detail={"rule": row.rule, "what": row.action, "words": list(words), "reason": reason, "source": row.source},
    )  # fmt: skip


def _once(session: Session, brand: Brand, rule: str, zh: str, en: str) -> None:
    known = session.scalar(
        select(BrandRule.id).where(
            BrandRule.brand_id == brand.id, BrandRule.rule == rule, BrandRule.ended_at.is_(None)
        )
    )
    if known is not None:
        raise RuleRefused(zh, code="rule.known", english=en)


def _count(session: Session, brand: Brand) -> int:
    query = select(func.count()).where(
        BrandRule.brand_id == brand.id, BrandRule.action == ADD, BrandRule.ended_at.is_(None)
    )
    return session.scalar(query) or 0
