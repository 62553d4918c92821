"""Customer groups as the API shows them: list, detail, and figures per owner (never per group)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY = 86_400.0
LONGEST_SPAN = 30 * DAY
FARTHEST_BACK = 180 * DAY
MOST_OWNERS = 100


@dataclass
class Groups:
    """``owners``: chat id → owner, shared with the mass-sends. ``names``: chat id → what it is called."""

    owners: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def listed(self, asked: dict[str, Any]) -> list[dict[str, Any]] | int:
        """Rows of groupchat/list, or an errcode."""
        wanted = (asked.get("owner_filter") or {}).get("userid_list") or []
        if len(wanted) > MOST_OWNERS:
            return 81017
        return [
            {"chat_id": chat, "status": 0}
            for chat, owner in self.owners.items()
            if not wanted or owner in wanted
        ]

    def detail(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        """The answer of groupchat/get."""
        chat = str(asked.get("chat_id", ""))
        if chat not in self.owners:
            return {"errcode": 90501, "errmsg": "chat_id is not external group chat"}
        owner = self.owners[chat]
        group = {
            "chat_id": chat, "name": self.names.get(chat, chat), "owner": owner, "create_time": int(now - 90 * DAY),
            "notice": "", "member_list": [{"userid": owner, "type": 1, "join_time": int(now - 90 * DAY), "join_scene": 1}],
            "admin_list": [],
        }  # fmt: skip
        return {"errcode": 0, "errmsg": "ok", "group_chat": group}

    def statistic(self, asked: dict[str, Any], sent: dict[str, list[float]], now: float) -> dict[str, Any]:
        """The answer of groupchat/statistic: one row per owner."""
        owners = (asked.get("owner_filter") or {}).get("userid_list") or []
        begin = float(asked.get("day_begin_time") or 0)
        end = float(asked.get("day_end_time") or begin)
        if not owners or not begin or end - begin > LONGEST_SPAN or not now - FARTHEST_BACK <= begin < now:
            return {"errcode": 40058, "errmsg": "invalid parameter"}
        rows = []
        for owner in owners:
            chats = [chat for chat, of in self.owners.items() if of == owner]
            said = [at for chat in chats for at in sent.get(chat, []) if begin <= at < end + DAY]
            talked = sum(any(begin <= at < end + DAY for at in sent.get(chat, [])) for chat in chats)
            data = {
                "new_chat_cnt": 0, "chat_total": len(chats), "chat_has_msg": talked, "new_member_cnt": 0,
                "member_total": len(chats), "member_has_msg": talked, "msg_total": len(said),
                "migrate_trainee_chat_cnt": 0,
            }  # fmt: skip
            rows.append({"owner": owner, "data": data})
        return {"errcode": 0, "errmsg": "ok", "total": len(rows), "next_offset": len(rows), "items": rows}
