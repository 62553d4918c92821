"""The brand's own forbidden words (品牌!禁用词), read with sense: a warning about a word is not its use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.checks import views
from generator.checks.marks import Page
from prompts.draft import Finding

# Ordinary phrases that hold a forbidden word without its meaning.
_INNOCENT: dict[str, str] = {
    "最好": r"最好(?:是|先|还是|不要|别|在|把|能|提前|等|用|避开|隔|早|晚|少|多|只|再|去|问|让|换|放|选|看|每|两|到|的时[候间])",
    "唯一": r"唯一(?:的?(?:区别|不同|缺点|遗憾|要求|问题|烦恼|不足|办法|变化|要做|需要|注意))",
    "第一": r"第一(?:周|次|步|天|晚|批|个|位|条|件|期|轮|遍|口|眼|波|季|页|章|节|届|场|层|排|组|单|支|款|张|杯|锅|泡|道|年|月|时间|印象|反应|人称|手资料)",
    "最": r"最(?:近|后|初|终|早|晚|迟|多|少|快|慢)",
    "第一名": r"第一名(?:是|：|:|@)|(?:答题|接龙|猜谜|打卡)[^，,。\n]{0,6}第一名",
}
_DENIED = re.compile(
    r"(?:不(?:是|能|会|敢|得|说|写|用|要|许|做|承诺|信|算|代表|存在|合规|可)|没有?|别|勿|非|禁止?|拒绝|避免|远离|警惕|谢绝)[^，,。！？!?\n]{0,8}$"
)
_EXPOSED = re.compile(
    r"^[”\"」』’）)]?[^。！？!?\n]{0,14}(?:不合规|违规|违法|不许|不能信|别信|不可信|没有这[两个]|不存在|误区|是假的|要留个?心眼|骗)"
)


def forbidden(page: Page, words: Iterable[str]) -> Iterator[Finding]:
    """Each use of a word the brand forbids itself; ``words`` as the brand wrote them."""
    text = page.view.text
    for word in words:
        plain = views.strict(word).text.strip()
        if not plain:
            continue
        for match in re.finditer(re.escape(plain), text):
            if not _innocent(plain, text, match):
                yield page.finding(
                    "brand.forbidden", "block", match.start(), match.end(),
                    f"「{word}」是品牌禁用词。", law="品牌工作簿 品牌!禁用词", suggestion="换一个说法，或者删去。",
                )  # fmt: skip


def _innocent(word: str, text: str, match: re.Match[str]) -> bool:
    phrase = _INNOCENT.get(word)
    first, last = max(0, match.start() - 10), match.end() + 8
    if phrase and any(
        found.start() <= match.start() < found.end()
        for found in re.compile(phrase).finditer(text, first, last)
    ):
        return True
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 24]
    return bool(_DENIED.search(before) or _EXPOSED.match(after))
