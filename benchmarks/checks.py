"""The checks on labelled lines, side by side with what a user would otherwise have: word lists.

    python benchmarks/checks.py FILE.jsonl [--posts N]

FILE holds one object a line with ``text`` and ``verdict`` (block, warn, allow); a ``rule`` that speaks of EVASION marks lines that
hide their words. Printed: catch rates and false alarms of our checks and of two baselines (the usual list of about 95 absolute
words, plain, and on normalised text), then milliseconds for a post of 150 characters on one core over N posts (bar: 2 ms)
and the peak memory of this process (bar: 100 MB). A line that cannot be read is told with its number and left out; the exit
code is then 2. ``--posts 0`` leaves the timing out.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from generator.checks import check_text, views
from generator.checks.joined import joined

WORDS = (Path(__file__).parent / "absolute_words.txt").read_text("utf-8").split()
Verdict = str
Checker = Callable[[str], Verdict]


def ours(text: str) -> Verdict:
    """The rule packs."""
    found = check_text(text)
    return "block" if any(item.verdict == "block" for item in found) else "warn" if found else "allow"


def plain_list(text: str) -> Verdict:
    """Any word of the list, as written."""
    return "block" if any(word in text for word in WORDS) else "allow"


def normalised_list(text: str) -> Verdict:
    """Any word of the list in the text without width, case, traditional signs, spaces and symbols."""
    plain = views.strict(unicodedata.normalize("NFKC", text)).text
    return plain_list("".join(sign for sign in plain if sign.isalnum()))


CHECKERS: dict[str, Checker] = {"词表": plain_list, "词表+归一化": normalised_list, "本产品": ours}
VERDICTS = ("block", "warn", "allow")
ROWS = ("block 拦下", "warn 提醒或拦下", "allow 误报", "变形词 发现")


def read(raw: bytes) -> tuple[list[dict[str, str]], list[str]]:
    """The labelled lines of a file, and one sentence for each line that is none."""
    lines, wrong = [], []
    for number, written in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if written.strip():
            line = _line(written)
            if isinstance(line, str):
                wrong.append(f"第 {number} 行：{line}")
            else:
                lines.append(line)
    return lines, wrong


def _line(written: bytes) -> dict[str, str] | str:
    try:
        line = json.loads(written.decode("utf-8"))
    except UnicodeDecodeError:
        return "不是 UTF-8，请把文件另存为 UTF-8。"
    except (ValueError, RecursionError):
        return "不是完整的 JSON。"
    if not isinstance(line, dict):
        return "不是一个 JSON 对象，要有 text 和 verdict。"
    text, verdict = line.get("text"), line.get("verdict")
    if not isinstance(text, str) or not text.strip():
        return "text 是空的。"
    if verdict not in VERDICTS:
        return f"verdict 要写 {'、'.join(VERDICTS)} 之一。"
    rule = line.get("rule")
    return {"text": text, "verdict": str(verdict), "rule": rule if isinstance(rule, str) else ""}


def measure(lines: list[dict[str, str]], checker: Checker) -> dict[str, tuple[int, int]]:
    """For each row of the table: how many, of how many."""
    hits: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for line in lines:
        given = checker(line["text"])
        wanted = line["verdict"]
        row = ROWS[VERDICTS.index(wanted)]
        sums[row] += 1
        hits[row] += given == "block" if wanted == "block" else given != "allow"
        if "EVASION" in line["rule"]:
            sums[ROWS[3]] += 1
            hits[ROWS[3]] += given != "allow"
    return {row: (hits[row], sums[row]) for row in ROWS}


def table(lines: list[dict[str, str]]) -> None:
    """Print the rates side by side."""
    results = {name: measure(lines, checker) for name, checker in CHECKERS.items()}
    print(f"{'':<18}" + "".join(f"{name:>22}" for name in CHECKERS))
    for row in ROWS:
        cells = [f"{hit}/{total} = {hit / total:.0%}" if total else "-" for hit, total in (results[name][row] for name in CHECKERS)]  # fmt: skip
        print(f"{row:<18}" + "".join(f"{cell:>22}" for cell in cells))


def posts(lines: list[dict[str, str]], count: int) -> list[str]:
    """``count`` different posts of 150 characters made from the lines."""
    sea = "\n".join(line["text"] for line in lines) * (
        1 + count * 150 // max(1, sum(len(line["text"]) for line in lines))
    )
    return [sea[at % (len(sea) - 150) :][:150] for at in range(0, count * 151, 151)]


def speed(texts: list[str]) -> None:
    """Print milliseconds a post and the share of posts that have a joined view."""
    check_text(texts[0])
    started = time.process_time()
    for text in texts:
        check_text(text)
    spent = time.process_time() - started
    hidden = sum(joined(views.strict(text)) is not None for text in texts[:500]) / len(texts[:500])
    print(
        f"\n{len(texts)} 条 150 字：每条 {spent / len(texts) * 1000:.2f} 毫秒 CPU（标准 2 毫秒）；{hidden:.0%} 另读了合并视图"
    )
    print(f"内存峰值 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB（标准 100 MB）")


def main(arguments: list[str]) -> int:
    """Read the file, print table and speed; 2 when there is no file, or when a line of it could not be read."""
    if not arguments or not Path(arguments[0]).is_file():
        print(__doc__)
        return 2
    lines, wrong = read(Path(arguments[0]).read_bytes())
    count = int(arguments[arguments.index("--posts") + 1]) if "--posts" in arguments else 10_000
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if lines:
        table(lines)
        if count:
            speed(posts(lines, count))
    return 2 if wrong or not lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
