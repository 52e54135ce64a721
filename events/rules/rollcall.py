"""What becomes of a mark on the roll call.

Marks come from phones that may be offline, repeat themselves and overtake each other. The latest
`marked_at` stands; marks of the same moment are ordered by their id. That is a total order, so
any order of arrival and any number of repeats end in the same record.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EARLIEST_BEFORE_START = timedelta(hours=24)
FURTHEST_AHEAD = timedelta(minutes=15)  # phones' clocks run a little fast
MOST_MINUTES = 24 * 60


class AttendanceStatus(StrEnum):
    """How someone attended. UNMARKED takes a mark back: no record stands for it."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    EXCUSED = "excused"
    ABSENT = "absent"
    UNMARKED = "unmarked"


CAME = (AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.LEFT_EARLY)


class Outcome(StrEnum):
    """What became of a mark."""

    RECORDED = "recorded"
    ALREADY_RECORDED = "already_recorded"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class MarkRefusal(StrEnum):
    """Why a mark was not taken."""

    UNREADABLE = "unreadable"
    BAD_ID = "bad_id"
    ID_TAKEN = "id_taken"
    UNKNOWN_STATUS = "unknown_status"
    UNREADABLE_TIME = "unreadable_time"
    TOO_EARLY = "too_early"
    IN_THE_FUTURE = "in_the_future"
    MINUTES_OUT_OF_RANGE = "minutes_out_of_range"
    NAME_MISSING = "name_missing"
    NOT_ON_ROSTER = "not_on_roster"


@dataclass(frozen=True)
class Mark:
    """One tap: whose (a person, or a walk-in by name), how they attended, and when it was said.

    `id` is a UUID in its canonical form, `marked_at` is aware, `minutes` are those attended.
    """

    id: str
    marked_at: datetime
    status: str
    person: int | None = None
    walk_in: str | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Standing:
    """The mark that stands for one person at one date."""

    mark_id: str
    marked_at: datetime


def opens_at(starts_at: datetime) -> datetime:
    """The moment from which a date's roll may be taken."""
    return starts_at - EARLIEST_BEFORE_START


def fault(
    mark: Mark, *, roster: Container[int], starts_at: datetime, now: datetime
) -> MarkRefusal | None:
    """Why the mark cannot be taken, or None.

    Args:
        roster: persons who are signed up or already marked here.
        starts_at: when the date begins.
    """
    if mark.status not in list(AttendanceStatus):
        return MarkRefusal.UNKNOWN_STATUS
    if mark.marked_at > now + FURTHEST_AHEAD:
        return MarkRefusal.IN_THE_FUTURE
    if mark.marked_at < opens_at(starts_at):
        return MarkRefusal.TOO_EARLY
    if mark.minutes is not None and not 0 <= mark.minutes <= MOST_MINUTES:
        return MarkRefusal.MINUTES_OUT_OF_RANGE
    if mark.person is None:
        return None if mark.walk_in else MarkRefusal.NAME_MISSING
    return None if mark.person in roster else MarkRefusal.NOT_ON_ROSTER


def outcome(mark: Mark, *, known: Container[str], standing: Standing | None) -> Outcome:
    """What becomes of a mark without fault.

    Args:
        known: ids of the marks already kept, standing or not.
        standing: the mark that stands for the same person, if any.
    """
    if mark.id in known:
        return Outcome.ALREADY_RECORDED
    if standing is None or (mark.marked_at, mark.id) > (standing.marked_at, standing.mark_id):
        return Outcome.RECORDED
    return Outcome.SUPERSEDED


def count_stands(standing: tuple[datetime, int] | None, counted_at: datetime, people: int) -> bool:
    """Whether a head count replaces the one before: the later does, and of two made at the same
    moment the larger."""
    return standing is None or (counted_at, people) > standing


def credited_minutes(status: str, minutes: int | None, length: int) -> int:
    """Whole minutes of attendance that earn credit, never more than the date is long.

    Who came, late or not, earns all of it unless minutes were given; who left early earns only
    the minutes that were given, since nobody saw how long they stayed.

    Args:
        length: how long the date is, in whole minutes.
    """
    if status not in CAME:
        return 0
    if minutes is None:
        return 0 if status == AttendanceStatus.LEFT_EARLY else length
    return min(minutes, length)
