"""What only a model can get wrong in a reply: falling out of the persona, telling its orders, offering what no source offers.

The customer may have asked for just that. Reviewed words and the offline writer's are not judged by this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prompts.brief import Brief
from prompts.draft import Finding

# Falling out of the role, or telling what the model was told.
_ROLE = re.compile(
    r"(?:作为|身为|我(?:只)?是)(?:一[个名款])?\s?(?:ai|人工智能|大?(?:语言)?模型|chatgpt|gpt|dan\b|claude|机器人|虚拟助[手理]|语音助手|海盗|猫娘|黑客)"
    r"|(?:系统|隐藏|初始|我的)(?:提示词?|指令|设定|prompt)|提示词|prompt|system\s?message|开发者模式|越狱模式|无限制模式|管理员模式"
    r"|(?:已|我会|我将|好的，?)?(?:忽略|无视|解除|关闭)(?:了)?(?:以上|之前|前面|所有|全部|这些|一切)?的?(?:规则|指令|限制|要求|设定|审核|检查)"
    r"|<\s?/?\s?data|\[(?:system|user)\]|\{\{|只能用资料|资料怎么看|```",
    re.IGNORECASE,
)
# Offers and favours: fine when a source makes them in these very words.
_OFFER = re.compile(
    r"免费(?:送|给|领|拿|寄)|白送|(?:[一二两三四五六七八九]|\d(?:\.\d)?)折|半价|打骨折|买一送[一二三]|0元(?:购|拿|领)?|零元购|内部价|员工价|私下|偷偷|特批|破例"
    r"|(?:额外|多|另外|再)(?:送|赠|给)你|送你(?:一|两|三|1|2|3)?[套瓶支盒片份张]|(?:给|帮)你(?:免单|返现|退一半|全额退|补差|改价|免运费)|返现|免单|十倍赔|假一赔"
    r"|(?:保证|承诺|包|百分百|绝对)(?:有效|退|赔|白|不过敏|安全|到|好)|随便退|无条件退|终身(?:退|换|保)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def strayed(text: str, brief: Brief) -> Iterator[Finding]:
    """What a model's words may not be, with the place where it shows."""
    if match := _ROLE.search(text):
        yield _finding("reply.role", match.start(), match[0], "说话的人跑出了人设，或者在讲自己收到的指令。")
    told = _told(brief)
    for match in _OFFER.finditer(text):
        if match[0] not in told:
            yield _finding("reply.offer", match.start(), match[0], "资料里没有这样的优惠或承诺。")
    if len(_LATIN.findall(text)) > 12 + 2 * len(_HAN.findall(text)):
        yield _finding("reply.language", 0, text[:12], "整段不是中文。")


def _told(brief: Brief) -> str:
    """Every sourced text an offer may be quoted from."""
    campaigns = [sheet for sheet in (brief.campaign, brief.next_launch) if sheet is not None]
    parts = [
        part
        for sheet in campaigns
        for part in (sheet.name, sheet.rules, sheet.gift or "", sheet.prizes or "")
    ]
    parts += [note.answer for note in (*brief.scripts, *brief.knowledge)]
    return "\n".join(parts)


def _finding(rule: str, start: int, excerpt: str, reason: str) -> Finding:
    return Finding(
        rule=rule, verdict="block", start=start, end=start + len(excerpt), excerpt=excerpt, reason=reason,
        suggestion="请按资料重写这一句。",
    )  # fmt: skip
