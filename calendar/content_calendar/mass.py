"""企业群发 tasks as the ledger sees them: written before they are created, followed until they end, never made twice.

A task belongs to one post and one owner. Its groups are ``handed_over`` until the platform says of each that it was sent
(``confirmed``, by the platform's word) or could not be (``refused``); what is left at the window's end is ``expired``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from content_calendar import lanes, lateness, notices
from content_calendar.ledger import Outgoing, moves
from content_calendar.states import DeliveryState
from content_calendar.tables import Attempt, Brand, Delivery, MassTask, Post, QuotaEntry

ACTOR = "system:wecom"
SENT, NO_FRIEND, QUOTA_USED = 1, 2, 3  # rows of get_groupmsg_send_result
LEASE_OVER = timedelta(seconds=120)  # a call that nobody finished is certainly over by then
RECONCILE = (15, 45, 90, 180)  # seconds between looks for a task whose answer was lost
REMINDERS = 3
D = DeliveryState


@dataclass(frozen=True)
class Window:
    """When a mass-send of a slot may be confirmed: from the task's creation to ``ends_at``."""

    opens_at: datetime
    slot_at: datetime
    ends_at: datetime


def window(slot: datetime, brand: Brand) -> Window:
    """The window of a slot: owners get the brand's minutes, but never into its quiet hours."""
    end = slot + timedelta(minutes=brand.confirm_window_minutes)
    quiet = lateness.quiet_after(slot, brand)
    return Window(lanes.call_at("wecom_mass", slot), slot, max(min(end, quiet or end), slot + lateness.GRACE))


