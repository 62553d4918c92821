"""The example moves with the calendar: its first launch lies within the week that begins today, whenever that is.

Everything dated moves by whole weeks, so weekdays stay true: campaigns, dated rows of the SOP, past posts, and days written in
their texts and in scripts. What is tied to a day that does not move (双12, a solar term) is dropped or renamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile

from content_calendar.errors import CalendarError
from content_calendar.workbook.content import (
    CampaignRow,
    PastRow,
    ScriptRow,
    SopLine,
    WorkbookContent,
)
from content_calendar.workbook.keys import campaign_code
from content_calendar.workbook.reading import read
from content_calendar.workbook.shift_text import FIXED, drop_trade_words, move_dates, nearest_term, term_in
from content_calendar.workbook.writing import write
from content_calendar.zones import place, zone

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "沐禾.xlsx"


def shifted(path: Path, out: Path, *, today: date) -> int:
    """Write the workbook at ``path`` to ``out`` so that its first 新品开售 starts within [today, today + 6 days].

    Returns by how many weeks it moved (0: a plain copy; negative: back). CalendarError when it cannot be read or written.
    """
    reading = read(path, today=today)
    if reading.content is None:
        raise CalendarError(
            f"示例工作簿读不了：{reading.errors[0].message}", code="example.unreadable",
            english=f"The example workbook cannot be read: {reading.errors[0].english}",
        )  # fmt: skip
    weeks = weeks_to_move(reading.content, today)
    if weeks:
        write(_Shift(reading.content, weeks).run(), out)
        return weeks
    try:
        copyfile(path, out)
    except OSError as error:
        raise CalendarError(
            f"写不了「{out}」，请换个位置再试。", code="export.path", english=f"Cannot write {out}."
        ) from error
    return 0


def weeks_to_move(content: WorkbookContent, today: date) -> int:
    """Whole weeks (maybe negative) that bring the first launch into the week that begins ``today``."""
    where = zone(content.brand.zone)
    campaigns = content.campaigns or ()
    starts = [item.start_at for item in campaigns if item.kind == "launch"] or [
        item.start_at for item in campaigns
    ]
    if not starts:
        return 0
    first = min(starts).astimezone(where).date()
    return -((first - today).days // 7)


class _Shift:
    """Moves one content by ``weeks``."""

    def __init__(self, content: WorkbookContent, weeks: int) -> None:
        self.content, self.weeks = content, weeks
        self.by = timedelta(weeks=weeks)
        self.zone = zone(content.brand.zone)
        starts = [item.start_at.astimezone(self.zone).date() for item in content.campaigns or ()]
        self.near = min(starts)

    def run(self) -> WorkbookContent:
        """The content after the move."""
        content = self.content
        return replace(
            content,
            campaigns=tuple(self._campaign(item) for item in content.campaigns or ()),
            sop=tuple(self._sop(item) for item in content.sop),
            scripts=tuple(self._script(item) for item in content.scripts or ()),
            past=tuple(moved for item in content.past or () for moved in self._past(item)),
        )

    def _text(self, text: str, near: date | None = None) -> str:
        return drop_trade_words(move_dates(text, self.weeks, near or self.near))

    def _campaign(self, item: CampaignRow) -> CampaignRow:
        name = self._text(item.name)
        return replace(
            item, name=name, code=campaign_code(name), rules=self._text(item.rules), gift=self._text(item.gift),
            prizes=self._text(item.prizes), start_at=self._instant(item.start_at), end_at=self._instant(item.end_at),
            warmup_at=None if item.warmup_at is None else self._instant(item.warmup_at),
        )  # fmt: skip

    def _instant(self, instant: datetime) -> datetime:
        wall = instant.astimezone(self.zone)
        return place(wall.date() + self.by, wall.time(), self.zone).instant

    def _sop(self, item: SopLine) -> SopLine:
        if "dates" not in item.cycle_rule:
            return replace(item, theme=self._text(item.theme), remark=self._text(item.remark))
        days = [date.fromisoformat(day) for day in item.cycle_rule["dates"]]
        near, moved = days[0], [day + self.by for day in days]
        theme, remark = self._text(item.theme, near), self._text(item.remark, near)
        term = term_in(theme) if item.kind == "festival" else None
        if term is not None:
            day, name = nearest_term(moved[0])
            moved, theme, remark = [day], theme.replace(term, name), remark.replace(term, name)
        written = [day.isoformat() for day in moved]
        return replace(
            item, cycle="、".join(written), cycle_rule={"dates": written}, theme=theme, remark=remark
        )

    def _script(self, item: ScriptRow) -> ScriptRow:
        return replace(
            item, question=self._text(item.question), answer=self._text(item.answer), taboo=self._text(item.taboo),
            escalate_to=self._text(item.escalate_to),
        )  # fmt: skip

    def _past(self, item: PastRow) -> Iterator[PastRow]:
        """The past post after the move; none for one that speaks of a day that does not move."""
        if not FIXED.search(item.text):
            yield replace(item, day=item.day + self.by, text=self._text(item.text, item.day))
