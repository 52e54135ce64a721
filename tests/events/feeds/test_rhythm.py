"""The rhythm against dateutil, which knows RRULE by heart."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from events.feeds.rhythm import after, before, count, days_between, has, rule_parts
from events.rules.recurrence import Rhythm, Unit
from tests.events.rules.rhythms import any_rhythm, by_dateutil

FAR = timedelta(days=10 * 366)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
rhythms = any_rhythm(days, most_apart=5)


def days_of(rhythm: Rhythm, first: date, last: date) -> list[date]:
    return [start.date() for start in by_dateutil(rhythm, first, last)]


@given(rhythms, days, st.integers(0, 500))
def test_dates_are_those_of_the_rule(rhythm, first, length):
    last = first + timedelta(days=length)
    expected = days_of(rhythm, first, last)
    assert list(days_between(rhythm, first, last)) == expected
    assert count(rhythm, first, last) == len(expected)
    assert all(has(rhythm, day) for day in expected)


@given(rhythms, days)
def test_neighbours_and_membership(rhythm, day):
    far = max(day, rhythm.starts_on) + FAR
    known = days_of(rhythm, rhythm.starts_on, far)
    assert has(rhythm, day) == (day in known)
    assert before(rhythm, day) == max((one for one in known if one < day), default=None)
    assert after(rhythm, day) == min((one for one in known if one > day), default=None)


@given(any_rhythm(days, most_apart=36))
def test_the_rule_that_is_sent_says_the_same_dates(rhythm):
    known = by_dateutil(rhythm, rhythm.starts_on, rhythm.starts_on + FAR)[:20]
    if not known:
        return
    sent = rrulestr("RRULE:" + ";".join(rule_parts(rhythm)), dtstart=known[0])
    until = datetime.combine(rhythm.until, known[0].time()) if rhythm.until else datetime.max
    assert [start for start in sent.xafter(known[0], len(known), inc=True) if start <= until] == (
        known
    )


def test_twelve_months_are_said_as_a_year():
    thanksgiving = Rhythm(date(2026, 11, 26), datetime.min.time(), (3,), 12, None, Unit.MONTH, (4,))
    assert ";".join(rule_parts(thanksgiving)) == "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"


def test_a_day_that_some_years_lack_is_said_by_months():
    leap = Rhythm(date(2028, 2, 29), datetime.min.time(), (), 48, None, Unit.MONTH, (), (29,))
    assert ";".join(rule_parts(leap)) == "FREQ=MONTHLY;INTERVAL=48;BYMONTHDAY=29"
