"""A series in plain words: `Every other Tuesday, 6:30 pm – 8:00 pm, until June 30`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from core import display
from events.models import Series

A_MONDAY = date(2024, 1, 1)


def _weekdays(numbers: list[int]) -> str:
    names = [
        display.in_sentence(display.weekday_name(A_MONDAY + timedelta(days=number)))
        for number in sorted(numbers)
    ]
    if len(names) == 7:
        return _("day")
    if len(names) == 1:
        return names[0]
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def _times(series: Series) -> str:
    starts = datetime.combine(A_MONDAY, series.start_time)
    if not series.end_known:
        return display.clock(starts)
    ends = starts + timedelta(minutes=series.duration_minutes)
    return f"{display.clock(starts)} – {display.clock(ends)}"


def rhythm_in_words(series: Series) -> str:
    """How often, at what time and until when."""
    days, times = _weekdays(series.weekdays), _times(series)
    if series.interval == 1:
        words = _("Every %(days)s, %(times)s", days=days, times=times)
    elif series.interval == 2:
        words = _("Every other %(days)s, %(times)s", days=days, times=times)
    else:
        words = str(
            ngettext(
                "Every week on %(days)s, %(times)s",
                "Every %(num)s weeks on %(days)s, %(times)s",
                series.interval,
                days=days,
                times=times,
            )
        )
    if series.until is None:
        return words
    return _(
        "%(rhythm)s, until %(day)s",
        rhythm=words,
        day=display.in_sentence(display.long_date(series.until)),
    )
