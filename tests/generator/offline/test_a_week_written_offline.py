"""What an editor may count on when a week was written without a model."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta

from rapidfuzz import fuzz

from generator.checks import check
from prompts import demands, live
from prompts.brief import Brief
from prompts.draft import Draft
from prompts.kinds import all_kinds

Written = list[tuple[Brief, Draft]]
INTERNAL = re.compile(r"层级|潜客|转化|铺垫|SOP|触达|私域|裂变|话术|备注", re.IGNORECASE)
LEFT_OVER = re.compile(r"[{}]|None|nan|XX|××|，。|：：|，，|。。|、。|^[，。、：；]", re.MULTILINE)
SKIN = re.compile(r"护肤|面霜|洁面|精华|面膜|皮肤|肤质|肤感|涂抹|敷|屏障|保湿|卸妆|防晒|护手霜")


def _normal(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]", "", text)


def _both(week: Written, two_brands: Written) -> Written:
    return [*week, *two_brands]


def test_every_planned_post_is_written(week: Written, reference_briefs: list[Brief]) -> None:
    assert len(week) == len(reference_briefs) > 80
    assert all(draft.text.strip() for _, draft in week)


def test_no_post_of_the_week_is_blocked_and_nearly_none_is_warned(week: Written) -> None:
    findings = [check(draft.text, brief) for brief, draft in week]
    assert not [f for found in findings for f in found if f.verdict == "block"]
    clean = sum(not found for found in findings)
    assert clean / len(findings) >= 0.95


def test_the_must_haves_of_the_kind_are_there_and_its_bans_kept(week: Written, two_brands: Written) -> None:
    for brief, draft in _both(week, two_brands):
        kind = all_kinds()[brief.kind]
        assert not demands.missing(kind, draft.text, brief), draft.text
        assert not demands.broken(kind, draft.text), draft.text


def test_first_lines_are_short_and_lines_and_emoji_few(week: Written, two_brands: Written) -> None:
    for brief, draft in _both(week, two_brands):
        kind = all_kinds()[brief.kind]
        first = draft.text.split("\n")[0]
        assert first == draft.first_line
        assert len("".join(first.split())) <= kind.first_line_chars
        assert len([line for line in draft.text.split("\n") if line.strip()]) <= kind.lines
        emoji = re.findall("[\U0001f300-\U0001faff\u2600-\u27bf\u23e9-\u23fa]", draft.text)
        assert len(emoji) <= min(4, kind.emoji.most)


def test_lengths_stay_within_the_kind(two_brands: Written) -> None:
    for brief, draft in two_brands:
        kind = all_kinds()[brief.kind]
        assert kind.min_chars <= len("".join(draft.text.split())) <= kind.max_chars, draft.text


def test_no_internal_word_and_no_left_over_reaches_a_reader(week: Written, two_brands: Written) -> None:
    for brief, draft in _both(week, two_brands):
        assert not INTERNAL.search(draft.text), draft.text
        assert not LEFT_OVER.search(live.TOKEN.sub("", draft.text)), draft.text
        assert brief.tier.name not in draft.text or not brief.tier.name


def test_the_tier_is_never_told(week: Written) -> None:
    for brief, draft in week:
        if brief.tier.level == "low":
            assert "新芽" not in draft.text


def test_nothing_the_brand_forbids_is_said(week: Written) -> None:
    for brief, draft in week:
        assert not [word for word in brief.voice.forbidden if word in draft.text]


def test_no_two_posts_of_a_tier_are_alike_within_seven_days(week: Written) -> None:
    by_tier: dict[str, list[tuple[Brief, str]]] = defaultdict(list)
    for brief, draft in week:
        for other, text in by_tier[brief.tier.level]:
            if abs(brief.at - other.at) < timedelta(days=7):
                likeness = fuzz.ratio(_normal(draft.text), text) / 100
                assert likeness < 0.6, (draft.text, other.theme)
        by_tier[brief.tier.level].append((brief, _normal(draft.text)))


def test_hardly_any_pair_passes_the_bar_of_likeness(week: Written) -> None:
    by_tier: dict[str, list[str]] = defaultdict(list)
    close = 0
    for brief, draft in week:
        text = _normal(draft.text)
        close += any(fuzz.ratio(text, other) >= 55 for other in by_tier[brief.tier.level])
        by_tier[brief.tier.level].append(text)
    assert close <= len(week) * 0.03


def test_no_two_first_lines_of_a_tier_are_equal(week: Written) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for brief, draft in week:
        first = _normal(draft.first_line)
        assert first not in seen[brief.tier.level], draft.first_line
        seen[brief.tier.level].add(first)


def test_first_lines_differ_from_what_was_heard(week: Written) -> None:
    for brief, draft in week:
        heard = {_normal(item.text.split("\n")[0]) for item in brief.heard}
        assert _normal(draft.first_line) not in heard


def test_the_tiers_of_one_slot_are_spoken_to_differently(week: Written) -> None:
    slots: dict[tuple[str, str], list[str]] = defaultdict(list)
    for brief, draft in week:
        slots[brief.at.isoformat(), brief.theme].append(draft.text)
    pairs = [
        fuzz.ratio(_normal(texts[i]), _normal(texts[j]))
        for texts in slots.values()
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
    ]
    assert pairs
    assert max(pairs) < 95
    assert sum(pairs) / len(pairs) < 70


def test_a_bakery_never_hears_of_skin_care(two_brands: Written) -> None:
    bakery = [draft.text for brief, draft in two_brands if "护肤" not in brief.voice.industry]
    assert len(bakery) > 50
    assert not [text for text in bakery if SKIN.search(text)]


def test_every_fact_listed_is_a_fact_of_the_brief(week: Written) -> None:
    for brief, draft in week:
        assert set(draft.facts) <= set(brief.facts)
        told = {fact.id for fact in draft.facts}
        if brief.campaign and brief.kind in ("launch", "flash_sale", "discount"):
            code = brief.campaign.code
            assert {f"campaign.{code}.price", f"campaign.{code}.end"} <= told


def test_a_line_with_an_unknown_live_value_can_be_left_out(week: Written) -> None:
    counted = [draft.text for _, draft in week if live.keys(draft.text)]
    assert counted
    for text in counted:
        without = live.fill(text, {})
        assert len(without.split("\n")) >= 2
        assert not live.keys(without)
        assert "后台数" not in without


def test_posts_of_know_how_and_talk_carry_no_link(week: Written) -> None:
    for brief, draft in week:
        if all_kinds()[brief.kind].link == "never":
            assert "http" not in draft.text
