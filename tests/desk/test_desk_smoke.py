from __future__ import annotations
def test_week(editor):
    answer = editor.get("/")
    assert answer.status_code == 200, answer.text
    assert "11月23日" in answer.text
def test_door(as_role):
    c = as_role("")
    assert c.get("/").headers["location"].startswith("/sign-in?next=%2F")
    assert c.get("/sign-in").status_code == 200
    assert c.get("/nothing").status_code == 404
