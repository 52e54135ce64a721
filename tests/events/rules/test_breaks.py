"""A series leaves out its pauses, and does on holidays what it was told to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from events.holiday_calendars import calendar_is_known, holidays_between
from events.rules.breaks import (
    NO_BREAKS,
    Breaks,
    HolidayPolicy,
    Pause,
    last_of,
    planned_dates,
)
from events.rules.recurrence import Rhythm, Unit, local_starts
from tests.events.rules.rhythms import any_rhythm

FIRST, LAST = date(2026, 11, 1), date(2027, 1, 31)
THURSDAYS = Rhythm(FIRST, time(18, 30), (3,))
THANKSGIVING = date(2026, 11, 26)
US = holidays_between("US", FIRST, LAST)


def starts(breaks: Breaks, rhythm: Rhythm = THURSDAYS) -> list[datetime]:
    return [one.starts for one in planned_dates(rhythm, breaks, FIRST, LAST)]


def test_a_pause_has_no_dates_and_both_its_days_are_in_it() -> None:
    pause = Pause(date(2026, 12, 24), date(2027, 1, 7))
    left = starts(Breaks((pause,)))
    assert [one.date().day for one in left if one.month != 11] == [3, 10, 17, 14, 21, 28]


def test_a_holiday_is_left_out_or_kept_or_asked_about() -> None:
    assert THANKSGIVING in US
    skipped = starts(Breaks(policy=HolidayPolicy.SKIP, holidays=US))
    kept = starts(Breaks(policy=HolidayPolicy.KEEP, holidays=US))
    assert set(kept) - set(skipped) == {datetime.combine(THANKSGIVING, time(18, 30))}
    asked = planned_dates(THURSDAYS, Breaks(policy=HolidayPolicy.ASK, holidays=US), FIRST, LAST)
    assert [one.starts.date() for one in asked if one.holiday] == [THANKSGIVING]


def test_a_holiday_moves_to_the_next_day_that_is_free() -> None:
    day_after = THANKSGIVING + timedelta(days=1)
    breaks = Breaks((Pause(day_after, day_after),), HolidayPolicy.MOVE, US)
    moved = [
        one for one in planned_dates(THURSDAYS, breaks, FIRST, LAST) if one.starts != one.original
    ]
    assert [one.starts.date() for one in moved] == [THANKSGIVING + timedelta(days=2)]


def test_a_holiday_without_a_free_day_within_a_week_is_left_out() -> None:
    daily = Rhythm(FIRST, time(7), unit=Unit.DAY)
    breaks = Breaks(policy=HolidayPolicy.MOVE, holidays=US)
    assert len(starts(breaks, daily)) == len(starts(NO_BREAKS, daily)) - len(
        [day for day in US if FIRST <= day <= LAST]
    )


def test_calendars_of_the_united_states_california_and_mexico() -> None:
    assert all(calendar_is_known(one) for one in ("US", "US-CA", "MX"))
    assert not any(calendar_is_known(one) for one in ("", "ZZ", "US-ZZ", "us"))
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 3, 31) in holidays_between("US-CA", *year)  # César Chávez
    assert date(2026, 9, 16) in holidays_between("MX", *year)  # Independencia
    assert date(2026, 9, 16) not in holidays_between("US", *year)
    assert date(2026, 7, 3) not in holidays_between("US", *year)  # the 4th is merely observed
    assert holidays_between("", *year) == {}


@given(any_rhythm(st.dates(FIRST, LAST), ends=st.none()), st.integers(1, 30))
def test_a_number_of_dates_ends_on_the_day_of_the_last(rhythm: Rhythm, number: int) -> None:
    breaks = Breaks((Pause(date(2026, 12, 20), date(2027, 1, 5)),))
    last = last_of(rhythm, breaks, number)
    if last is None:
        return
    found = list(planned_dates(rhythm, breaks, FIRST, last))
    assert len(found) == number


def test_a_rhythm_that_never_comes_has_no_last_date() -> None:
    never = Rhythm(date(2027, 2, 1), time(9), (), 12, None, Unit.MONTH, (), (31,))
    assert last_of(never, NO_BREAKS, 1) is None


@given(
    any_rhythm(st.dates(FIRST, LAST), ends=st.none()),
    st.sampled_from(HolidayPolicy),
    st.lists(st.tuples(st.dates(FIRST, LAST), st.integers(0, 20)), max_size=3),
)
def test_a_date_takes_place_on_its_day_or_a_free_one(
    rhythm: Rhythm, policy: HolidayPolicy, spans: list[tuple[date, int]]
) -> None:
    pauses = tuple(Pause(day, day + timedelta(days=more)) for day, more in spans)
    breaks = Breaks(pauses, policy, US)
    ruled = list(local_starts(rhythm, FIRST, LAST))
    for one in planned_dates(rhythm, breaks, FIRST, LAST):
        assert one.original in ruled
        assert not breaks.paused(one.starts.date())
        if policy == HolidayPolicy.SKIP:
            assert one.starts.date() not in US
        if one.starts != one.original:
            assert policy == HolidayPolicy.MOVE
            assert one.starts.date() not in US
            assert one.starts not in ruled
