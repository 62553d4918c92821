"""Writing a batch: every post once, nobody's work undone, nothing lost when it is interrupted."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from content_calendar import review
from content_calendar.states import PostState, move_post
from content_calendar.tables import Notice, Post, User
from tests.workers.batches.conftest import NOW, Shop
from workers.batches import claims
from workers.batches.report import Progress
from workers.batches.selection import Window
from workers.batches.write import write_posts

WEEK = Window(NOW, NOW + timedelta(days=7))


@pytest.mark.databases
def test_every_waiting_post_gets_one_draft_and_lies_before_the_editors(shop: Shop) -> None:
    ids = shop.posts(12)
    report = write_posts(shop.runtime, WEEK)
    assert (report.wanted, report.written, report.failures) == (12, 12, [])
    assert shop.states() == dict.fromkeys(ids, "in_review")
    assert {len(texts) for texts in shop.texts().values()} == {1}


def test_a_second_run_writes_nothing(shop: Shop) -> None:
    shop.posts(3)
    write_posts(shop.runtime, WEEK)
    assert write_posts(shop.runtime, WEEK).wanted == 0
    assert {len(texts) for texts in shop.texts().values()} == {1}


def test_posts_outside_the_window_and_past_ones_are_left_alone(shop: Shop) -> None:
    past = shop.posts(1, first=-timedelta(hours=1))
    later = shop.posts(1, first=timedelta(days=8))
    write_posts(shop.runtime, WEEK)
    assert [shop.states()[post] for post in past + later] == ["planned", "planned"]


def test_drafts_of_a_batch_differ(shop: Shop) -> None:
    shop.posts(8)
    write_posts(shop.runtime, WEEK)
    texts = [text for texts in shop.texts().values() for text in texts]
    assert len(set(texts)) == 8


def test_progress_counts_to_the_end(shop: Shop) -> None:
    shop.posts(4)
    seen: list[Progress] = []
    write_posts(shop.runtime, WEEK, progress=seen.append)
    assert [(step.done, step.total) for step in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_stopping_midway_gives_the_rest_back_to_the_plan(shop: Shop) -> None:
    ids = shop.posts(6)
    stop = threading.Event()
    report = write_posts(shop.runtime, WEEK, progress=lambda _step: stop.set(), stop=stop)
    assert report.stopped
    assert report.written < 6
    assert set(shop.states().values()) == {"in_review", "planned"}
    assert write_posts(shop.runtime, WEEK).written == 6 - report.written
    assert shop.states() == dict.fromkeys(ids, "in_review")


def test_what_a_person_cancels_meanwhile_stays_cancelled(shop: Shop) -> None:
    ids = shop.posts(4)

    def cancel_the_last(step: Progress) -> None:
        if step.done == 1:
            with shop.database.write() as session:
                post = session.get_one(Post, ids[-1])
                user = session.scalars(select(User)).one()
                review.cancel(session, post, user=user, reason="不发了", now=NOW)

    report = write_posts(shop.runtime, WEEK, progress=cancel_the_last)
    assert shop.states()[ids[-1]] == "cancelled"
    assert (report.written, report.skipped) == (3, 1)
    assert ids[-1] not in shop.texts()


def test_a_post_another_living_writer_holds_is_left_to_it(shop: Shop) -> None:
    ids = shop.posts(2)
    other = claims.Owner(batch="another")
    with shop.database.write() as session:
        claims.take(session, ids[:1], owner=other, now=NOW)
    assert write_posts(shop.runtime, WEEK).written == 1
    assert shop.states()[ids[0]] == "writing"


@pytest.mark.databases
def test_a_claim_whose_lease_ran_out_is_taken_over(shop: Shop) -> None:
    ids = shop.posts(1)
    with shop.database.write() as session:
        claims.take(session, ids, owner=claims.Owner(host="elsewhere"), now=NOW)
    assert write_posts(shop.runtime, WEEK).written == 0
    shop.clock.instant = NOW + timedelta(seconds=shop.runtime.settings.lease_seconds + 1)
    assert write_posts(shop.runtime, WEEK).written == 1


def test_a_claim_of_a_process_that_is_gone_is_taken_over_at_once(shop: Shop) -> None:
    ids = shop.posts(1)
    with shop.database.write() as session:
        claims.take(session, ids, owner=claims.Owner(pid=2**22 + 1), now=NOW)
    assert write_posts(shop.runtime, WEEK).written == 1


def test_a_writer_whose_claim_was_taken_away_hands_in_nothing(shop: Shop) -> None:
    ids = shop.posts(2)

    def lose_the_last(step: Progress) -> None:
        if step.done == 1:
            with shop.database.write() as session:
                session.execute(update(Post).where(Post.id == ids[-1]).values(state_reason="撰写者 a/1/b"))

    report = write_posts(shop.runtime, WEEK, progress=lose_the_last)
    assert (report.written, report.skipped) == (1, 1)
    assert ids[-1] not in shop.texts()


def test_one_poisoned_post_does_not_keep_the_others_from_being_written(shop: Shop) -> None:
    shop.posts(3)
    bad = shop.posts(1, zone="Nowhere/AtAll")
    report = write_posts(shop.runtime, WEEK)
    assert report.written == 3
    assert [failure.post_id for failure in report.failures] == bad
    assert shop.states()[bad[0]] == "planned"


def test_a_post_that_fails_again_and_again_waits_for_a_person_who_is_told(shop: Shop) -> None:
    shop.posts(1, zone="Nowhere/AtAll")
    for _ in range(claims.MOST_TRIES):
        assert len(write_posts(shop.runtime, WEEK).failures) == 1
    assert write_posts(shop.runtime, WEEK).wanted == 0
    with shop.database.read() as session:
        assert [notice.code for notice in session.scalars(select(Notice))] == ["post.unwritten"]


def test_a_request_for_changes_becomes_the_writers_instruction(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, WEEK)
    first = shop.texts()[ids[0]][0]
    with shop.database.write() as session:
        post, user = session.get_one(Post, ids[0]), session.scalars(select(User)).one()
        review.request_changes(session, post, user=user, reason="写短一点", now=NOW + timedelta(minutes=1))
    shop.clock.instant = NOW + timedelta(minutes=2)
    assert write_posts(shop.runtime, WEEK).written == 1
    brief = shop.newest_brief()
    assert (brief["instruction"], brief["previous"]) == ("写短一点", first)


def test_an_answered_request_is_not_an_instruction_for_the_next_time(shop: Shop) -> None:
    test_a_request_for_changes_becomes_the_writers_instruction(shop)
    with shop.database.write() as session:
        post = session.scalars(select(Post)).one()
        for before, after in (
            (PostState.in_review, PostState.writing),
            (PostState.writing, PostState.planned),
        ):
            move_post(session, post, after, expected=before, actor="system:test", now=shop.clock.now())
    shop.clock.instant = NOW + timedelta(minutes=3)
    write_posts(shop.runtime, WEEK)
    assert shop.newest_brief()["instruction"] == ""
