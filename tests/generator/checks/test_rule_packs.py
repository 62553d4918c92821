"""Every rule does what its own examples say; the packs do what our labelled lines say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from generator.checks import check_text
from generator.checks.checking import book
from generator.checks.rules import Rule, fingerprint, packs
from prompts.draft import Finding

RULES = [rule for pack in packs() for rule in pack.rules]
CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()]
WORKBOOK = Path(__file__).parents[3] / "examples" / "沐禾.xlsx"


def found_by(rule: Rule, text: str) -> list[Finding]:
    return [finding for finding in check_text(text) if finding.rule == rule.id]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_hits_its_own_examples_and_leaves_the_others_alone(rule: Rule) -> None:
    assert rule.text.hit, "a rule needs an example it must hit"
    assert rule.text.miss, "and one it must not hit"
    # An example may also be caught by a graver rule on the same words, which then speaks alone.
    missed = [text for text in rule.text.hit if not found_by(rule, text) and not any(f.verdict == "block" for f in check_text(text))]  # fmt: skip
    assert missed == []
    assert [text for text in rule.text.miss if found_by(rule, text)] == []


def test_rule_numbers_are_unique_and_every_rule_says_why_and_what_to_do() -> None:
    assert [name for name, n in Counter(rule.id for rule in RULES).items() if n > 1] == []
    assert [rule.id for rule in RULES if not (rule.law and rule.text.reason and rule.text.suggestion)] == []


def test_the_packs_have_a_fingerprint_that_tells_when_drafts_should_be_checked_again() -> None:
    assert len(fingerprint()) == 64
    assert fingerprint() == fingerprint()


def verdict(text: str) -> str:
    found = check_text(text)
    return "block" if any(f.verdict == "block" for f in found) else "warn" if found else "allow"


def test_our_labelled_lines_are_told_apart() -> None:
    """The bars of the issue, on our own 2,100 lines, with room. They were written in ten sets, each before the rules had met it."""
    given = [(case, verdict(case["text"])) for case in CASES]
    blocks = [g == "block" for case, g in given if case["verdict"] == "block"]
    warns = [g != "allow" for case, g in given if case["verdict"] == "warn"]
    alarms = [case["text"] for case, g in given if case["verdict"] == "allow" and g != "allow"]
    hidden = [g != "allow" for case, g in given if "EVASION" in case["rule"]]
    assert len(CASES) > 2000
    assert sum(blocks) / len(blocks) >= 0.97
    assert sum(warns) / len(warns) >= 0.95
    assert sum(hidden) / len(hidden) >= 0.95
    assert len(alarms) <= 0.02 * sum(case["verdict"] == "allow" for case, _ in given), alarms


@pytest.mark.parametrize(("sheet", "column"), [("历史内容", 4), ("话术", 2)])
def test_the_reference_workbooks_own_texts_are_not_blocked(sheet: str, column: int) -> None:
    rows = CalamineWorkbook.from_path(WORKBOOK).get_sheet_by_name(sheet).to_python()[1:]
    texts = [str(row[column]) for row in rows if str(row[column]).strip()]
    assert len(texts) >= 60
    assert [text for text in texts if verdict(text) == "block"] == []
    assert sum(verdict(text) == "warn" for text in texts) <= len(texts) * 0.02


def test_a_pattern_is_never_held_back_from_a_text_it_matches() -> None:
    """The cheap test before the expressions may let through in vain, but loses nothing."""
    ready = book()
    for case in CASES:
        text = case["text"].lower()
        possible = {id(pattern) for _, pattern in ready.possible(text)}
        lost = [
            pattern.pattern[:60]
            for rule in RULES
            for pattern, _ in rule.patterns
            if id(pattern) not in possible and pattern.search(text)
        ]
        assert lost == [], text
