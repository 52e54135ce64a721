"""A changed rhythm takes its dates along: nobody's sign-up is lost, nothing is made twice."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.breaks import NO_BREAKS, PlannedDate, planned_dates
from events.rules.recurrence import Rhythm, Unit, local_starts
from events.rules.replanning import Choice, Fate, StandingDate, Step, replan

FIRST = date(2027, 1, 4)  # a Monday
LAST = FIRST + timedelta(days=83)
TUESDAYS = Rhythm(FIRST, time(18), (1,))
WEDNESDAYS = Rhythm(FIRST, time(18), (2,))


def standing(rhythm: Rhythm, *, people: tuple[int, ...] = (), **more: object) -> list[StandingDate]:
    return [
        StandingDate(number, start, start, people=number in people, **more)  # type: ignore[arg-type]
        for number, start in enumerate(local_starts(rhythm, FIRST, LAST))
    ]


def planned(rhythm: Rhythm) -> list[PlannedDate]:
    return list(planned_dates(rhythm, NO_BREAKS, FIRST, LAST))


def fates(steps: list[Step]) -> set[Fate]:
    return {step.fate for step in steps}


def test_the_same_rhythm_changes_nothing() -> None:
    assert fates(replan(standing(TUESDAYS), planned(TUESDAYS), TUESDAYS)) == {Fate.SAME}


def test_another_day_moves_each_date_within_its_week() -> None:
    steps = replan(standing(TUESDAYS, people=(3,)), planned(WEDNESDAYS), WEDNESDAYS)
    assert fates(steps) == {Fate.MOVED}
    assert all(one.starts - one.old.starts == timedelta(days=1) for one in steps if one.old)


def test_another_day_of_the_month_moves_each_date_within_its_month() -> None:
    second = Rhythm(FIRST, time(18), (1,), unit=Unit.MONTH, nths=(2,))
    fourth = Rhythm(FIRST, time(18), (3,), unit=Unit.MONTH, nths=(4,))
    assert fates(replan(standing(second), planned(fourth), fourth)) == {Fate.MOVED}


def test_every_other_week_drops_only_dates_without_people() -> None:
    rare = Rhythm(FIRST, time(18), (1,), interval=2)
    steps = replan(standing(TUESDAYS, people=(1, 3)), planned(rare), rare)
    left = {step.old.id: step.fate for step in steps if step.old}
    assert (left[1], left[3], left[5]) == (Fate.KEPT, Fate.KEPT, Fate.DROPPED)
    assert left[0] == left[2] == Fate.SAME


def test_a_date_with_people_can_stay_when_it_is() -> None:
    steps = replan(
        standing(TUESDAYS, people=(2,)), planned(WEDNESDAYS), WEDNESDAYS, choices={2: Choice.KEEP}
    )
    kept = [step for step in steps if step.fate == Fate.KEPT]
    assert [step.starts.weekday() for step in kept] == [1]
    assert len(steps) == len(planned(WEDNESDAYS))  # that week has no second date


@pytest.mark.parametrize(("new", "added"), [(WEDNESDAYS, 1), (TUESDAYS, 0)])
def test_a_date_with_people_can_be_cancelled(new: Rhythm, added: int) -> None:
    steps = replan(standing(TUESDAYS, people=(2,)), planned(new), new, choices={2: Choice.CANCEL})
    assert sum(step.fate == Fate.CANCELLED for step in steps) == 1
    assert sum(step.fate == Fate.ADDED for step in steps) == added


def test_a_date_without_a_place_in_the_new_rhythm_can_be_cancelled() -> None:
    steps = replan(standing(TUESDAYS, people=(2,)), [], TUESDAYS, choices={2: Choice.CANCEL})
    assert fates(steps) == {Fate.DROPPED, Fate.CANCELLED}


def test_a_date_moved_by_hand_stays_where_it_was_put() -> None:
    later = Rhythm(FIRST, time(19), (1,))
    start = datetime.combine(FIRST + timedelta(days=1), time(18))
    by_hand = StandingDate(1, start, start + timedelta(days=2), by_hand=True)
    (first, *_rest) = replan([by_hand], planned(later), later)
    assert first.fate == Fate.ADDED or first.old == by_hand
    assert [step.starts for step in replan([by_hand], planned(later)[:1], later)] == [
        by_hand.starts
    ]
    back = StandingDate(1, start, datetime.combine(start.date(), time(19)), by_hand=True)
    assert fates(replan([back], planned(later)[:1], later)) == {Fate.SAME}


def test_a_date_that_has_begun_is_history() -> None:
    begun = StandingDate(1, *[datetime.combine(FIRST + timedelta(days=1), time(18))] * 2, over=True)
    assert fates(replan([begun], planned(WEDNESDAYS)[:1], WEDNESDAYS)) == {Fate.KEPT}
    assert fates(replan([begun], [], WEDNESDAYS)) == {Fate.KEPT}


def test_a_start_that_another_date_has_is_not_made_twice() -> None:
    taken = {one.original for one in planned(TUESDAYS)[:2]}
    steps = replan([], planned(TUESDAYS), TUESDAYS, taken=taken)
    assert len(steps) == len(planned(TUESDAYS)) - 2


def test_a_step_without_dates_is_none() -> None:
    with pytest.raises(ValueError, match="before or after"):
        _ = Step(Fate.DROPPED).starts


weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
rhythms = st.builds(
    Rhythm,
    starts_on=st.just(FIRST),
    start_time=st.sampled_from([time(9), time(18)]),
    weekdays=weekdays,
    interval=st.integers(1, 3),
)


@given(
    rhythms,
    rhythms,
    st.sets(st.integers(0, 83)),
    st.dictionaries(st.integers(0, 83), st.sampled_from(Choice)),
)
def test_nothing_with_people_is_dropped_and_each_date_goes_one_way(
    old: Rhythm, new: Rhythm, people: set[int], choices: dict[int, Choice]
) -> None:
    before = standing(old, people=tuple(people))
    wanted = planned(new)
    steps = replan(before, wanted, new, choices=choices)
    assert sorted(step.old.id for step in steps if step.old) == [one.id for one in before]
    reached = [step.new for step in steps if step.new]
    assert sorted(reached, key=lambda one: one.original) == wanted
    for step in steps:
        if step.old and step.old.people:
            assert step.fate != Fate.DROPPED
            if step.fate == Fate.CANCELLED:
                assert choices[step.old.id] == Choice.CANCEL
