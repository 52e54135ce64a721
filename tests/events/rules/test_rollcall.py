from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.rollcall import (
    AttendanceStatus,
    Mark,
    MarkRefusal,
    Outcome,
    Standing,
    count_stands,
    credited_minutes,
    fault,
    opens_at,
    outcome,
)

START = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
NOW = START + timedelta(minutes=20)


def mark(**values: object) -> Mark:
    known = {"id": "a", "marked_at": NOW, "status": "present", "person": 1}
    return Mark(**{**known, **values})  # type: ignore[arg-type]


def judged(one: Mark) -> MarkRefusal | None:
    return fault(one, roster={1, 2}, starts_at=START, now=NOW)


# --- Faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(AttendanceStatus))
def test_every_status_can_be_marked(status: AttendanceStatus) -> None:
    assert judged(mark(status=status.value)) is None


@pytest.mark.parametrize("status", ["", "here", "PRESENT", "present "])
def test_any_other_status_is_refused(status: str) -> None:
    assert judged(mark(status=status)) == MarkRefusal.UNKNOWN_STATUS


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW + timedelta(minutes=15), None),
        (NOW + timedelta(minutes=15, seconds=1), MarkRefusal.IN_THE_FUTURE),
        (START - timedelta(hours=24), None),
        (START - timedelta(hours=24, seconds=1), MarkRefusal.TOO_EARLY),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), MarkRefusal.IN_THE_FUTURE),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), MarkRefusal.TOO_EARLY),
    ],
)
def test_a_mark_is_made_between_a_day_before_the_start_and_now(
    at: datetime, reason: MarkRefusal | None
) -> None:
    assert judged(mark(marked_at=at)) == reason


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        (None, None),
        (0, None),
        (1440, None),
        (-1, MarkRefusal.MINUTES_OUT_OF_RANGE),
        (1441, MarkRefusal.MINUTES_OUT_OF_RANGE),
        (10**30, MarkRefusal.MINUTES_OUT_OF_RANGE),
    ],
)
def test_minutes_fit_into_a_day(minutes: int | None, reason: MarkRefusal | None) -> None:
    assert judged(mark(minutes=minutes)) == reason


def test_someone_who_is_not_on_the_roster_is_refused() -> None:
    assert judged(mark(person=3)) == MarkRefusal.NOT_ON_ROSTER


def test_a_walk_in_needs_a_name() -> None:
    assert judged(mark(person=None, walk_in="Ana")) is None
    assert judged(mark(person=None, walk_in="")) == MarkRefusal.NAME_MISSING
    assert judged(mark(person=None)) == MarkRefusal.NAME_MISSING


# --- What stands ---------------------------------------------------------------------------------


def test_the_first_mark_is_recorded_and_a_known_one_is_a_quiet_success() -> None:
    assert outcome(mark(), known=(), standing=None) == Outcome.RECORDED
    assert outcome(mark(), known={"a"}, standing=Standing("a", NOW)) == Outcome.ALREADY_RECORDED
    assert outcome(mark(), known={"a"}, standing=Standing("b", NOW)) == Outcome.ALREADY_RECORDED


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (Standing("b", NOW - timedelta(seconds=1)), Outcome.RECORDED),
        (Standing("b", NOW + timedelta(seconds=1)), Outcome.SUPERSEDED),
        (Standing("0", NOW), Outcome.RECORDED),
        (Standing("b", NOW), Outcome.SUPERSEDED),
    ],
)
def test_the_latest_mark_stands_and_the_id_breaks_ties(before: Standing, expected: Outcome) -> None:
    assert outcome(mark(), known={before.mark_id}, standing=before) == expected


def record_after(marks: list[Mark]) -> dict[int | None, Mark]:
    """What stands for each person when the marks arrive in this order."""
    stands: dict[int | None, Mark] = {}
    kept: set[str] = set()
    for one in marks:
        latest = stands.get(one.person)
        standing = Standing(latest.id, latest.marked_at) if latest else None
        if outcome(one, known=kept, standing=standing) == Outcome.RECORDED:
            stands[one.person] = one
        kept.add(one.id)
    return stands


marks_of_an_evening = st.lists(
    st.builds(
        Mark,
        id=st.uuids().map(str),
        marked_at=st.integers(0, 3).map(lambda seconds: NOW + timedelta(seconds=seconds)),
        status=st.sampled_from(list(AttendanceStatus)),
        person=st.integers(1, 3),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(st.data())
def test_any_order_and_any_repetition_end_in_the_same_record(data: st.DataObject) -> None:
    marks = data.draw(marks_of_an_evening)
    repeats = data.draw(st.lists(st.sampled_from(marks), max_size=8))
    arriving = data.draw(st.permutations(marks + repeats))
    latest_last = sorted(marks, key=lambda one: (one.marked_at, one.id))
    assert record_after(arriving) == {one.person: one for one in latest_last}


def test_all_orders_of_four_taps_by_two_phones_agree() -> None:
    taps = [
        mark(id=name, marked_at=NOW + timedelta(seconds=second), status=status)
        for name, second, status in (
            ("a1", 0, "present"),
            ("b1", 0, "absent"),
            ("a2", 1, "late"),
            ("b2", 2, "unmarked"),
        )
    ]
    assert {record_after(list(order))[1].id for order in permutations(taps)} == {"b2"}


# --- Head counts and credit ----------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2).map(lambda seconds: NOW + timedelta(seconds=seconds)),
            st.integers(0, 30),
        ),
        min_size=1,
        max_size=6,
    ),
    st.randoms(),
)
def test_the_latest_head_count_stands_in_any_order(counts, random) -> None:
    expected = max(counts)
    random.shuffle(counts)
    standing = None
    for at, people in counts:
        if count_stands(standing, at, people):
            standing = (at, people)
    assert standing == expected


@pytest.mark.parametrize(
    ("status", "minutes", "earned"),
    [
        ("present", None, 90),
        ("late", None, 90),
        ("late", 70, 70),
        ("present", 600, 90),
        ("left_early", None, 0),
        ("left_early", 30, 30),
        ("excused", 60, 0),
        ("absent", None, 0),
        ("unmarked", None, 0),
    ],
)
def test_credit_is_for_minutes_that_were_seen(
    status: str, minutes: int | None, earned: int
) -> None:
    assert credited_minutes(status, minutes, 90) == earned


def test_the_roll_opens_a_day_before() -> None:
    assert opens_at(START) == START - timedelta(days=1)
