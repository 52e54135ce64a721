"""The dates a form would make, shown before they are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from core import display
from events.rules.breaks import PlannedDate
from events.rules.recurrence import to_utc
from events.series import SeriesPlan, breaks_of_plan, planned_of
from events.views.rhythms import breaks_in_words, plan_in_words

MOST_SHOWN = 12
YEARS_SHOWN = 3


@dataclass(frozen=True)
class PreviewDate:
    """One date to be, in words; `notes` say what is special about it."""

    iso: str
    day: str
    time: str
    notes: tuple[str, ...]
    conflict: bool = False


@dataclass(frozen=True)
class Preview:
    """What a form would make: its rhythms in words and the next dates."""

    rhythms: tuple[str, ...]
    breaks: tuple[str, ...]
    dates: tuple[PreviewDate, ...]
    more: bool


@dataclass(frozen=True)
class _Coming:
    planned: PlannedDate
    minutes: int
    all_day: bool
    note: str = ""


def _of_series(plan: SeriesPlan, today: date) -> Iterator[_Coming]:
    first = max(plan.rhythm.starts_on, today)
    last = first + timedelta(days=366 * YEARS_SHOWN)
    holidays = breaks_of_plan(plan, first, last).holidays
    for one in planned_of(plan, first, last)[: MOST_SHOWN + 1]:
        name = holidays.get(one.original.date(), "")
        note = ""
        if one.starts != one.original:
            day = display.in_sentence(display.day_and_month(one.original.date()))
            note = _("instead of %(day)s (%(holiday)s)", day=day, holiday=name)
        elif one.holiday:
            note = _("%(holiday)s: you will be asked", holiday=name)
        yield _Coming(one, plan.minutes, plan.all_day, note)


def _clock_note(starts: datetime, timezone: str) -> str:
    """A time that the clocks skip or show twice is named."""
    local = display.local(to_utc(starts, timezone), timezone)
    if local.replace(tzinfo=None) != starts:
        return str(
            _("The clocks skip that time; it starts at %(time)s.", time=display.clock(local))
        )
    return ""


def _words(one: _Coming, timezone: str) -> PreviewDate:
    starts = one.planned.starts
    time = _("All day") if one.all_day else display.clock(starts)
    clock_note = "" if one.all_day else _clock_note(starts, timezone)
    notes = [one.note, clock_note]
    return PreviewDate(
        starts.date().isoformat(),
        display.long_date(starts.date()),
        time,
        tuple(note for note in notes if note),
    )


def preview(
    series: Sequence[SeriesPlan],
    singles: Sequence[datetime],
    *,
    minutes: int,
    all_day: bool,
    timezone: str,
    today: date,
) -> Preview:
    """The next dates of series and single dates, by the wall clock of `timezone`.

    Args:
        today: the first local day shown of a series.
    """
    coming = [one for plan in series for one in _of_series(plan, today)]
    coming += [_Coming(PlannedDate(one, one), minutes, all_day) for one in singles]
    coming.sort(key=lambda one: one.planned.starts)
    shown = coming[:MOST_SHOWN]
    return Preview(
        tuple(plan_in_words(plan) for plan in series),
        tuple(breaks_in_words(series[0])) if series else (),
        tuple(_words(one, timezone) for one in shown),
        len(coming) > MOST_SHOWN,
    )
