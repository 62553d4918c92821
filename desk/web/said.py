"""What a page says after something was done. The address carries a word from this list, never a sentence."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SENTENCES = {
    "approved": "已批准，到点就发。",
    "approved_once": "你已批准，还要另一位编辑批准才会发。",
    "approved_many": "已批准选中的内容。",
    "undone_approval": "批准已撤销，回到待审。",
    "undone_changes": "退回已撤销，回到待审。",
    "undone_rejection": "退稿已撤销，回到待审。",
    "undone_hold": "暂缓已撤销，回到待审。",
    "undone_move": "改期已撤销。",
    "undone_text": "已换回上一版文字，仍在待审。",
    "changes": "已退回修改。",
    "rejected": "已退稿。",
    "edited": "已存为新版本，回到待审。",
    "same": "文字没有变化，没有新版本。",
    "held": "已暂缓，不会发出。",
    "released": "已恢复。",
    "added": "已新建。现在可以写了：让撰写来写，或自己动笔。",
    "moved": "已改期。换了时刻需要重新批准。",
    "rewritten": "已重写，新版本在待审里。",
    "writing": "已交给撰写，写好会出现在这里。",
    "commented": "评论已留下。",
    "resolved": "评论已了结。",
    "paused": "已全部暂停。",
    "resumed": "已恢复发送。",
    "answered": "已记下你的回答。",
    "read": "已标为读过。",
    "figures_in": "数据已收下。",
    "imported": "工作簿已导入。",
    "cell_saved": "已改好，用到它的草稿正在复查。",
    "send_done": "记下了：已发。",
    "send_later": "记下了：稍后发。",
    "send_cannot": "记下了：发不了，主管会看到原因。",
    "planned": "已排期。",
    "four_eyes_on": "已打开：优惠内容要两位编辑批准。",
    "four_eyes_off": "已关上：优惠内容一位编辑批准就发。",
    "saved": "已保存。",
    "script_made": "已收进话术，现在就能用。",
    "knowledge_made": "已收进知识，现在就能用。",
    "offer_dismissed": "这条不收，以后不再提。",
    "gap_ignored": "已略过这一问。",
    "withdrawn": "已撤下，不再用来回答。",
    "noted": "已记下。",
    "offered": "已交给编辑，收下后就是话术。",
    "rule_added": "规则已加上，待发的草稿正在复查。",
    "rule_silenced": "规则已静音，待发的草稿正在复查。",
    "rule_ended": "已停用，待发的草稿正在复查。",
    "prompt_saved": "已存成品牌自己的，下一次撰写就用上。",
    "prompt_same": "文字没有变化，什么都没存。",
    "prompt_restored": "已恢复打包的原文，下一次撰写就用上。",
    "user_added": "用户已添加。",
    "user_off": "用户已停用，会话和令牌都已失效。",
    "user_on": "用户已启用。",
    "token_off": "令牌已吊销。",
    "note_on": "家规已采纳，下一次撰写就用上。",
    "note_off": "家规已搁置，不会再提。",
    "notes_new": "已把最近的改动看过一遍。",
    "signed_out": "已退出登录。",
    "signed_out_all": "其他设备都已退出。",
}


def with_said(address: str, word: str) -> str:
    """``address`` (a path of ours) carrying ``word``; another word already there is replaced."""
    assert word in SENTENCES, word
    parts = urlsplit(address)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "said"]
    return urlunsplit(("", "", parts.path, urlencode([*query, ("said", word)]), parts.fragment))


def safe_back(address: str, default: str = "/") -> str:
    """``address`` when it is a path on this desk, else ``default``: no open redirect, no other scheme."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return default
    if any(character <= " " or character == "\\" or ord(character) == 0x7F for character in address):
        return default
    return address
