"""Which closure covers a date."""

from __future__ import annotations

from datetime import date

import pytest

from events.rules.closing import (
    Closing,
    ClosureRefusal,
    Standing,
    closing_of,
    covers,
    span_fault,
)

CHRISTMAS = Closing(1, 7, date(2026, 12, 20), date(2027, 1, 5), "Winter break")
EVERYTHING = Closing(2, None, date(2026, 12, 24), date(2026, 12, 25), "Holidays")
EVE = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2026, 12, 19), False),
        (date(2026, 12, 20), True),
        (date(2027, 1, 5), True),
        (date(2027, 1, 6), False),
    ],
)
def test_both_days_are_included(day: date, covered: bool) -> None:
    assert covers(CHRISTMAS, Standing(day, 7, online=False)) is covered


def test_a_place_closes_what_is_held_there() -> None:
    assert not covers(CHRISTMAS, Standing(EVE, 8, online=False))
    assert not covers(CHRISTMAS, Standing(EVE, None, online=False))
    assert not covers(CHRISTMAS, Standing(EVE, 7, online=True))


def test_the_whole_program_closes_online_groups_too() -> None:
    assert covers(EVERYTHING, Standing(EVE, None, online=True))


def test_a_date_keeps_its_closure_while_that_covers_it() -> None:
    both = [CHRISTMAS, EVERYTHING]
    one = Standing(EVE, 7, online=False, cancelled=True, closed_by=2)
    assert closing_of(one, both) == EVERYTHING
    assert closing_of(one, [CHRISTMAS]) == CHRISTMAS
    assert closing_of(one, []) is None
    assert closing_of(Standing(EVE, 7, online=False), both) == CHRISTMAS


def test_a_date_cancelled_by_hand_is_left_alone() -> None:
    by_hand = Standing(EVE, 7, online=False, cancelled=True)
    assert by_hand.by_hand
    assert closing_of(by_hand, [CHRISTMAS, EVERYTHING]) is None


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        (date(2026, 12, 20), date(2026, 12, 20), None),
        (date(2026, 11, 1), date(2026, 11, 23), None),
        (date(2026, 12, 20), date(2026, 12, 19), ClosureRefusal.ENDS_BEFORE_START),
        (date(2026, 11, 1), date(2026, 11, 22), ClosureRefusal.OVER),
        (date(2026, 12, 20), date(2027, 12, 20), None),
        (date(2026, 12, 20), date(2027, 12, 21), ClosureRefusal.TOO_LONG),
        (date(2026, 12, 20), date(2029, 1, 1), ClosureRefusal.TOO_FAR_AHEAD),
    ],
)
def test_the_days_of_a_closure(first: date, last: date, fault: ClosureRefusal | None) -> None:
    assert span_fault(first, last, date(2026, 11, 23), date(2028, 12, 31)) == fault
