"""The rhythm of a series, checked against python-dateutil and the zone database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from dateutil.tz import datetime_ambiguous, datetime_exists, gettz, resolve_imaginary
from hypothesis import example, given
from hypothesis import strategies as st

from events.rules.recurrence import Rhythm, Unit, key_of, local_starts, parse_key, to_utc
from tests.events.rules.rhythms import any_rhythm, by_dateutil

TUESDAY = date(2026, 11, 3)
ZONES = (
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",
    "Europe/Dublin",
    "Pacific/Apia",  # skipped a whole day in 2011
    "UTC",
)
days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
# dateutil reads only the 32-bit part of a zone's data, which ends in January 2038.
moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1))
rhythms = any_rhythm(days)


@given(rhythms, days, st.integers(0, 1500))
@example(Rhythm(date(2026, 11, 5), time(9), (0, 3), 2), date(2026, 11, 1), 60)
@example(Rhythm(date(2024, 2, 29), time(9), (), 12, None, Unit.MONTH, (), (29,)), TUESDAY, 1500)
@example(Rhythm(TUESDAY, time(9), (1,), 1, None, Unit.MONTH, (5,)), TUESDAY, 400)
@example(Rhythm(TUESDAY, time(9), (), 1, None, Unit.MONTH, (), (31, -1)), TUESDAY, 400)
def test_a_rhythm_agrees_with_the_rule_calendar_programs_follow(rhythm, first, span):
    last = first + timedelta(days=span)
    assert list(local_starts(rhythm, first, last)) == by_dateutil(rhythm, first, last)


@given(rhythms, days, st.integers(0, 400), st.integers(0, 400))
def test_dates_in_two_parts_are_the_dates_in_one(rhythm, first, one, two):
    middle = first + timedelta(days=one)
    last = middle + timedelta(days=two)
    parts = [
        *local_starts(rhythm, first, middle),
        *local_starts(rhythm, middle + timedelta(days=1), last),
    ]
    assert parts == list(local_starts(rhythm, first, last))


def test_the_last_day_of_the_calendar_is_no_cliff():
    rhythm = Rhythm(TUESDAY, time(18, 30), (4,))
    found = list(local_starts(rhythm, date(9999, 12, 20), date.max))
    assert found == [datetime(9999, 12, 24, 18, 30), datetime(9999, 12, 31, 18, 30)]


def test_nothing_comes_before_the_start_or_after_the_end():
    rhythm = Rhythm(TUESDAY, time(18, 30), (0, 1), until=date(2026, 11, 10))
    found = [start.date() for start in local_starts(rhythm, date.min, date(2027, 1, 1))]
    assert found == [date(2026, 11, 3), date(2026, 11, 9), date(2026, 11, 10)]


@pytest.mark.parametrize(
    "values",
    [
        {"weekdays": ()},
        {"weekdays": (1, 1)},
        {"weekdays": (7,)},
        {"weekdays": (-1,)},
        {"weekdays": (1,), "interval": 0},
        {"unit": Unit.MONTH},
        {"unit": Unit.MONTH, "weekdays": (1,)},
        {"unit": Unit.MONTH, "weekdays": (1,), "nths": (6,)},
        {"unit": Unit.MONTH, "month_days": (0,)},
        {"unit": Unit.MONTH, "month_days": (15, 15)},
        {"unit": Unit.MONTH, "weekdays": (1,), "nths": (1,), "month_days": (15,)},
    ],
)
def test_a_rhythm_that_could_not_be_met_is_refused(values):
    with pytest.raises(ValueError):
        Rhythm(TUESDAY, time(18, 30), **values)


@given(moments, st.sampled_from(ZONES))
@example(datetime(2027, 3, 14, 2, 30), "America/Los_Angeles")
@example(datetime(2026, 11, 1, 1, 30), "America/Los_Angeles")
@example(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe")
@example(datetime(2011, 12, 30, 12, 0), "Pacific/Apia")
def test_wall_time_becomes_the_moment_another_library_finds(local, timezone):
    other = resolve_imaginary(local.replace(tzinfo=gettz(timezone), fold=0))
    assert to_utc(local, timezone) == other.astimezone(UTC)


@given(moments, st.sampled_from(ZONES))
def test_a_time_that_comes_once_keeps_its_wall_clock(local, timezone):
    zone = gettz(timezone)
    if datetime_exists(local, zone) and not datetime_ambiguous(local, zone):
        back = to_utc(local, timezone).astimezone(ZoneInfo(timezone))
        assert back.replace(tzinfo=None) == local


def test_a_time_the_clocks_skip_moves_forward_by_the_gap():
    moment = to_utc(datetime(2027, 3, 14, 2, 30), "America/Los_Angeles")
    assert moment == datetime(2027, 3, 14, 10, 30, tzinfo=UTC)  # 03:30 daylight time


def test_a_time_that_comes_twice_is_the_first():
    first = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert to_utc(datetime(2026, 11, 1, 1, 30), "America/Los_Angeles") == first
    assert to_utc(datetime(2026, 11, 1, 1, 30, fold=1), "America/Los_Angeles") == first


def test_half_past_six_stays_half_past_six_across_the_change():
    rhythm = Rhythm(date(2026, 10, 27), time(18, 30), (1,))
    moments = [
        to_utc(start, "America/Los_Angeles")
        for start in local_starts(rhythm, date(2026, 10, 27), date(2026, 11, 3))
    ]
    assert [moment.hour for moment in moments] == [1, 2]


def test_an_unknown_zone_is_an_error():
    with pytest.raises(ZoneInfoNotFoundError):
        to_utc(datetime(2026, 11, 3), "America/Nowhere")


@given(st.datetimes().map(lambda t: t.replace(second=0, microsecond=0)))
@example(datetime(1, 1, 1))
@example(datetime.max.replace(second=0, microsecond=0))
def test_a_key_is_read_back(local):
    key = key_of(local)
    assert len(key) == 15
    assert parse_key(key) == local


@pytest.mark.parametrize(
    "key",
    [
        "",
        "2026-11-03",
        "2026-11-03T18:30",
        "2026-11-03T183",
        "2026-11-03T1830 ",
        "2026-11-03T1830\n",
        "2026-02-30T1830",
        "2026-11-03T2400",
        "2026-11-03T1860",
        "0000-11-03T1830",
        "２０２６-11-03T1830",
    ],
)
def test_what_is_no_key_is_nothing(key):
    assert parse_key(key) is None
