"""A working day of replies for the screenshots: asked, copied, edited, handed on, with what is learned from it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from content_calendar.replies import records
from content_calendar.tables import Brand, Suggestion, User
from workers.replies import Asking, ReplyRoom
from workers.runtime import Runtime

# (minutes ago, the customer's words, what was done: copied, edited to …, escalated, dismissed or nothing)
DAY = (
    (232, "什么时候发货", "copied"), (214, "面霜里有没有香精", "copied"), (201, "发货要多久，急着送人", "付款后48小时内发，周末也发；急着送人的话，下单备注一句，我去跟仓库说。"),
    (187, "支持花呗分期吗", "dismissed"), (176, "油皮能用面霜吗", "copied"), (151, "几天能到，急用", "付款后48小时内发，周末也发；急着送人的话，下单备注一句，我去跟仓库说。"),
    (133, "能开专票吗", ""), (118, "用了两天脸上起小红疹", "escalated"), (96, "支持花呗分期吗？", "copied"),
    (84, "今晚下单明天能发吗，送朋友", "付款后48小时内发，周末也发；急着送人的话，下单备注一句，我去跟仓库说。"), (61, "怀孕三个月能用吗", "escalated"),
    (43, "退款多久到", "copied"), (27, "敏感肌能用吗", "copied"), (12, "你们有实体店吗", ""), (5, "支持 花呗分期吗", ""),
)  # fmt: skip


def make(runtime: Runtime) -> None:
    """Ask, and do what the operator and the lead did."""
    with runtime.database.read() as session:
        brand = session.scalars(select(Brand)).one()
        people = {user.name: user.id for user in session.scalars(select(User))}
    room, now = ReplyRoom(runtime, brand), runtime.clock.now()
    for number, (minutes, words, done) in enumerate(DAY):
        user_id = people["lixiao" if number % 3 else "chenyu"]
        at = now - timedelta(minutes=minutes)
        answered = room.answer_now(Asking(words, at, user_id=user_id))
        with runtime.database.write() as session:
            session.get_one(Suggestion, answered.id).created_at = at
            user = session.get_one(User, user_id)
            records.shown(session, brand, answered.id, now=at, user=user)
            if done in ("escalated", "dismissed"):
                records.event(session, brand, answered.id, done, now=at, user=user)
            elif done:
                text = "" if done == "copied" else done
                records.event(session, brand, answered.id, "copied", now=at, place=0, text=text, user=user)
