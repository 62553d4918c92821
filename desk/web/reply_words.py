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
    """What the operator does now, for a danger that has a class, in the reader's language; empty otherwise."""
    written = next((one.text.at_once for one in classes() if one.key == key), "")
    return said_at_once().get(written, written)


def said_at_once() -> dict[str, str]:
    """What each class tells the operator to do at once, as the reader reads it; a test keeps it whole."""
    return {
        "不谈商品，不劝解说教。马上一对一联系，请主管接手；有即时危险时联系120、110。": _("不谈商品，不劝解说教。马上一对一联系，请主管接手；有即时危险时联系120、110。"),
        "先确认人是否安全、有没有人陪，催促就医；停用、冲洗；留产品和批号照片，登记不良反应。": _("先确认人是否安全、有没有人陪，催促就医；停用、冲洗；留产品和批号照片，登记不良反应。"),
        "问清谁吃的、多少、多久了；催促就医；把全成分表发给客户；登记。": _("问清谁吃的、多少、多久了；催促就医；把全成分表发给客户；登记。"),
        "先让客户冲眼睛，不先问订单号，不推荐眼药；催促就医；登记。": _("先让客户冲眼睛，不先问订单号，不推荐眼药；催促就医；登记。"),
        "请客户停用、冲洗，不判断病情、不荐品、不说“正常反应”；登记产品、批号、使用时间，按不良反应上报。": _("请客户停用、冲洗，不判断病情、不荐品、不说“正常反应”；登记产品、批号、使用时间，按不良反应上报。"),
        "不给“能用”“安全”的答复，不荐品；发全成分图，请客户问医生；转人工跟进。": _("不给“能用”“安全”的答复，不荐品；发全成分图，请客户问医生；转人工跟进。"),
        "不推荐商品，不引导下单；请监护人问医生；转人工。": _("不推荐商品，不引导下单；请监护人问医生；转人工。"),
        "不诊断、不给间隔时间、不荐品；请客户听医生的；转人工登记。": _("不诊断、不给间隔时间、不荐品；请客户听医生的；转人工登记。"),
        "不追问原因，不拖延；不透露任何其他客户的信息；转个人信息保护专员，记录收到时间。": _("不追问原因，不拖延；不透露任何其他客户的信息；转个人信息保护专员，记录收到时间。"),
        "不私下解释，不给未公开资料，不评价同行；原样转品牌公关。": _("不私下解释，不给未公开资料，不评价同行；原样转品牌公关。"),
        "不争辩、不劝阻、不提删帖或补偿封口；立即转售后主管，留好聊天记录。": _("不争辩、不劝阻、不提删帖或补偿封口；立即转售后主管，留好聊天记录。"),
        "不先辩“不可能是假货”；收集渠道、批号和照片，转售后与质量同事。": _("不先辩“不可能是假货”；收集渠道、批号和照片，转售后与质量同事。"),
        "先道歉，不质疑客户；收照片和订单号（私信），转售后；不私下承诺赔付。": _("先道歉，不质疑客户；收照片和订单号（私信），转售后；不私下承诺赔付。"),
        "不回嘴、不讲道理、不拉黑；转主管接手。": _("不回嘴、不讲道理、不拉黑；转主管接手。"),
        "换人接手，不再用建议回复。": _("换人接手，不再用建议回复。"),
        "先听完，不辩解；记下经过，转当班主管。": _("先听完，不辩解；记下经过，转当班主管。"),
    }  # fmt: skip


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
