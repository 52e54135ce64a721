"""Nothing that is booked twice is missed, and nothing is called so that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from events.rules.conflicts import Booking, Clash, Want, clashes, overlap

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


HALL, ATTIC, ANA = ("room", 1), ("room", 2), ("person", 1)


def booking(number: int, start: int, length: int, *wants: Want) -> Booking:
    starts = NOON + timedelta(minutes=start)
    return Booking(number, starts, starts + timedelta(minutes=length), frozenset(wants))


def test_the_same_room_at_the_same_time_is_a_clash() -> None:
    found = clashes([booking(1, 0, 60, HALL), booking(2, 30, 60, HALL, ANA)])
    assert found == [Clash(1, 2, HALL)]


def test_one_may_begin_when_the_other_ends() -> None:
    assert clashes([booking(1, 0, 60, HALL), booking(2, 60, 60, HALL)]) == []


def test_other_rooms_and_no_rooms_do_not_clash() -> None:
    assert clashes([booking(1, 0, 60, HALL), booking(2, 0, 60, ATTIC), booking(3, 0, 60)]) == []


bookings = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 30), st.sets(st.sampled_from([HALL, ATTIC, ANA]))),
    max_size=14,
).map(lambda rows: [booking(number, *row[:2], *row[2]) for number, row in enumerate(rows)])


@given(bookings)
def test_the_pairs_are_those_that_a_look_at_every_pair_finds(all_of_them: list[Booking]) -> None:
    expected = {
        (frozenset((one.id, other.id)), want)
        for one in all_of_them
        for other in all_of_them
        if one.id < other.id
        for want in one.wants & other.wants
        if overlap(one.starts, one.ends, other.starts, other.ends)
    }
    found = clashes(all_of_them)
    assert {(frozenset((one.first, one.second)), one.wanted) for one in found} == expected
    assert len(found) == len(expected)
