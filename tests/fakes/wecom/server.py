"""The fake of WeCom's server API: robot, app token, media, 企业群发, app messages, welcomes, tickets, groups, 微信客服; and a panel
whose buttons are the people: a member who confirms, a customer who adds one as a friend, a client that looks at a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from ..bodies import document, escaped
from ..server import Fake
from .callbacks import Callbacks
from .friends import Friends
from .groups import Groups
from .mass import Mass, Task
from .media import Media
from .messages import Messages
from .robot import Robot, Robots
from .service import Service
from .templates import Templates
from .tickets import Tickets
from .tokens import Tokens

Call = Callable[[dict[str, Any], float], dict[str, Any]]
MONTH = 31 * 86_400


class FakeWecom(Fake):
    """Start it with :func:`running`. ``open`` robots and groups: whatever is named exists."""

    def __init__(self, clock: Callable[[], float] = time.time, *, open: bool = True) -> None:
        super().__init__(clock)
        self.robots, self.tokens, self.media, self.messages = Robots(open=open), Tokens(), Media(), Messages()
        self.mass = Mass(self.media.lives, open=open)
        self.groups = Groups(self.mass.groups)
        self.friends, self.templates = Friends(self.media.lives), Templates()
        self.callbacks, self.tickets, self.service = Callbacks(), Tickets(), Service()

    def routes(self) -> list[web.RouteDef]:
        contact: dict[str, Call] = {
            "add_msg_template": self.mass.create,
            "get_groupmsg_list_v2": self._list,
            "get_groupmsg_task": self._task,
            "get_groupmsg_send_result": self._result,
            "remind_groupmsg_send": self._remind,
            "cancel_groupmsg_send": self._cancel,
            "groupchat/list": self._groups,
            "groupchat/get": self.groups.detail,
            "groupchat/statistic": lambda asked, now: self.groups.statistic(asked, self.mass.heard, now),
            "send_welcome_msg": self.friends.welcome,
            "group_welcome_template/add": self.templates.add,
            "group_welcome_template/edit": self.templates.edit,
            "group_welcome_template/get": self.templates.get,
            "group_welcome_template/del": self.templates.delete,
        }
        return [
            web.post("/cgi-bin/webhook/send", self._robot),
            web.get("/cgi-bin/gettoken", self._token),
            web.post("/cgi-bin/media/upload", self._upload),
            web.post("/cgi-bin/message/send", self._api(self.messages.send)),
            web.post("/cgi-bin/kf/send_msg", self._api(self.service.send)),
            web.get("/cgi-bin/get_jsapi_ticket", self._ticket),
            web.get("/cgi-bin/ticket/get", self._ticket),
            *(
                web.post(f"/cgi-bin/externalcontact/{name}", self._api(call))
                for name, call in contact.items()
            ),
        ]

    def controls(self) -> list[web.RouteDef]:
        return [
            web.post("/panel/members/confirm", self._confirm),
            web.post("/panel/members/send", self._by_hand),
            web.post("/panel/robots", self._set_robot),
            web.post("/panel/tokens/revoke", self._revoke),
            web.post("/panel/callback", self._set_callback),
            web.post("/panel/friends", self._befriend),
            web.post("/panel/client", self._client),
            web.post("/panel/customers/say", self._customer),
        ]

    def state(self) -> dict[str, Any]:
        return {
            "robots": {
                key: {"state": robot.state, "messages": robot.messages}
                for key, robot in self.robots.known.items()
            },
            "tokens_given": self.tokens.given,
            "quota": self.mass.quota,
            "tasks": [self._shown(task) for task in self.mass.tasks.values()],
            "welcomed": self.friends.welcomed,
            "welcome_codes": {code: vars(known) for code, known in self.friends.codes.items()},
            "group_templates": self.templates.known,
            "callback": {"url": self.callbacks.url, "calls": self.callbacks.calls},
            "tickets_given": self.tickets.given,
            "service": self.service.said,
            "app_messages": [{"to": user, **message} for user, message in self.messages.seen],
        }

    @staticmethod
    def _shown(task: Task) -> dict[str, Any]:
        return {
            "msgid": task.msgid, "sender": task.sender, "text": task.text, "groups": task.chats,
            "status": task.status, "rows": task.rows, "reminded": task.reminded, "cancelled": task.cancelled,
            "by_hand": task.by_hand, "attachments": task.attachments,
        }  # fmt: skip

    async def _robot(self, request: web.Request) -> web.Response:
        code = self.robots.send(request.query.get("key", ""), await request.read(), self.panel.now())
        return web.json_response({"errcode": code, "errmsg": "ok" if code == 0 else f"error {code}"})

    async def _token(self, request: web.Request) -> web.Response:
        corp, secret = request.query.get("corpid", ""), request.query.get("corpsecret", "")
        return web.json_response(self.tokens.give(corp, secret, self.panel.now()))

    async def _upload(self, request: web.Request) -> web.Response:
        code = self.tokens.check(request.query.get("access_token", ""), self.panel.now())
        if code:
            return web.json_response(self.error(code))
        media, content = "", b""
        async for part in await request.multipart():
            if getattr(part, "name", "") == "media" and getattr(part, "filename", ""):
                content = bytes(await part.read())  # type: ignore[union-attr]
        code, media = self.media.upload(content, self.panel.now())
        answer = {"type": "image", "media_id": media, "created_at": str(int(self.panel.now()))}
        return web.json_response({"errcode": code, "errmsg": "", **(answer if code == 0 else {})})

    def _api(self, call: Call) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.Response:
            now = self.panel.now()
            body = await request.read()
            asked = document(body)
            code = self.tokens.check(request.query.get("access_token", ""), now)
            if code == 0 and escaped(body):
                code = 40033
            if code == 0 and asked is None:
                code = 40058
            return web.json_response(self.error(code) if code else call(asked or {}, now))

        return handle

    def _list(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        if asked.get("chat_type") != "group" or "start_time" not in asked or "end_time" not in asked:
            return self.error(40058)
        if asked["end_time"] - asked["start_time"] > MONTH:
            return self.error(40058)
        return self._page("group_msg_list", self.mass.listed(asked), asked, most=100, usual=50)

    def _task(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        task = self.mass.find(asked.get("msgid"), now)
        if isinstance(task, int):
            return self.error(task)
        row = {"userid": task.sender, "status": task.status}
        if task.status:
            row["send_time"] = int(task.sent_at)
        return self._page("task_list", [row], asked, most=1000, usual=500)

    def _result(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        task = self.mass.find(asked.get("msgid"), now)
        if isinstance(task, int):
            return self.error(task)
        if asked.get("userid") != task.sender:
            return self.error(40058)
        rows = [
            {"chat_id": chat, "userid": task.sender, "status": status, "send_time": int(at)}
            for chat, (status, at) in task.rows.items()
        ]
        return self._page("send_list", rows, asked, most=1000, usual=500)

    def _page(
        self, name: str, rows: list[dict[str, Any]], asked: dict[str, Any], *, most: int, usual: int
    ) -> dict[str, Any]:
        limit, start = int(asked.get("limit", usual)), int(asked.get("cursor") or 0)
        if not 1 <= limit <= most:
            return self.error(40058)
        more = str(start + limit) if start + limit < len(rows) else ""
        return {"errcode": 0, "errmsg": "ok", "next_cursor": more, name: rows[start : start + limit]}

    def _remind(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        task = self.mass.find(asked.get("msgid"), now)
        return self.error(task if isinstance(task, int) else self.mass.remind(task, now))

    def _cancel(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        task = self.mass.find(asked.get("msgid"), now)
        if isinstance(task, int):
            return self.error(task)
        if task.cancelled:
            return self.error(41093)
        task.cancelled = True
        return self.error(0)

    def _groups(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        rows = self.groups.listed(asked)
        if isinstance(rows, int):
            return self.error(rows)
        return self._page("group_chat_list", rows, asked, most=1000, usual=0)

    def error(self, code: int) -> dict[str, Any]:
        return {"errcode": code, "errmsg": "ok" if code == 0 else f"error {code}"}

    async def _confirm(self, request: web.Request) -> web.Response:
        asked = await request.json()
        try:
            self.mass.confirm(str(asked["msgid"]), self.panel.now(), asked.get("groups"))
        except (KeyError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"ok": True})

    async def _by_hand(self, request: web.Request) -> web.Response:
        asked = await request.json()
        groups = [str(chat) for chat in asked["groups"]]
        msgid = self.mass.by_hand(str(asked["sender"]), groups, str(asked.get("text", "")), self.panel.now())
        return web.json_response({"msgid": msgid})

    async def _set_robot(self, request: web.Request) -> web.Response:
        asked = await request.json()
        robot = self.robots.known.setdefault(str(asked["key"]), Robot())
        robot.state = str(asked.get("state", "in"))
        return web.json_response({"ok": True})

    async def _revoke(self, _request: web.Request) -> web.Response:
        self.tokens.revoke()
        return web.json_response({"ok": True})

    async def _ticket(self, request: web.Request) -> web.Response:
        now = self.panel.now()
        code = self.tokens.check(request.query.get("access_token", ""), now)
        if code:
            return web.json_response(self.error(code))
        of_app = request.path.endswith("/ticket/get")
        if of_app and request.query.get("type") != "agent_config":
            return web.json_response(self.error(40058))
        return web.json_response(self.tickets.give("app" if of_app else "corp", now))

    async def _set_callback(self, request: web.Request) -> web.Response:
        asked = await request.json()
        for name in ("url", "token", "aes_key", "corp", "agent"):
            setattr(self.callbacks, name, str(asked.get(name, getattr(self.callbacks, name))))
        return web.json_response({"verified": await self.callbacks.verify(self.panel.now())})

    async def _befriend(self, request: web.Request) -> web.Response:
        """A customer adds a member as a friend: the platform tells of it, ``times`` times over when asked to."""
        asked = await request.json()
        now = self.panel.now()
        code = self.friends.add(str(asked["member"]), now) if asked.get("code", True) else ""
        event = {
            "FromUserName": "sys", "CreateTime": str(int(now)), "MsgType": "event", "Event": "change_external_contact",
            "ChangeType": str(asked.get("change", "add_external_contact")), "UserID": str(asked["member"]),
            "ExternalUserID": str(asked.get("customer", f"wm{len(self.friends.codes):06d}")), "State": "",
            **({"WelcomeCode": code} if code else {}),
        }  # fmt: skip
        answered = [await self.callbacks.tell(event, now) for _ in range(int(asked.get("times", 1)))]
        return web.json_response({"welcome_code": code, "answered": answered})

    async def _client(self, request: web.Request) -> web.Response:
        """The client looks at a page's signatures; ``url`` is the page's address as the client sees it."""
        asked = await request.json()
        now, url = self.panel.now(), str(asked.get("url", ""))
        right = {kind: self.tickets.right(kind, url, asked.get(kind) or {}, now) for kind in ("corp", "app")}
        return web.json_response(right)

    async def _customer(self, request: web.Request) -> web.Response:
        self.service.heard(str((await request.json())["customer"]), self.panel.now())
        return web.json_response({"ok": True})
