"""A brand's own rules: they find what they say, never read a person's words as a pattern, and are quick."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.checks import check, check_text
from generator.checks.brand import NONE, OwnRules, catalogue, fingerprint, own_rules
from generator.errors import GeneratorError
from prompts.brief import Brief
from prompts.draft import Finding
from prompts.house_rules import HouseRules, OwnRule, SilencedRule, faults, meant, words_of


def house(*words: str, kinds: tuple[str, ...] = (), verdict: str = "block") -> OwnRules:
    rule = OwnRule.model_validate(
        {"words": words, "verdict": verdict, "reason": "我们不这么说", "kinds": kinds}
    )
    return own_rules(HouseRules(add=(rule,)))


def found(text: str, own: OwnRules, **said: str) -> list[str]:
    return [f.excerpt for f in check_text(text, own=own, **said) if f.rule.startswith("own.")]  # type: ignore[arg-type]


def test_a_brand_adds_words_and_silences_rules_with_a_reason(launch: Brief) -> None:
    rules = HouseRules(
        add=(OwnRule(words=("小仙女",), verdict="warn", reason="我们叫大家禾苗", replacement="禾苗"),),
        silence=(SilencedRule(rule="channel.at_all", reason="内部联调群要@所有人"),),
    )
    own = own_rules(rules)
    text = "@所有人 小仙女们晚上好"
    assert "channel.at_all" in {f.rule for f in check_text(text)}
    only = list(check_text(text, own=own))
    assert [(f.rule, f.excerpt, f.verdict, f.replacement) for f in only] == [
        (rules.add[0].id, "小仙女", "warn", "禾苗")
    ]
    assert only[0].version == rules.add[0].version
    assert own.reasons == {"channel.at_all": "内部联调群要@所有人"}
    assert rules.add[0].id in {f.rule for f in check(text, launch, own=own)}


@pytest.mark.parametrize(
    ("word", "text", "excerpt"),
    [
        ("满#减#", "全店满299减40哦", "满299减40"),
        ("满#减#", "满 减", None),
        ("加*微信", "加一下我的微信", "加一下我的微信"),
        ("加*微信", "加购。微信", None),
        ("VX", "加 vx 聊", "vx"),
        ("ＶＸ", "加VX聊", "VX"),
        ("滿減", "满减", "满减"),
        ("<goods>", "写着<goods>", "<goods>"),
        ("<goods>", "面霜", None),
        ("(a+)+$", "aaaaaaaa", None),
        ("[最]", "最", None),
        ("\\d", "3", None),
        ("小仙女", "小·仙·女", "小·仙·女"),
        ("🔥🔥", "开抢🔥🔥", "🔥🔥"),
    ],
)
def test_a_word_is_found_as_a_person_reads_it_and_never_read_as_a_pattern(
    word: str, text: str, excerpt: str | None
) -> None:
    assert found(text, house(word)) == ([excerpt] if excerpt else [])


def test_a_rule_for_some_kinds_leaves_the_others_alone() -> None:
    own = house("晚安", kinds=("tip", "reply"))
    assert found("大家晚安", own, kind="tip") == ["晚安"]
    assert found("大家晚安", own, kind="good_night") == []


@pytest.mark.parametrize(
    "word", ["", " ", "*", "#", "＃", "a*b*c*d", "#1#2#3", "*开头", "结尾*", "两**个", "长" * 61, "\u200b"]
)
def test_a_word_that_cannot_be_looked_for_is_refused_with_a_reason(word: str) -> None:
    assert faults((word,))
    with pytest.raises(GeneratorError) as refused:
        house(word)
    assert refused.value.code == "rule.brand"


def test_a_reason_is_asked_for() -> None:
    with pytest.raises(ValidationError):
        OwnRule(words=("小仙女",), reason="")
    with pytest.raises(ValidationError):
        SilencedRule(rule="channel.at_all", reason="无")


def test_words_are_cut_at_the_marks_of_lists_and_kept_once() -> None:
    assert words_of("小仙女、 仙女们,ＶＸ\nvx；9.9元/件") == ("小仙女", "仙女们", "vx", "9.9元/件")


def test_a_packaged_rule_is_meant_by_its_id_or_its_title() -> None:
    rule = catalogue()["price.lowest"]
    assert meant("price.lowest", catalogue()) == rule == meant(rule.title, catalogue())
    assert meant("price.nothing", catalogue()) is None and meant("没有的规则", catalogue()) is None


def test_privacy_and_reply_safety_stay_whatever_a_brand_says() -> None:
    kept = [rule.id for rule in catalogue().values() if rule.kept]
    assert kept and all(rule.split(".")[0] in {"privacy", "replies"} for rule in kept)
    silent = HouseRules(silence=tuple(SilencedRule(rule=rule, reason="想关掉") for rule in kept))
    assert own_rules(silent).silenced == frozenset()


def test_a_silenced_rule_that_no_pack_has_any_more_is_no_fault() -> None:
    assert (
        own_rules(HouseRules(silence=(SilencedRule(rule="gone.rule", reason="旧版本的规则"),))).silenced
        == frozenset()
    )


def test_the_fingerprint_changes_with_a_rule_and_with_what_the_brand_says() -> None:
    plain = fingerprint(NONE, "护肤", ("最好",))
    assert plain == fingerprint(own_rules(HouseRules()), "护肤", ("最好",))
    assert fingerprint(house("小仙女"), "护肤", ("最好",)) != plain
    assert fingerprint(NONE, "护肤", ()) != plain
    once = HouseRules(silence=(SilencedRule(rule="channel.at_all", reason="一个理由"),))
    twice = HouseRules(silence=(SilencedRule(rule="channel.at_all", reason="另一个理由"),))
    assert fingerprint(own_rules(once)) == fingerprint(own_rules(twice)) != fingerprint(NONE)


def test_five_hundred_rules_cost_next_to_nothing() -> None:
    many = tuple(
        OwnRule(words=(f"词{n}号*甲{n}", f"a{n}*a*b", f"满{n}减#"), reason="不用的词") for n in range(500)
    )
    own = own_rules(HouseRules(add=many))
    text = "今晚8点开抢神经酰胺修护面霜，活动价168元，满299减40，姐妹们记得来，明天恢复日常价。" * 3
    check_text(text, own=own)
    began = time.perf_counter()
    for _ in range(50):
        check_text(text, own=own)
    assert (time.perf_counter() - began) / 50 < 0.02


_SIGNS = st.text(alphabet="aA1*#<>()[]\\|.+?{}^$ 最小仙女满减\u200b🔥", min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(_SIGNS, st.text(alphabet="aA1#<>()[]\\ 最小仙女满减。，", max_size=30))
def test_no_word_breaks_the_checks_or_points_outside_the_text(word: str, text: str) -> None:
    if faults((word,)):
        return
    findings: tuple[Finding, ...] = check_text(text, own=house(word))
    assert all(text[f.start : f.end] == f.excerpt for f in findings)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(["a", "*", "#", "1", "a*", "#a"]), min_size=1, max_size=12).map("".join))
def test_no_word_is_slow_on_any_long_text(word: str) -> None:
    if faults((word,)):
        return
    own = house(word)
    for text in ("a" * 20_000, "1" * 20_000, "a1" * 10_000):
        began = time.perf_counter()
        check_text(text, own=own)
        assert time.perf_counter() - began < 1.5
