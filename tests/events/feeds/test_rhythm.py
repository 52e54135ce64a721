"""The rhythm against dateutil, which knows RRULE by heart."""

from datetime import date, datetime, time, timedelta

from dateutil.rrule import MO, WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from events.feeds.rhythm import after, before, count, days_between, has
from events.rules.recurrence import Rhythm

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def rhythms(draw):
    starts_on = draw(days)
    weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    until = draw(st.none() | st.dates(starts_on, starts_on + timedelta(days=400)))
    return Rhythm(starts_on, time(18, 30), weekdays, draw(st.integers(1, 5)), until)


def by_dateutil(rhythm: Rhythm, last: date) -> list[date]:
    last = min(last, rhythm.until or last)
    rule = rrule(
        WEEKLY,
        dtstart=datetime.combine(rhythm.starts_on, datetime.min.time()),
        until=datetime.combine(last, datetime.min.time()),
        interval=rhythm.interval,
        byweekday=rhythm.weekdays,
        wkst=MO,
    )
    return [moment.date() for moment in rule]


@given(rhythms(), days, st.integers(0, 500))
def test_dates_are_those_of_the_rule(rhythm, first, length):
    last = first + timedelta(days=length)
    expected = [day for day in by_dateutil(rhythm, last) if first <= day <= last]
    assert list(days_between(rhythm, first, last)) == expected
    assert count(rhythm, first, last) == len(expected)
    assert all(has(rhythm, day) for day in expected)


@given(rhythms(), days)
def test_neighbours_and_membership(rhythm, day):
    known = by_dateutil(rhythm, max(day, rhythm.starts_on) + timedelta(days=100))
    assert has(rhythm, day) == (day in known)
    assert before(rhythm, day) == max((one for one in known if one < day), default=None)
    assert after(rhythm, day) == min((one for one in known if one > day), default=None)
