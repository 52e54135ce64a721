"""Which closure covers a date: a place, or the whole program, closed from one day to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_DAYS = 366


class ClosureRefusal(StrEnum):
    """Why a closure cannot be."""

    ENDS_BEFORE_START = "closure-ends-before-start"
    OVER = "closure-over"
    TOO_LONG = "closure-too-long"
    TOO_FAR_AHEAD = "closure-too-far-ahead"
    UNKNOWN_VENUE = "closure-unknown-venue"
    UNKNOWN_CLOSURE = "unknown-closure"
    CHANGED_MEANWHILE = "closure-changed-meanwhile"


@dataclass(frozen=True)
class Closing:
    """A closure as a value. `venue_id` None is the whole program; both days are included."""

    id: int
    venue_id: int | None
    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """What decides whether a date is closed. `closed_by` is the closure in whose name it is
    cancelled; a date cancelled without one was cancelled by hand."""

    day: date
    venue_id: int | None
    online: bool
    cancelled: bool = False
    closed_by: int | None = None

    @property
    def by_hand(self) -> bool:
        return self.cancelled and self.closed_by is None


def covers(closing: Closing, one: Standing) -> bool:
    """Whether a closure covers a date. What is online only needs no place."""
    if not closing.first <= one.day <= closing.last:
        return False
    return closing.venue_id is None or (closing.venue_id == one.venue_id and not one.online)


def closing_of(one: Standing, closings: Iterable[Closing]) -> Closing | None:
    """The closure a date is closed by: the one it has, as long as that covers it, else the first
    that does. None for a date that takes place or that was cancelled by hand."""
    if one.by_hand:
        return None
    found = [closing for closing in closings if covers(closing, one)]
    return next((c for c in found if c.id == one.closed_by), found[0] if found else None)


def span_fault(first: date, last: date, today: date, furthest: date) -> ClosureRefusal | None:
    """What is wrong with the days of a closure.

    Args:
        today: the program's local date; a closure that ended before it would change nothing.
        furthest: the last local date that anything may be planned on.
    """
    if last < first:
        return ClosureRefusal.ENDS_BEFORE_START
    if last < today:
        return ClosureRefusal.OVER
    if last > furthest:
        return ClosureRefusal.TOO_FAR_AHEAD
    return ClosureRefusal.TOO_LONG if (last - first).days >= MOST_DAYS else None
