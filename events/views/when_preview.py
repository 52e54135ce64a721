"""The dates a form would make, shown before they are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from core import display
from events.conflicts import Conflict, Sort, conflicts_of, leaders_of
from events.horizon import ends_of
from events.models import Event, Mode
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
class Booked:
    """What dates to be would want: a place, a room there, people. `event_id` is the event they
    belong to, whose other dates are no conflict."""

    venue_id: int | None = None
    room_id: int | None = None
    people: tuple[int, ...] = ()
    event_id: int | None = None


NOTHING = Booked()


def booked_by(event: Event, venue_id: int | None = None) -> Booked:
    """What more dates of an event would want; `venue_id` is a place of their own."""
    place = None if event.mode == Mode.ONLINE else venue_id or event.venue_id
    room = event.room_id if place == event.venue_id else None
    return Booked(place, room, tuple(leaders_of(event.id)), event.id)


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


def _moment(one: _Coming, timezone: str) -> tuple[datetime, datetime]:
    starts = one.planned.starts
    return to_utc(starts, timezone), ends_of(starts, one.minutes, timezone, all_day=one.all_day)


def _conflict_note(conflict: Conflict) -> str:
    """What a date would collide with."""
    starts = display.local(conflict.starts_at, conflict.timezone)
    words = (
        _("%(name)s is taken by “%(title)s” at %(time)s")
        if conflict.sort == Sort.PLACE
        else _("%(name)s leads “%(title)s” at %(time)s")
    )
    return str(words) % {
        "name": conflict.name,
        "title": conflict.title,
        "time": display.clock(starts),
    }


def _words(one: _Coming, timezone: str, conflicts: Sequence[Conflict]) -> PreviewDate:
    starts = one.planned.starts
    time = _("All day") if one.all_day else display.clock(starts)
    clock_note = "" if one.all_day else _clock_note(starts, timezone)
    notes = [one.note, clock_note, *(_conflict_note(conflict) for conflict in conflicts)]
    return PreviewDate(
        starts.date().isoformat(),
        display.long_date(starts.date()),
        time,
        tuple(note for note in notes if note),
        bool(conflicts),
    )


def preview(
    series: Sequence[SeriesPlan],
    singles: Sequence[datetime],
    *,
    minutes: int,
    all_day: bool,
    timezone: str,
    today: date,
    booked: Booked = NOTHING,
) -> Preview:
    """The next dates of series and single dates, by the wall clock of `timezone`.

    Args:
        today: the first local day shown of a series.
        booked: the place and the people that the dates would want.
    """
    coming = [one for plan in series for one in _of_series(plan, today)]
    coming += [_Coming(PlannedDate(one, one), minutes, all_day) for one in singles]
    coming.sort(key=lambda one: one.planned.starts)
    shown = coming[:MOST_SHOWN]
    moments = [_moment(one, timezone) for one in shown]
    conflicts = conflicts_of(
        moments,
        venue_id=booked.venue_id,
        room_id=booked.room_id,
        people=booked.people,
        ignore_event=booked.event_id,
    )
    return Preview(
        tuple(plan_in_words(plan) for plan in series),
        tuple(breaks_in_words(series[0])) if series else (),
        tuple(
            _words(one, timezone, [found for found in conflicts if found.overlaps(*moment)])
            for one, moment in zip(shown, moments, strict=True)
        ),
        len(coming) > MOST_SHOWN,
    )
