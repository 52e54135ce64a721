"""Who gets a seat, who waits, and who moves up.

A party is a person with their guests. The queue is strict: nobody is overtaken, so a party that
does not fit yet keeps its place and those behind it wait too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FEW_SEATS = 3
FEW_SHARE = 5  # a fifth


class SeatRefusal(StrEnum):
    """Why someone cannot sign up."""

    CANCELLED = "cancelled"
    PAST = "past"
    CLOSED = "closed"
    DROP_IN = "drop-in"
    COHORT = "cohort"
    TOO_MANY = "too-many"


class Answer(StrEnum):
    """What a sign-up gets."""

    SEATED = "seated"
    QUEUED = "queued"


@dataclass(frozen=True)
class Sitting:
    """One date, or one cohort, as seating sees it. Times are aware; capacity None has no end.

    `taken` counts seats with guests, `waiting` counts parties in the queue.
    """

    capacity: int | None
    taken: int
    waiting: int
    closes_at: datetime
    ends_at: datetime
    cancelled: bool = False


def free_seats(capacity: int | None, taken: int) -> int | None:
    """Seats left, never below zero; None when there is no limit."""
    return None if capacity is None else max(0, capacity - taken)


def decide(sitting: Sitting, party: int, now: datetime) -> Answer | SeatRefusal:
    """Seat, queue or refuse a party of so many people."""
    if sitting.cancelled:
        return SeatRefusal.CANCELLED
    if now >= sitting.ends_at:
        return SeatRefusal.PAST
    if now >= sitting.closes_at:
        return SeatRefusal.CLOSED
    if sitting.capacity is None:
        return Answer.SEATED
    if party > sitting.capacity > 0:
        return SeatRefusal.TOO_MANY
    if sitting.waiting or party > sitting.capacity - sitting.taken:
        return Answer.QUEUED
    return Answer.SEATED


def move_up(capacity: int | None, taken: int, queue: Sequence[tuple[int, int]]) -> list[int]:
    """Ids of the parties that get seats now; `queue` is (id, party) in order."""
    seated = []
    for waiting_id, party in queue:
        if capacity is not None and taken + party > capacity:
            break
        taken += party
        seated.append(waiting_id)
    return seated


def availability(
    *,
    joining: str,
    capacity: int | None,
    taken: int,
    closes_at: datetime,
    cancelled: bool,
    now: datetime,
    waiting: int = 0,
) -> str:
    """In one word: open, few (three or a fifth left), full, closed or drop-in."""
    if cancelled:
        return "closed"
    if joining == "drop-in":
        return "drop-in"
    if now >= closes_at:
        return "closed"
    left = free_seats(capacity, taken)
    if left is None or capacity is None:
        return "open"
    if left == 0 or waiting:
        return "full"
    return "few" if left <= max(FEW_SEATS, capacity // FEW_SHARE) else "open"
