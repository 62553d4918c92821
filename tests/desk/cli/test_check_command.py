"""`chongfen check`: lines in, verdicts out in the same order, every bad line told by its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desk.cli.main import cli


def call(*words: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["check", *words], input=stdin)


def documents(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_plain_text_is_one_post_a_line_and_a_block_ends_with_one() -> None:
    result = call("-", "--json", stdin="这是最好用的面霜\n今天周五，早点休息\n控油12小时\n".encode())
    assert [entry["verdict"] for entry in documents(result)] == ["block", "allow", "warn"]
    assert result.exit_code == 1
    finding = documents(result)[0]["findings"][0]
    assert finding["excerpt"] == "这是最好用的面霜"[finding["start"] : finding["end"]]
    assert finding["law"] and finding["reason"] and finding["suggestion"]


def test_clean_lines_end_with_zero_and_need_no_database(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["--data", str(tmp_path / "none"), "check", "-"], input="今天周五\n".encode()
    )
    assert result.exit_code == 0
    assert not (tmp_path / "none").exists()


def test_jsonl_may_say_kind_product_lane_and_industry(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    lines: list[dict[str, Any]] = [
        {"text": "这款美白精华开售", "product": {"name": "美白精华", "filing": "国妆特字20259911", "efficacy": ["祛斑美白"]}},
        {"text": "这款美白精华开售", "product": {"name": "面霜", "filing": "粤G妆网备字2026900105", "efficacy": "保湿"}},
        {"text": "好" * 700, "lane": "自动"},
        {"text": "三高都降下来了，每天一杯", "industry": "护肤", "kind": "干货分享"},
        {"text": "今天周五", "verdict": "allow", "why": "other fields are no matter"},
    ]  # fmt: skip
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    found = documents(call(str(file), "--json"))
    assert [entry["verdict"] for entry in found[:3]] == ["allow", "block", "block"]
    assert found[2]["findings"][0]["rule"] == "lane.bytes"
    assert not any(f["rule"].startswith("food.") for f in found[3]["findings"])
    assert found[4]["verdict"] == "allow"


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (b'{"text": "a"', "check.json", "第 2 行"),
        (b'{"text": ""}', "check.empty", "第 2 行"),
        (b'{"texts": "a"}', "check.text", "第 2 行"),
        (b'{"text": 1}', "check.text", "第 2 行"),
        (b"[1, 2]", "check.json", "第 2 行"),
        (b'{"text": "\xff"}', "check.encoding", "UTF-8"),
        (b'{"text": "a", "kind": "xx"}', "check.kind", "xx"),
        (b'{"text": "a", "lane": "fax"}', "check.lane", "fax"),
        (b'{"text": "a", "product": 3}', "check.product", "product"),
        (b"", "check.empty", "第 2 行"),
        (b"[" * 100_000, "check.json", "第 2 行"),
    ],
)
def test_a_bad_line_is_told_by_number_and_the_others_are_still_checked(
    line: bytes, code: str, says: str
) -> None:
    good = '{"text": "今天周五"}'.encode()
    result = call("-", "--json", stdin=good + b"\n" + line + b"\n" + good + b"\n")
    found = documents(result)
    assert [entry.get("verdict") for entry in found] == ["allow", None, "allow"]
    assert found[1]["line"] == 2
    assert found[1]["error"]["code"] == code
    assert says in found[1]["error"]["message"]
    assert result.exit_code == 2


def test_an_empty_input_and_a_missing_file_are_wrong_use(tmp_path: Path) -> None:
    assert call("-", stdin=b"").exit_code == 2
    assert call("-", stdin=b"\n \n").exit_code == 2
    missing = call(str(tmp_path / "none.txt"))
    assert missing.exit_code == 2
    assert "none.txt" in missing.output
    assert call().exit_code == 2


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    found = documents(call("-", "--json", stdin=b"\xef\xbb\xbf" + "今天周五\r\n最好用的面霜\r\n".encode()))
    assert [entry["verdict"] for entry in found] == ["allow", "block"]


def test_the_rules_are_listed() -> None:
    listed = documents(call("--rules", "--json"))
    assert {entry["pack"] for entry in listed} >= {"absolute", "medical", "cosmetics", "food", "price"}
    assert all(entry["law"] and entry["version"] for entry in listed)
    assert "绝对化用语" in call("--rules").output


def test_the_table_says_how_many() -> None:
    result = call("-", stdin="最好用的面霜\n今天周五\n".encode())
    assert "共 2 条" in result.stdout
    assert result.exit_code == 1
