"""Drafts are checked again when a fact, a pack or a brand's rule changes; what may no longer go out is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from content_calendar import review
from content_calendar.rules import drafts, rechecked, runs
from content_calendar.rules.runs import Checked
from content_calendar.states import PostState
from content_calendar.tables import CheckRun, FindingRow, Post, Product, Revision
from generator.checks import rules as packs
from prompts.draft import Finding
from tests.release_world import NINE, PRICE, World
from workers.checks import recheck, rulebook
from workers.runtime import Runtime

Forbid = Callable[..., int]
CLEAN = "早安，小仙女们，今天记得喝水"


def findings(world: World, post_id: int) -> set[tuple[str, str]]:
    revision = world.get(post_id).revision_id
    return {
        (row.rule, row.excerpt)
        for row in world.rows(FindingRow)
        if row.revision_id == revision and not row.rule.startswith("length.")
    }


def run_of(world: World, post_id: int) -> CheckRun:
    revision = world.get(post_id).revision_id
    (found,) = [row for row in world.rows(CheckRun) if row.revision_id == revision]
    assert isinstance(found, CheckRun)
    return found


@pytest.mark.databases
def test_a_new_rule_reaches_every_draft_that_has_not_gone_out(
    world: World, runtime: Runtime, forbid: Forbid
) -> None:
    waiting, approved = world.in_review(text=CLEAN), world.approved(text=CLEAN)
    other = world.approved(text="早安，禾苗们，今天记得喝水")
    recheck.recheck(runtime)
    before = run_of(world, waiting).rules
    forbid("小仙女", suggestion="叫禾苗", replacement="禾苗")

    report = recheck.recheck(runtime)

    assert (report.checked, report.held) == (3, [approved])
    assert [(rule[:4], words) for rule, words in findings(world, waiting)] == [("own.", "小仙女")]
    assert world.state(waiting) is PostState.in_review and world.state(other) is PostState.approved
    held = world.get(approved)
    assert held.state == PostState.held and "规则变了" in held.state_reason and "小仙女" in held.state_reason
    assert "小仙女" in world.notices()["post.held"]
    after = run_of(world, waiting)
    assert (after.cause, after.verdict) == ("rules", "block") and after.rules != before
    last = world.audit("post.rechecked")[-1]
    assert last.actor == "system:checks"
    assert last.detail["rules"] == {"before": before[:12], "after": after.rules[:12]}


def test_nothing_is_checked_twice_for_the_same_rules_and_facts(world: World, runtime: Runtime) -> None:
    world.approved(text=CLEAN)
    assert recheck.recheck(runtime).checked == 1, "a draft nobody noted a check of is looked at once"
    assert recheck.recheck(runtime).checked == 0


def test_a_price_that_changed_is_found_in_every_draft_that_names_it(world: World, runtime: Runtime) -> None:
    post = world.approved(text="面霜日常价199元，早上见", facts=[PRICE])
    recheck.recheck(runtime)
    assert world.state(post) is PostState.approved
    with world.database.write() as session:
        session.query(Product).filter_by(code="P1").update({"price": 219})

    assert recheck.recheck(runtime).held == [post]

    assert "商品或活动资料变了" in world.get(post).state_reason
    assert run_of(world, post).cause == "facts"


def test_lifting_a_rule_takes_its_findings_away_again(
    world: World, runtime: Runtime, forbid: Forbid, lift: Callable[[int], None]
) -> None:
    rule = forbid("小仙女")
    post = world.in_review(text=CLEAN)
    recheck.recheck(runtime)
    assert findings(world, post)
    lift(rule)
    recheck.recheck(runtime)
    assert findings(world, post) == set() and run_of(world, post).verdict != "block"


def test_a_silenced_rule_is_silent_in_the_next_check(
    world: World, runtime: Runtime, silence: Callable[[str], int]
) -> None:
    post = world.in_review(text="@所有人 早上好，今天记得喝水")
    recheck.recheck(runtime)
    assert "channel.at_all" in {rule for rule, _ in findings(world, post)}
    silence("channel.at_all")
    recheck.recheck(runtime)
    assert "channel.at_all" not in {rule for rule, _ in findings(world, post)}


def test_an_exception_of_the_lead_covers_what_it_was_made_for_and_nothing_more(
    world: World, runtime: Runtime, forbid: Forbid
) -> None:
    forbid("小仙女")
    post = world.in_review(text=CLEAN)
    recheck.recheck(runtime)
    with world.database.write() as session:
        row = session.get_one(Post, post)
        review.approve(
            session, row, revision_hash=world.newest(session, row).hash, user=world.user(session, "lead"),
            now=world.now, override_reason="老客都这么叫",
        )  # fmt: skip
    forbid("没有的词")
    assert recheck.recheck(runtime).held == [], "the same block on the same words was lifted"
    forbid("喝水")
    assert recheck.recheck(runtime).held == [post], "a block found since was not"


def test_what_the_rules_cannot_see_again_stays(world: World, runtime: Runtime, forbid: Forbid) -> None:
    alike = Finding(rule="repetition.heard", verdict="warn", reason="和昨天的像")
    doubt = Finding(
        rule="price.lowest",
        verdict="warn",
        reason="像（模型判断）",
        start=0,
        end=2,
        excerpt="早安",
        trust=0.5,
    )
    gone = Finding(rule="brand.forbidden", verdict="warn", reason="旧的")
    post = world.in_review(text=CLEAN, findings=[alike, doubt, gone])
    recheck.recheck(runtime)
    assert {rule for rule, _ in findings(world, post)} == {"repetition.heard", "price.lowest"}


def test_a_draft_that_moved_on_meanwhile_is_left_alone(world: World, runtime: Runtime) -> None:
    post = world.in_review(text=CLEAN)
    with world.database.read() as session:
        revision = world.newest(session, session.get_one(Post, post)).id
    found = Checked("r", "f", (Finding(rule="x", verdict="block", reason="x"),), "rules")
    with world.database.write() as session:
        assert rechecked.replace(session, post, revision + 1, found, now=NINE) is None
    world.set(Post, post, state="cancelled")
    with world.database.write() as session:
        assert rechecked.replace(session, post, revision, found, now=NINE) is None
    assert findings(world, post) == set()


def test_a_round_ends_and_the_next_goes_on(world: World, runtime: Runtime) -> None:
    for number in range(7):
        world.in_review(text=f"第{number}条，早上好", due_at=NINE + timedelta(hours=number))
    assert recheck.recheck(runtime, most=5).checked == 5
    assert recheck.recheck(runtime, most=5).checked == 2


def test_looking_for_what_is_due_takes_the_same_statements_for_one_draft_and_for_twenty(
    world: World, runtime: Runtime
) -> None:
    def statements() -> int:
        counted: list[str] = []

        def count(*args: Any) -> None:
            counted.append(args[2])

        with world.database.read() as session:
            brand = world.brand(session)
            rules = rulebook.ruled(session, brand).fingerprint
            event.listen(world.database.engine, "before_cursor_execute", count)
            drafts.due(session, brand, rules, now=world.now)
            event.remove(world.database.engine, "before_cursor_execute", count)
        return len(counted)

    world.in_review(text="面霜199元", facts=[PRICE])
    one = statements()
    for number in range(20):
        world.in_review(text=f"面霜199元，第{number}条", facts=[PRICE])
    assert statements() == one


def test_another_version_of_the_packs_is_a_reason_to_look_again(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.in_review(text=CLEAN)
    recheck.recheck(runtime)
    monkeypatch.setattr(packs, "fingerprint", lambda: "another")
    assert recheck.recheck(runtime).checked == 1


def test_without_a_broker_a_change_is_carried_through_at_once(
    world: World, runtime: Runtime, forbid: Forbid
) -> None:
    post = world.in_review(text=CLEAN)
    forbid("小仙女")
    report = recheck.after_change(runtime, world.brand_id)
    assert report is not None and report.checked == 1 and findings(world, post)


def test_every_revision_a_draft_ever_had_keeps_its_own_run(world: World) -> None:
    post = world.in_review(text=CLEAN)
    with world.database.write() as session:
        revision = session.get_one(Revision, world.newest(session, session.get_one(Post, post)).id)
        for cause in ("written", "rules"):
            runs.note(session, revision.id, Checked(cause, "f", (), cause), now=NINE)
    assert run_of(world, post).rules == "rules"
