"""The brand's know-how as a source: which notes belong to a theme, and how an answer is retold in a few short lines."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generator.offline import grammar
from prompts.brief import Note

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9+]+")
_STOP_WORDS = re.compile(
    r"什么|怎么|怎样|为什么|分钟|小时|[一二三四五六七八九]?十|一遍|只要|多少|多久|几次|几个|一个|一次|一条|这个|那个|是不是|要不要|能不能|合不合适?|可以|大家|今天|今晚|明天|周[一二三四五六日末]|小?常识|误区|问题|流程|说清|时间|方法|正确|第[一二三四五六七]"
)
_QUESTION = re.compile(
    r"[吗呢？?]$|什么|怎么|怎样|多久|谁|几(?![乎百千十])|为何|要不要|能不能|是不是|会不会|多少|哪|多[长大高宽厚重远]|合不合|好不好|该不该|可不可以|有没有|用不用|还是|没有$|了没$|([\u4e00-\u9fff])不\1"
)
_BARE_REPLY = re.compile(
    r"^(不是|是的|是|要的?|不用|不必|能|可以|不能|不可以|不一定|没有?|会|不会|有|对|不对|不建议|不属于|不太|含的|看)(?![\u4e00-\u9fff]{7,})"
)
_DANGLING = re.compile(
    r"^(它|他|她|这|那|两个都|两样|其|所以|因此|但|不过|而且|另外|同时|也|还|更|再|要是|如果|一样|都|就|此外|否则|反之)"
)
_ACTION = re.compile(
    r"^(先|再|别|不要|用|放|取|看|把|少|多|记得|可以|洗|涂|开|存|选|泡|煮|吃|每)|就行|就好|就够|即可|最简单|更合适|更省心"
)
_CARE = re.compile(
    r"医|药|湿疹|皮炎|过敏|孕|哺乳|儿童|孩子|疾病|治|红肿|刺痛|投诉|敏感|法规|备案|注册|美白|祛|抗|处方|胆固醇高|血糖|糖尿|高血压|痛风"
)
_SERVICE = re.compile(
    r"安全|法规|服务|会员|售后|物流|商品|欢迎|入群|新人|优惠|价|券|积分|秒杀|抽奖|发票|退换|破损|正品|投诉|媒体|个人信息|打扰"
)
_CASE = re.compile(r"^[^，。；]{2,14}的[，,]")  # 放在冰箱里盖好的，… names a case, it does not tell to put
_TELLING = 14  # a shorter answer tells nobody anything by itself
_LOOSE = 0.6  # a pair with a small word in it
_NAMED = 0.5  # a pair that is only part of a goods' name says little of what is asked about it
_KEPT = 500  # texts up to this long are remembered, so that memory stays bounded
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")


@dataclass(frozen=True, slots=True)
class Match:
    """A note and how much it has to do with what was asked (0: nothing)."""

    note: Note
    score: float
    on_question: float = 0.0  # the part of the score that the note's question earned


_SMALL = frozenset(
    "的了是在和与也就都很把被你我他她它们这那不没有还再先去来个会能要可到得着过给让从对于吗呢吧啊一"
)


def grams(text: str) -> Counter[str]:
    """Pairs of characters, without the small words every question has; not to be changed by the caller."""
    return _grams_kept(text) if len(text) <= _KEPT else _grams(text)


@lru_cache(maxsize=4096)
def _grams_kept(text: str) -> Counter[str]:
    return _grams(text)


def _grams(text: str) -> Counter[str]:
    pairs: Counter[str] = Counter()
    for run in _HAN_RUN.findall(_STOP_WORDS.sub(" ", text)):
        if run[0].isascii():
            pairs[run.lower()] += 1
        else:
            pairs.update(
                run[start : start + 2]
                for start in range(len(run) - 1)
                if run[start] not in _SMALL and run[start + 1] not in _SMALL
            )
    return pairs


def _near(text: str) -> list[str]:
    table = grammar.stock("words").get("near")
    found: list[str] = []
    for word, kin in table.items() if isinstance(table, dict) else ():
        if word in text:
            found.extend(kin)
    return found


@lru_cache(maxsize=4096)
def _loose(text: str) -> frozenset[str]:
    """Pairs with one small word in them (坐着, 怎么洗): they say little, but sometimes all there is."""
    pairs = (
        run[start : start + 2]
        for run in _HAN_RUN.findall(_STOP_WORDS.sub(" ", text))
        for start in range(len(run) - 1)
    )
    return frozenset(pair for pair in pairs if (pair[0] in _SMALL) != (pair[1] in _SMALL))


class Shelf:
    """The notes of a brief, indexed once; asking is cheap."""

    def __init__(self, notes: Sequence[Note], goods: Iterable[str] = ()) -> None:
        self.notes = tuple(notes)
        self._goods = frozenset(pair for name in goods for pair in grams(name))
        self._questions = [grams(note.question) for note in self.notes]
        self._answers = [grams(note.answer) for note in self.notes]
        spread: Counter[str] = Counter()
        for question, answer in zip(self._questions, self._answers, strict=True):
            spread.update(set(question) | set(answer))
        self._spread = spread

    def about(self, text: str, products: Iterable[str] = ()) -> list[Match]:
        """The notes that have to do with a text, nearest first."""
        asked = set(grams(text))
        kin = _near(text)
        loose = _loose(text)
        codes = set(products)
        matches = []
        for note, question, answer in zip(self.notes, self._questions, self._answers, strict=True):
            covered = len(asked & set(question)) / max(1, len(question))
            own = self._weight(asked & set(question)) * (2 + 2 * covered) + 0.9 * sum(
                word in note.question for word in kin
            )
            own += _LOOSE * len(loose & _loose(note.question))
            score = own + self._weight(asked & set(answer)) + 0.3 * sum(word in note.answer for word in kin)
            if score and codes & set(note.products):
                score *= 1.15
            if score > 0:
                matches.append(Match(note, score, own))
        return sorted(matches, key=lambda match: -match.score)

    def _weight(self, shared: set[str]) -> float:
        return sum(
            ((_NAMED if pair in self._goods else 1.0) / math.sqrt(1 + self._spread[pair]) for pair in shared),
            0.0,
        )


_TO_ONE = re.compile(
    r"告诉我|咱们|私信|私聊|截图|我帮|帮你|回我|我去问|我把|给我|要不要我|我的|我们看|今天回你"
)


def for_everybody(scripts: Iterable[Note]) -> tuple[Note, ...]:
    """Reviewed answers as a group may read them: without the sentences that are said to one customer."""
    kept = []
    for note in scripts:
        told = "".join(sentence for sentence in sentences(note.answer) if not _TO_ONE.search(sentence))
        if told:
            kept.append(note.model_copy(update={"answer": told}))
    return tuple(kept)


def careful(note: Note) -> bool:
    """True for notes on health, law and service: told when asked for, never picked at random."""
    return bool(_CARE.search(note.question + note.answer)) or bool(_SERVICE.search(note.topic))


def harmless(note: Note) -> Note | None:
    """The note as far as it may be told unasked: up to where it speaks of health or law; None when it begins there."""
    if _CARE.search(note.question) or _SERVICE.search(note.topic):
        return None
    kept: list[str] = []
    for sentence in sentences(note.answer):
        if _CARE.search(sentence):
            break
        kept.append(sentence)
    told = "".join(kept)
    return note.model_copy(update={"answer": told}) if len(told) >= _TELLING else None


def on_care(text: str) -> bool:
    """True when a text itself is about health, law or service."""
    return bool(_CARE.search(text)) or bool(re.search(r"发货|退|积分|会员|价保|物流", text))


def with_question(note: Note, told: Sequence[str]) -> str:
    """The note on one line with its question: 面膜一周几次？两到三次足够。"""
    mark = asked(note.question)
    return f"{mark}{''.join(told)}" if mark.endswith("？") else f"{mark}：{''.join(told)}"


def is_question(text: str) -> bool:
    """True when the words ask something."""
    return bool(_QUESTION.search(text))


def asked(text: str) -> str:
    """The text as a question on its own (with a mark), or unchanged when it asks nothing."""
    bare = text.rstrip("？?。！")
    return f"{bare}？" if is_question(bare) else bare


def sentences(answer: str) -> list[str]:
    """The sentences of an answer, each with its closing mark; a semicolon closes a sentence too."""
    found = [part.strip() for part in _SENTENCE.findall(answer)]
    return [
        re.sub(r"[；;]$", "。", part) if part[-1] in "。！？!?；;" else f"{part}。" for part in found if part
    ]


def stands_alone(sentence: str) -> bool:
    """True when a sentence can be read without the question and without the one before."""
    return not _BARE_REPLY.match(sentence) and not _DANGLING.match(sentence)


def is_reply(sentence: str) -> bool:
    """True when a sentence answers with yes, no or it depends."""
    return bool(_BARE_REPLY.match(sentence))


def is_action(sentence: str) -> bool:
    """True when a sentence tells what to do."""
    return bool(_ACTION.search(sentence)) and not _CASE.match(sentence)


def tells_to_do(note: Note) -> bool:
    """True when the note helps to do something today rather than to know something."""
    if re.search(r"是什么|为什么|是不是|一回事|代表|分别|多厚|更新一次|有什么特点", note.question):
        return False
    return any(is_action(sentence) for sentence in sentences(note.answer)[:2])


def one_liner(note: Note, most: int = 36) -> str:
    """The note in one short line that needs nothing before it; empty when it has none.

    The question with its short answer is best; else an action that names the note's subject itself.
    """
    told = sentences(note.answer)
    mark = asked(note.question)
    lead = mark if mark.endswith("？") else (f"{mark}，" if told and "：" in told[0] else f"{mark}：")
    answer = ""
    for sentence in told:
        if len(lead) + len(answer) + len(sentence) > most + 2:
            break
        answer += sentence
        if len(answer) >= 8:
            break
    if len(answer) >= 4:
        return f"{lead}{answer.rstrip('。')}"
    subject = set(grams(note.question))
    for sentence in told:
        named = len(subject & set(grams(sentence))) >= 2
        if named and is_action(sentence) and stands_alone(sentence) and 8 <= len(sentence) <= most:
            return sentence.rstrip("。")
    return ""


def retold(note: Note, most: int, *, question_shown: bool) -> list[str]:
    """The answer in as many whole sentences as fit in ``most`` characters, in their order; empty when none fits."""
    told = sentences(note.answer)
    if not question_shown:
        while told and not stands_alone(told[0]):
            told = told[1:]
    elif told and re.match(r"一[类种款]", told[0]):
        told[0] = f"它是{told[0]}"
    kept: list[str] = []
    for sentence in told:
        if sum(map(len, kept)) + len(sentence) > most:
            break
        kept.append(sentence)
    return kept
