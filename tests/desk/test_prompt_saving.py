"""A prompt text saved at the desk: whole or not at all, by a lead, over what was looked at, and never lost."""

from __future__ import annotations

import hashlib
import html
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.tables import AuditEvent
from desk.acts import prompt_files
from prompts.library import Library
from workers import replies
from workers.runtime import Runtime

FILE = "templates/tip.j2"
SAVE, RESTORE = "/brand/prompts/save", "/brand/prompts/restore"


def packaged(file: str = FILE) -> str:
    return Library.load().files[file].text


def wording(sentence: str) -> str:
    return packaged().replace("[user]", f"{sentence}\n[user]", 1)


def base(client: TestClient, file: str = FILE) -> str:
    page = client.get("/brand/prompts", params={"file": file}).text
    found = re.search(r'name="base" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def save(client: TestClient, text: str, *, on: str, file: str = FILE) -> Any:
    return client.post(SAVE, data={"file": file, "text": text, "base": on, "post": "0"})


@pytest.fixture
def folder(app: Any, runtime: Runtime, tmp_path: Path) -> Path:
    """An empty folder for the brand's own prompts, named by the settings."""
    own = tmp_path / "own"
    own.mkdir()
    app.state.runtime = replace(runtime, settings=runtime.settings.model_copy(update={"prompts_dir": own}))
    return own


def events(runtime: Runtime) -> list[AuditEvent]:
    with runtime.database.read() as session:
        return session.query(AuditEvent).filter_by(subject="prompt").order_by(AuditEvent.id).all()


def texts(folder: Path) -> list[str]:
    """Every file below the folder but the lock."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".chongfen.lock"
    )


def test_a_saved_text_stands_in_the_folder_and_speaks_everywhere_at_once(
    lead: TestClient, folder: Path, runtime: Runtime
) -> None:
    ahead = folder / "later.txt"
    ahead.touch()
    os.utime(ahead, (4e9, 4e9))  # a file dated in the future hides no change
    before = replies.library(folder)
    answer = save(lead, wording("说人话。").replace("\n", "\r\n"), on=base(lead))
    assert answer.status_code == 303 and answer.headers["location"].endswith("said=prompt_saved")
    assert texts(folder) == ["later.txt", FILE] and (folder / FILE).read_text("utf-8") == wording("说人话。")
    assert "品牌自己的" in lead.get(answer.headers["location"]).text
    assert FILE not in before.own and FILE in replies.library(folder).own


def test_a_save_leaves_both_texts_and_hashes_in_the_audit_trail(
    lead: TestClient, folder: Path, runtime: Runtime
) -> None:
    save(lead, wording("甲。"), on=base(lead))
    save(lead, wording("乙。"), on=base(lead))
    first, second = events(runtime)
    assert (first.actor, first.action, first.detail["was_origin"]) == (
        "user:lead",
        "prompt.saved",
        "packaged",
    )
    assert first.detail["was"] == packaged() and second.detail["was"] == wording("甲。")
    assert second.detail["before"] == first.detail["after"] == sha(wording("甲。"))
    assert "存了提示词" in lead.get("/audit?subject=prompt").text and FILE in lead.get("/audit").text
    page = lead.get("/brand/prompts", params={"file": FILE, "kept": second.id}).text
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert box and html.unescape(box[1]) == wording("甲。")


def sha(text: str) -> str:
    return hashlib.sha256(f"{FILE}\n{text}".encode()).hexdigest()


def test_the_second_of_two_is_told_and_overwrites_nothing(
    lead: TestClient, folder: Path, runtime: Runtime
) -> None:
    opened = base(lead)
    save(lead, wording("先到。"), on=opened)
    late = save(lead, wording("后到。"), on=opened)
    assert late.status_code == 409 and "有人先存了" in late.text and "后到。" in late.text
    assert (folder / FILE).read_text("utf-8") == wording("先到。") and len(events(runtime)) == 1
    gone = lead.post(RESTORE, data={"file": FILE, "base": opened})
    assert gone.status_code == 409 and texts(folder) == [FILE]


def test_the_packaged_text_can_be_had_back(lead: TestClient, folder: Path, runtime: Runtime) -> None:
    save(lead, wording("甲。"), on=base(lead))
    answer = lead.post(RESTORE, data={"file": FILE, "base": base(lead)})
    assert answer.status_code == 303 and texts(folder) == []
    assert [event.action for event in events(runtime)] == ["prompt.saved", "prompt.restored"]
    assert events(runtime)[1].detail["was"] == wording("甲。")
    assert lead.post(RESTORE, data={"file": FILE, "base": base(lead)}).status_code == 404
    assert FILE not in replies.library(folder).own


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (FILE, "没有两段"),
        (FILE, "[system]\n{{ nobody }}\n[user]\nx"),
        (FILE, "[system]\n{{ brief.__class__ }}\n[user]\nx"),
        ("kinds/tip.yaml", "key: [不是"),
        ("kinds/tip.yaml", "key: qa\n"),
        ("templates/partials/touch.j2", "{{ nobody }}"),
    ],
)
def test_an_unsound_text_is_not_saved(
    lead: TestClient, folder: Path, runtime: Runtime, file: str, text: str
) -> None:
    answer = save(lead, text, on=base(lead, file), file=file)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert texts(folder) == [] and events(runtime) == []


def test_a_text_the_library_could_not_read_again_leaves_all_as_it_was(
    lead: TestClient, folder: Path, runtime: Runtime
) -> None:
    long = wording("很长。" * 9_000)  # fewer characters than may be sent, more bytes than a file may have
    assert len(long) < 64_000 < len(long.encode())
    assert save(lead, long, on=base(lead)).status_code == 422
    assert texts(folder) == [] and events(runtime) == [] and lead.get("/brand/prompts").status_code == 200


def test_when_it_cannot_be_written_down_it_is_not_saved(folder: Path) -> None:
    there = Library.load().files[FILE].sha
    with pytest.raises(ZeroDivisionError), prompt_files.changed(folder, FILE, wording("甲。"), base=there):
        raise ZeroDivisionError
    assert texts(folder) == []


@pytest.mark.parametrize(
    "file",
    ["../evil.j2", "/etc/passwd", "templates/../../evil.j2", "templates/new.j2", "angles/angles.yaml", ""],
)
def test_only_names_of_the_library_can_be_written(lead: TestClient, folder: Path, file: str) -> None:
    before = sorted(folder.parent.rglob("*"))
    assert save(lead, wording("甲。"), on="0" * 64, file=file).status_code == 404
    assert lead.post(RESTORE, data={"file": file, "base": "0" * 64}).status_code == 404
    assert sorted(folder.parent.rglob("*")) == before


def test_a_link_in_the_folder_leads_nowhere(lead: TestClient, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "templates").symlink_to(elsewhere)
    assert save(lead, wording("甲。"), on=base(lead)).status_code == 422
    assert list(elsewhere.iterdir()) == []


def test_an_editor_tries_and_a_lead_saves(as_role: Callable[[str], TestClient], folder: Path) -> None:
    editor, tried = as_role("editor"), {"file": FILE, "text": wording("甲。")}
    assert "/brand/prompts/save" not in editor.post("/brand/prompts/try", data=tried).text
    assert "/brand/prompts/save" in as_role("lead").post("/brand/prompts/try", data=tried).text
    assert save(editor, wording("甲。"), on=base(editor)).status_code == 403 and texts(folder) == []


def test_the_same_text_is_not_saved_again(lead: TestClient, folder: Path, runtime: Runtime) -> None:
    assert save(lead, packaged(), on=base(lead)).headers["location"].endswith("said=prompt_same")
    assert texts(folder) == [] and events(runtime) == []


def test_without_a_folder_nothing_is_saved_and_the_page_says_how(lead: TestClient) -> None:
    answer = save(lead, wording("甲。"), on=base(lead))
    assert answer.status_code == 422 and "CHONGFEN_PROMPTS_DIR" in answer.text
    tried = lead.post("/brand/prompts/try", data={"file": FILE, "text": wording("甲。")}).text
    assert "/brand/prompts/save" not in tried and "设 CHONGFEN_PROMPTS_DIR 指向它" in tried


def test_another_site_cannot_save(lead: TestClient, folder: Path) -> None:
    data = {"file": FILE, "text": wording("甲。"), "base": base(lead)}
    answer = lead.post(
        SAVE, data=data, headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403 and texts(folder) == []
