"""Rhythms of every sort, and what python-dateutil makes of them."""

from __future__ import annotations

from datetime import date, datetime, time

from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, rrule, weekday
from hypothesis import strategies as st

from events.rules.recurrence import Rhythm, Unit

TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found)))
NTHS = st.sets(st.sampled_from([1, 2, 3, 4, 5, -1]), min_size=1).map(tuple)
MONTH_DAYS = st.sets(st.sampled_from([*range(1, 32), -1]), min_size=1, max_size=4).map(tuple)
FREQUENCIES = {Unit.DAY: DAILY, Unit.WEEK: WEEKLY, Unit.MONTH: MONTHLY}


@st.composite
def any_rhythm(
    draw: st.DrawFn,
    starts: st.SearchStrategy[date],
    times: st.SearchStrategy[time] = TIMES,
    most_apart: int = 14,
    ends: st.SearchStrategy[date | None] | None = None,
) -> Rhythm:
    """A rhythm by days, weeks, dates of the month or nth weekdays; twelve months are a year."""
    unit = draw(st.sampled_from(Unit))
    by_date = unit == Unit.MONTH and draw(st.booleans())
    by_weekday = unit == Unit.WEEK or (unit == Unit.MONTH and not by_date)
    return Rhythm(
        draw(starts),
        draw(times),
        draw(WEEKDAYS) if by_weekday else (),
        draw(st.integers(1, most_apart)),
        draw(st.none() | starts if ends is None else ends),
        unit,
        draw(NTHS) if unit == Unit.MONTH and not by_date else (),
        draw(MONTH_DAYS) if by_date else (),
    )


def by_dateutil(rhythm: Rhythm, first: date, last: date) -> list[datetime]:
    """The starts between two local days, by python-dateutil."""
    weekdays = [weekday(day, nth) for nth in rhythm.nths or (None,) for day in rhythm.weekdays]
    rule = rrule(
        FREQUENCIES[rhythm.unit],
        dtstart=datetime.combine(rhythm.starts_on, rhythm.start_time),
        interval=rhythm.interval,
        byweekday=weekdays or None,
        bymonthday=rhythm.month_days or None,
        wkst=MO,
        until=datetime.combine(rhythm.until, time.max) if rhythm.until else None,
    )
    return rule.between(
        datetime.combine(first, time.min), datetime.combine(last, time.max), inc=True
    )