def task_id(messages: Sequence[Outgoing]) -> str:
    """The same for the same attempt of the same deliveries."""
    text = ",".join(sorted(f"{message.delivery_id}:{message.number}" for message in messages))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def begin(
    session: Session, messages: Sequence[Outgoing], *, sender: str, text: str, now: datetime
) -> MassTask:
    """Write down that a task is about to be created; the caller commits before the call."""
    first = messages[0]
    brand = session.get_one(Brand, first.brand_id)
    slot = session.get_one(Post, first.post_id).due_at
    task = MassTask(
        id=task_id(messages), brand_id=brand.id, post_id=first.post_id, owner=first.owner, sender=sender,
        text=text, targets={message.address: message.delivery_id for message in messages}, created_at=now,
        slot_at=slot, ends_at=max(window(slot, brand).ends_at, now + lateness.GRACE), look_at=now + LEASE_OVER,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def created(session: Session, key: str, msgid: str, failed: Iterable[str], *, now: datetime) -> None:
    """The platform took it: from now on it is looked at. ``failed``: chat ids it did not accept."""
    task = session.get_one(MassTask, key, with_for_update=True)
    out = set(failed)
    task.msgid, task.state, task.look_at = msgid[:120], "open", now + timedelta(seconds=30)
    task.targets = {chat: delivery for chat, delivery in task.targets.items() if chat not in out}


def not_created(session: Session, key: str) -> None:
    """The platform refused it: nothing to look for."""
    session.get_one(MassTask, key).state = "refused"


def lost(session: Session, key: str, *, now: datetime) -> None:
    """The answer was lost: look for it in the platform's list soon."""
    session.get_one(MassTask, key).look_at = now + timedelta(seconds=RECONCILE[0])


def due(session: Session, *, now: datetime, limit: int = 50) -> Sequence[MassTask]:
    """Tasks to look at now, soonest first."""
    query = select(MassTask).where(MassTask.state.in_(("creating", "open")), MassTask.look_at <= now)
    return session.scalars(query.order_by(MassTask.look_at, MassTask.id).limit(limit)).all()


def take(session: Session, task: MassTask, *, again_at: datetime) -> bool:
    """This look is ours; False when another process has it."""
    changed = session.execute(
        update(MassTask)
        .where(MassTask.id == task.id, MassTask.looks == task.looks, MassTask.state == task.state)
        .values(looks=task.looks + 1, look_at=again_at)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def in_call(session: Session, task: MassTask) -> bool:
    """True while the call that creates the task may still be on its way."""
    query = select(Delivery.id).where(Delivery.id.in_(task.targets.values()), Delivery.state == D.sending)
    return session.scalar(query.limit(1)) is not None


def known_msgids(session: Session, brand_id: int) -> set[str]:
    """Every msgid of ours, so that none is taken for another's."""
    return set(
        session.scalars(select(MassTask.msgid).where(MassTask.brand_id == brand_id, MassTask.msgid != ""))
    )


def adopt(session: Session, task: MassTask, msgid: str, *, now: datetime) -> int:
    """The task is there after all: its groups of unknown outcome are handed over; how many."""
    if task.state == "creating":
        task.msgid, task.state, task.look_at, task.looks = msgid[:120], "open", now, 0
    rows = _rows(session, task)
    wanted = [
        moves.Move(
            row.id, D.unknown, D.handed_over, row.fence, "在企业微信的群发记录里找到了这个任务",
            {"remote_id": msgid[:120], "sent_at": task.created_at},
        )
        for row in rows if row.state == D.unknown
    ]  # fmt: skip
    moved = moves.apply(session, wanted, actor=ACTOR, now=now)
    for row in rows:
        if row.id in moved:
            session.execute(
                update(Attempt)
                .where(Attempt.delivery_id == row.id, Attempt.number == row.tries)
                .values(
                    outcome="handed_over",
                    code="wecom_mass.reconciled",
                    remote_id=msgid[:120],
                    finished_at=now,
                )
            )
    return len(moved)


def give_up(session: Session, task: MassTask, *, now: datetime) -> None:
    """Looked for several times and not found: people decide, nothing is created again by itself."""
    task.state = "done"
    notices.tell(
        session, brand_id=task.brand_id, code="mass.lost", subject=f"task:{task.id}", now=now, level="alarm",
        text=f"给「{task.owner}」建群发任务（内容 {task.post_id}）时没有得到回答，群发记录里也没有找到。"
        "请群主看一眼企业微信的群发助手：有这条就答「已送达」，没有就答「未送达」，会重新创建。",
    )  # fmt: skip


def record(
    session: Session, task: MassTask, rows: Mapping[str, tuple[int, datetime]], *, now: datetime
) -> int:
    """Write down what the platform says of each group (chat id → status, when); how many changed."""
    wanted = []
    for row in _rows(session, task):
        chat = next((chat for chat, delivery in task.targets.items() if delivery == row.id), "")
        found = rows.get(chat)
        if found is not None and row.state == D.handed_over:
            wanted.append(_said(row, *found))
    moved = moves.apply(session, wanted, actor=ACTOR, now=now)
    failed = {move.delivery_id for move in wanted if move.to is D.refused} & moved
    _give_back(session, task, failed)
    if any(status == QUOTA_USED for status, _ in rows.values()) and failed:
        _tell_quota(session, task, len(failed), now)
    return len(moved)


def _said(row: Any, status: int, at: datetime) -> moves.Move:
    if status == SENT:
        proof = {"proof": "platform", "confirmed_at": at}
        return moves.Move(row.id, D.handed_over, D.confirmed, row.fence, "企业微信确认已发到群里", proof)
    why = (
        "企业微信拒发：这个群的群发额度已被别的群发用掉" if status == QUOTA_USED else "企业微信没能发到这个群"
    )
    return moves.Move(row.id, D.handed_over, D.refused, row.fence, why)


def pending(session: Session, task: MassTask) -> int:
    """Groups the owner has not sent to yet: planned ones minus those the platform named."""
    return sum(row.state == D.handed_over for row in _rows(session, task))


def finish(session: Session, task: MassTask, *, reason: str, now: datetime) -> int:
    """The task is over: what was not sent by now is expired and its allowance is free again; how many."""
    task.state = "done"
    wanted = [
        moves.Move(row.id, D.handed_over, D.expired, row.fence, reason)
        for row in _rows(session, task)
        if row.state == D.handed_over
    ]
    moved = moves.apply(session, wanted, actor=ACTOR, now=now)
    _give_back(session, task, moved)
    if moved:
        notices.tell(
            session, brand_id=task.brand_id, code="mass.expired", subject=f"task:{task.id}", now=now,
            text=f"「{task.owner}」到点后 {(task.ends_at - task.slot_at) // timedelta(minutes=1)} 分钟内没有确认群发"
            f"（内容 {task.post_id}），{len(moved)} 个群没有发。",
        )  # fmt: skip
    return len(moved)


def reminder_at(task: MassTask) -> datetime | None:
    """When the next reminder is due: just after the slot, then at a third and two thirds of the window; None: no more."""
    if task.reminders >= REMINDERS:
        return None
    third = (task.ends_at - task.slot_at) / 3
    moment = max(task.slot_at + timedelta(minutes=2) + third * task.reminders, task.created_at)
    moment = moment + timedelta(minutes=2) if moment.minute in lanes.CROWDED else moment
    return moment if moment < task.ends_at else None


def reminded(task: MassTask, *, now: datetime) -> None:
    """One reminder was spent."""
    task.reminders, task.reminded_at = task.reminders + 1, now


def next_look(task: MassTask, *, now: datetime) -> datetime:
    """When to look again: soon at first, then every few minutes, at a reminder's moment and at the window's end."""
    wait = timedelta(seconds=min(30 * 2 ** min(task.looks, 3), 180))
    moments = [now + wait, task.ends_at, reminder_at(task)]
    return max(min(at for at in moments if at is not None), now + timedelta(seconds=5))


def when(stamp: object) -> datetime | None:
    """A time of the platform (seconds since the epoch)."""
    if not isinstance(stamp, int | float) or isinstance(stamp, bool) or not 0 < stamp < 4e9:
        return None
    return datetime.fromtimestamp(stamp, UTC)


def _rows(session: Session, task: MassTask) -> Sequence[Any]:
    query = select(Delivery.id, Delivery.state, Delivery.fence, Delivery.tries)
    return session.execute(query.where(Delivery.id.in_(task.targets.values())).order_by(Delivery.id)).all()


def _give_back(session: Session, task: MassTask, delivery_ids: Iterable[str]) -> None:
    """A group that got nothing has used nothing."""
    groups = select(Delivery.group_id).where(Delivery.id.in_(list(delivery_ids)))
    session.execute(
        delete(QuotaEntry)
        .where(QuotaEntry.post_id == task.post_id, QuotaEntry.group_id.in_(groups))
        .execution_options(synchronize_session=False)
    )


def _tell_quota(session: Session, task: MassTask, count: int, now: datetime) -> None:
    notices.tell(
        session, brand_id=task.brand_id, code="mass.quota", subject=f"post:{task.post_id}", now=now, again=True,
        text=f"内容 {task.post_id} 有 {count} 个群没发成：群发额度已被别的群发用掉（可能是成员自己发的）。",
    )  # fmt: skip
