"""A copied rhythm keeps its days and how many dates it has."""

from __future__ import annotations

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from events.rules.copying import begun_on
from events.rules.recurrence import Rhythm, Unit, local_starts

SIX_TUESDAYS = Rhythm(date(2026, 11, 3), time(18, 30), (1,), until=date(2026, 12, 8))


def test_six_dates_stay_six_from_any_day_on() -> None:
    copied = begun_on(SIX_TUESDAYS, date(2027, 1, 7))
    starts = [one.date() for one in local_starts(copied, date(2027, 1, 1), date(2027, 12, 31))]
    assert len(starts) == 6
    assert starts[0] == date(2027, 1, 12)
    assert copied.until == starts[-1]


def test_what_goes_on_goes_on() -> None:
    rhythm = Rhythm(date(2026, 11, 3), time(18, 30), (1,), interval=2)
    assert begun_on(rhythm, date(2027, 1, 5)) == Rhythm(
        date(2027, 1, 5), time(18, 30), (1,), interval=2
    )


def test_a_rhythm_without_a_date_stays_without() -> None:
    none = Rhythm(date(2026, 11, 4), time(18, 30), (1,), until=date(2026, 11, 5))
    assert begun_on(none, date(2027, 1, 7)).until == date(2027, 1, 7)


@given(
    days=st.sets(st.integers(0, 6), min_size=1),
    interval=st.integers(1, 5),
    length=st.integers(0, 300),
    shift=st.integers(-400, 400),
    monthly=st.booleans(),
)
def test_as_many_dates_as_before(
    days: set[int], interval: int, length: int, shift: int, monthly: bool
) -> None:
    start = date(2026, 11, 3)
    until = date.fromordinal(start.toordinal() + length)
    rhythm = Rhythm(
        start,
        time(9),
        tuple(days),
        interval,
        until,
        Unit.MONTH if monthly else Unit.WEEK,
        (1, -1) if monthly else (),
    )
    copied = begun_on(rhythm, date.fromordinal(start.toordinal() + shift))
    before = len(list(local_starts(rhythm, date.min, date.max)))
    assert copied.until is not None
    after = list(local_starts(copied, date.min, date.max))
    if before:
        assert len(after) == before
