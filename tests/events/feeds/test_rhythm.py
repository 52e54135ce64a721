"""The rhythm against dateutil, which knows RRULE by heart."""

from datetime import date, datetime, timedelta

from dateutil.rrule import MO, WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from events.feeds.rhythm import Rhythm

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def rhythms(draw):
    starts_on = draw(days)
    weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    until = draw(st.none() | st.dates(starts_on, starts_on + timedelta(days=400)))
    return Rhythm(starts_on, weekdays, draw(st.integers(1, 5)), until)


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
    assert list(rhythm.between(first, last)) == expected
    assert rhythm.count(first, last) == len(expected)
    assert all(rhythm.has(day) for day in expected)


@given(rhythms(), days)
def test_neighbours_and_membership(rhythm, day):
    known = by_dateutil(rhythm, max(day, rhythm.starts_on) + timedelta(days=100))
    assert rhythm.has(day) == (day in known)
    assert rhythm.before(day) == max((one for one in known if one < day), default=None)
    assert rhythm.after(day) == min((one for one in known if one > day), default=None)
