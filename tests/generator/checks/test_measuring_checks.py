"""The benchmark tells bad lines by number, measures the others, and sets two baselines beside our checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import checks

GOOD = '{"text": "这是最好用的面霜", "verdict": "block"}\n{"text": "今天下雨", "verdict": "allow", "rule": "NONE"}\n'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"\xff\xfe\xfa", "不是 UTF-8"), (b'{"text": "', "不是完整的 JSON"), (b'{"text": "  ", "verdict": "warn"}', "text 是空的"),
        (b'{"text": 5, "verdict": "warn"}', "text 是空的"), ('{"text": "好", "verdict": "对"}'.encode(), "verdict 要写"),
        (b"[1, 2]", "不是一个 JSON 对象"), (b"[" * 100_000, "不是完整的 JSON"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_told_by_number_and_the_rest_is_measured(
    line: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode() + line + b"\n" + GOOD.encode())
    assert checks.main([str(file), "--posts", "0"]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("第 3 行：") and said in printed.err
    assert "2/2 = 100%" in printed.out and "0/2 = 0%" in printed.out


def test_a_file_in_order_ends_well_and_shows_both_baselines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(GOOD + '{"text": "蕞好用的面霜", "verdict": "block", "rule": "EVASION"}\n', "utf-8")
    assert checks.main([str(file), "--posts", "20"]) == 0
    printed = capsys.readouterr().out
    assert "词表" in printed and "词表+归一化" in printed and "本产品" in printed
    assert "毫秒" in printed and "MB" in printed


def test_no_file_or_an_empty_one_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n\n")
    assert checks.main([]) == 2
    assert checks.main([str(tmp_path / "nowhere.jsonl")]) == 2
    assert checks.main([str(tmp_path / "empty.jsonl"), "--posts", "0"]) == 2
