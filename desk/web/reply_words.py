"""How the interface speaks of replies: stances, what became of them, who wrote them, which danger was seen."""

from __future__ import annotations

from desk.web.i18n import _
from generator.replies.risk import classes


def stance(key: str) -> str:
    """答, 安心, 带到下单."""
    return {"answer": _("答"), "reassure": _("安心"), "order": _("带到下单")}.get(key, key)


def outcome(key: str) -> str:
    """What became of a reply or of one suggestion."""
    return {
        "copied": _("照用"), "edited": _("改后用"), "dismissed": _("没用"), "escalated": _("转给人"),
    }.get(key, _("没记下"))  # fmt: skip


def author(key: str) -> str:
    """Who wrote a suggestion: reviewed words, the product itself, or a model."""
    return {
        "script": _("审过的原话"), "care": _("关怀话"), "offline": _("离线写手"),
    }.get(key, key)  # fmt: skip


def fell_back(code: str) -> str:
    """Why no model wrote it; empty when there is nothing to say."""
    if not code:
        return ""
    return {
        "no_model": _("没有接模型，由离线写手作答"),
        "budget": _("今天的模型额度用完了，由离线写手作答"),
        "late": _("模型没赶上，由离线写手作答"),
        "barred": _("模型写的没过检查，由离线写手作答"),
    }.get(code, _("模型没答上来，由离线写手作答"))


def note(text: str) -> str:
    """What was read where the customer sent no words, in the reader's language."""
    return {
        "没有读到客户的话，请把客户的原话贴进来。": _("没有读到客户的话，请把客户的原话贴进来。"),
        "客户只发了表情。": _("客户只发了表情。"),
        "客户发的是图片，文字里没有内容可判断。": _("客户发的是图片，文字里没有内容可判断。"),
        "客户发的是语音，文字里没有内容可判断。能转成文字的话，转好再贴进来。": _("客户发的是语音，文字里没有内容可判断。能转成文字的话，转好再贴进来。"),
        "客户说的不是中文。": _("客户说的不是中文。"),
        "客户只发了数字。": _("客户只发了数字。"),
    }.get(text, text)  # fmt: skip


def danger(key: str) -> str:
    """The risk class in words."""
    names = {
        "self_harm": _("自伤、轻生"), "breath": _("呼吸、心慌、晕倒"), "swallow": _("误食、吞入"), "eye": _("入眼"),
        "reaction": _("过敏、红肿"), "pregnancy": _("孕期、哺乳"), "minor": _("未成年人、婴幼儿"),
        "medicine": _("用药、疾病、医美术后"), "complaint": _("投诉、媒体、律师"), "press": _("媒体、测评、同行"),
        "dispute": _("退款、质量纠纷"), "counterfeit": _("质疑假货"), "personal_data": _("个人信息"),
        "abuse": _("辱骂、情绪激烈"), "upset": _("强烈不满"), "ask_person": _("要求人工"), "none": _("按话术转人工"),
    }  # fmt: skip
    written = next((one.text.name for one in classes() if one.key == key), key)
    return names.get(key, written)


def at_once(key: str) -> str:
    """What the operator does now, for a danger that has a class; empty otherwise."""
    return next((one.text.at_once for one in classes() if one.key == key), "")


def body(key: str) -> bool:
    """True for a danger to life and limb: the panel is louder."""
    return key in {"self_harm", "breath", "swallow", "eye", "reaction"}


def line(by: str, name: tuple[str, str]) -> str:
    """What a line of the figures is about."""
    first, second = name
    if by == "stance":
        return stance(first)
    if by == "version":
        return f"{second} · {first[:8]}" if second else author(first)
    return _("关怀话") if second == "care" else _("没有出处")
