"""Calendar pages show the right days, and exist for seven years."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.calendar_span import (
    Span,
    in_range,
    month_span,
    part_of_day,
    week_span,
    whole_weeks,
)
from events.rules.planning import horizon


@given(st.integers(1990, 2100), st.integers(1, 12), st.integers(0, 6))
def test_a_month_in_whole_weeks_is_the_calendar_s_own(year: int, month: int, first: int) -> None:
    shown = whole_weeks(month_span(year, month), first)
    expected = list(Calendar(first).itermonthdates(year, month))
    assert list(shown.days()) == expected
    assert [day for week in shown.weeks() for day in week] == expected
    assert all(len(week) == 7 for week in shown.weeks())


@given(st.dates(date(1990, 1, 1), date(2100, 12, 20)))
def test_every_day_is_in_its_iso_week(day: date) -> None:
    year, week, weekday = day.isocalendar()
    span = week_span(year, week)
    assert span.first + timedelta(days=weekday - 1) == day
    assert span.last - span.first == timedelta(days=6)


def test_there_is_no_thirteenth_month_and_no_week_54() -> None:
    with pytest.raises(ValueError, match="month"):
        month_span(2026, 13)
    with pytest.raises(ValueError, match="week"):
        week_span(2026, 54)


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2020, 12, 31), False),
        (date(2021, 1, 1), True),
        (date(2028, 12, 31), True),
        (date(2029, 1, 1), False),
    ],
)
def test_pages_go_five_years_back_and_two_ahead(day: date, there: bool) -> None:
    assert in_range(day, date(2026, 11, 23)) is there


def test_a_day_has_five_parts() -> None:
    parts = [part_of_day(hour) for hour in range(24)]
    assert parts == (
        ["night"] * 5 + ["morning"] * 6 + ["midday"] * 3 + ["afternoon"] * 3 + ["evening"] * 7
    )


def test_one_day_is_a_span() -> None:
    day = date(2026, 2, 28)
    assert list(Span(day, day).days()) == [day]


def test_dates_are_made_a_year_and_a_half_ahead() -> None:
    assert horizon(date(2026, 11, 23)) == date(2028, 5, 24)
