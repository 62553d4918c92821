"""The permission table: the one place that says which role may do what.

Routes name a permission, never a role. Only people approve (promise 1): no permission that lets a text
out is ever given to ``service``.
"""

from __future__ import annotations

from enum import StrEnum

from desk.errors import Forbidden


class Role(StrEnum):
    """What a user is."""

    editor = "editor"  # 编辑: drafts, edits, approves
    operator = "operator"  # 运营: owns groups, confirms sends, answers customers
    lead = "lead"  # 主管: everything, including lifting a block with a reason
    service = "service"  # 程序: submits and reads, never approves


class May(StrEnum):
    """One thing that can be allowed."""

    read = "read"  # look at the calendar, deliveries, groups, brand
    submit = "submit"  # put a new revision before an editor
    comment = "comment"
    write = "write"  # have the writer write again
    decide = "decide"  # approve, request changes, reject, let a held post go on
    hold = "hold"  # stop one post
    schedule = "schedule"  # move a post to another moment, plan a window
    override = "override"  # approve although a finding blocks, with a reason
    pause = "pause"  # the panic switch
    resume = "resume"  # and its way back
    answer = "answer"  # say whether an unknown delivery arrived
    report = "report"  # say of one's own groups: sent, later, cannot
    notice = "notice"  # mark what the lead was told as read
    import_workbook = "import_workbook"
    export = "export"
    audit = "audit"
    teach = "teach"  # make scripts and knowledge of what replies have shown
    oversee = "oversee"  # look at the replies of every operator
    rules = "rules"  # add, silence and lift what the checks look for
    prompts = "prompts"  # save prompt texts of one's own, or go back to the packaged ones
    channels = "channels"  # connect accounts, say who owners are, open closed channels again
    users = "users"  # add, disable, link, change role
    tokens = "tokens"  # make and revoke one's own API tokens


_PEOPLE = frozenset({Role.editor, Role.operator, Role.lead})
_EDITORS = frozenset({Role.editor, Role.lead})
_LEAD = frozenset({Role.lead})

TABLE: dict[May, frozenset[Role]] = {
    May.read: _PEOPLE | {Role.service},
    May.submit: _EDITORS | {Role.service},
    May.comment: _PEOPLE,
    May.write: _EDITORS,
    May.decide: _EDITORS,
    May.hold: _PEOPLE,
    May.schedule: _EDITORS,
    May.override: _LEAD,
    May.pause: _PEOPLE,
    May.resume: _EDITORS,
    May.answer: _PEOPLE,
    May.report: _PEOPLE,
    May.notice: _PEOPLE,
    May.import_workbook: _EDITORS,
    May.export: _EDITORS,
    May.audit: _PEOPLE,
    May.teach: _EDITORS,
    May.oversee: _LEAD,
    May.rules: _LEAD,
    May.prompts: _LEAD,
    May.channels: _LEAD,
    May.users: _LEAD,
    May.tokens: _PEOPLE,
}

ROLE_NAMES: dict[str, str] = {
    Role.editor: "编辑",
    Role.operator: "运营",
    Role.lead: "主管",
    Role.service: "程序",
}
_MAY_NAMES: dict[May, tuple[str, str]] = {
    May.read: ("查看", "look at this"),
    May.submit: ("提交版本", "submit a revision"),
    May.comment: ("评论", "comment"),
    May.write: ("重写", "have a post rewritten"),
    May.decide: ("审批", "decide on posts"),
    May.hold: ("暂缓内容", "hold posts"),
    May.schedule: ("改排期", "change the schedule"),
    May.override: ("越过必改项", "lift a block"),
    May.pause: ("暂停发送", "pause sending"),
    May.resume: ("恢复发送", "resume sending"),
    May.answer: ("回答是否送达", "answer whether a delivery arrived"),
    May.report: ("报发送情况", "report sends"),
    May.notice: ("处理通知", "handle notices"),
    May.import_workbook: ("导入工作簿", "import a workbook"),
    May.export: ("导出工作簿", "export the workbook"),
    May.audit: ("查看审计", "read the audit trail"),
    May.teach: ("收录话术和知识", "make scripts and knowledge"),
    May.oversee: ("看所有人的回复", "look at everybody's replies"),
    May.rules: ("改规则", "change the rules"),
    May.prompts: ("保存提示词", "save prompt texts"),
    May.channels: ("设置通道", "set up channels"),
    May.users: ("管理用户", "manage users"),
    May.tokens: ("管理令牌", "manage tokens"),
}


def allows(role: str, what: May) -> bool:
    """True when ``role`` may do ``what``; an unknown role may do nothing."""
    return role in TABLE[what]


def require(role: str, what: May) -> None:
    """Raise :class:`Forbidden` unless ``role`` may do ``what``."""
    if allows(role, what):
        return
    chinese, english = _MAY_NAMES[what]
    who = "、".join(ROLE_NAMES[item] for item in Role if item in TABLE[what])
    raise Forbidden(
        f"你的角色不能{chinese}，请找{who}来做。",
        english=f"Your role may not {english}; ask: {', '.join(sorted(TABLE[what]))}.",
    )
