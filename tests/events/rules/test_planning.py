"""The bounds of a plan."""

from __future__ import annotations

from datetime import date, time

import pytest

from events.rules.breaks import Pause
from events.rules.planning import (
    PlanRefusal,
    capacity_fault,
    day_fault,
    length_fault,
    pause_fault,
    rhythm_fault,
)
from events.rules.recurrence import Rhythm

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("minutes", "community", "fault"),
    [
        (0, False, PlanRefusal.TOO_SHORT),
        (1, False, None),
        (1440, False, None),
        (1441, False, PlanRefusal.TOO_LONG),
        (1441, True, None),
        (10_080, True, None),
        (10_081, True, PlanRefusal.TOO_LONG),
    ],
)
def test_a_length_is_a_minute_to_a_day_or_a_week(minutes, community, fault):
    assert length_fault(minutes, community=community) == fault


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (date(2020, 12, 31), PlanRefusal.TOO_FAR_BACK),
        (date(2021, 1, 1), None),
        (date(2028, 12, 31), None),
        (date(2029, 1, 1), PlanRefusal.TOO_FAR_AHEAD),
    ],
)
def test_a_day_is_within_the_calendars_reach(day, fault):
    assert day_fault(day, TODAY) == fault


@pytest.mark.parametrize(
    ("capacity", "fault"),
    [
        (None, None),
        (0, None),
        (10_000, None),
        (-1, PlanRefusal.CAPACITY),
        (10_001, PlanRefusal.CAPACITY),
    ],
)
def test_seats_are_none_to_ten_thousand(capacity, fault):
    assert capacity_fault(capacity) == fault


@pytest.mark.parametrize(
    ("values", "cohort", "fault"),
    [
        ({}, False, None),
        ({}, True, PlanRefusal.COHORT_NEEDS_END),
        ({"until": TODAY}, True, None),
        ({"until": date(2026, 11, 22)}, False, PlanRefusal.ENDS_BEFORE_START),
        ({"until": date(2029, 1, 1)}, False, PlanRefusal.TOO_FAR_AHEAD),
        ({"starts_on": date(2020, 1, 1)}, False, PlanRefusal.TOO_FAR_BACK),
        ({"starts_on": date(2020, 1, 1), "until": TODAY}, False, PlanRefusal.TOO_FAR_BACK),
        ({"interval": 52}, False, None),
        ({"interval": 53}, False, PlanRefusal.TOO_FAR_APART),
    ],
)
def test_a_rhythm_stays_within_reach_and_a_cohorts_ends(values, cohort, fault):
    rhythm = Rhythm(**({"starts_on": TODAY, "start_time": time(9), "weekdays": (0,)} | values))
    assert rhythm_fault(rhythm, TODAY, cohort=cohort) == fault


def test_pauses_end_after_they_began_and_are_few() -> None:
    day = date(2026, 12, 20)
    good = Pause(day, day)
    assert pause_fault(()) is None
    assert pause_fault((good,)) is None
    assert pause_fault((Pause(day, date(2026, 12, 19)),)) == PlanRefusal.PAUSE
    assert pause_fault((good,) * 13) == PlanRefusal.PAUSE
