"""The roll call: receive marks, keep the record, settle its credits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from core.db import db, hold, write
from core.outcome import Refused
from curriculum import credits as earned
from events import rolls
from events.models import (
    AttendanceMark,
    AttendanceRecord,
    AttendanceStatus,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
)
from events.rules import rollcall
from events.rules.rollcall import Mark, MarkRefusal, Outcome, Standing
from people import audit
from people.audit import Actor
from people.models import Person
from people.names import clean_name


class RollRefusal(StrEnum):
    """Why a roll is not opened or taken."""

    NOT_FOUND = "not-found"
    NOT_YOURS = "not-yours"
    CANCELLED = "cancelled"
    TOO_EARLY = "too-early"


@dataclass(frozen=True)
class Count:
    """A bare head count and when it was made (aware)."""

    people: int
    counted_at: datetime


@dataclass(frozen=True)
class MarkOutcome:
    """What became of one mark: whose it is, and the status that stands for them now."""

    id: str
    outcome: Outcome
    reason: MarkRefusal | None = None
    person: int | None = None
    stands: str | None = None


def refused(mark_id: str, reason: MarkRefusal) -> MarkOutcome:
    """The outcome of a mark that was not taken."""
    return MarkOutcome(mark_id, Outcome.REFUSED, reason)


@dataclass
class _Taking:
    """One date's marks while more are taken in."""

    occurrence: Occurrence
    invited: set[int]
    expected: set[int]
    kept: dict[str, AttendanceMark]
    elsewhere: set[str]
    latest: dict[int, AttendanceMark]

    def standing(self, person_id: int | None) -> Standing | None:
        """The mark that stands for a person."""
        mark = self.latest.get(person_id) if person_id is not None else None
        return Standing(mark.id, mark.marked_at) if mark else None

    def keep(self, mark: AttendanceMark) -> None:
        """Keep a mark as it came."""
        db.session.add(mark)
        self.kept[mark.id] = mark


def _order(mark: AttendanceMark) -> tuple[datetime, str]:
    return mark.marked_at, mark.id


def _begin(occurrence: Occurrence, marks: Sequence[Mark]) -> _Taking:
    found = db.session.scalars(
        select(AttendanceMark).where(
            or_(
                AttendanceMark.occurrence_id == occurrence.id,
                AttendanceMark.id.in_([mark.id for mark in marks]),
            )
        )
    ).all()
    here = sorted((m for m in found if m.occurrence_id == occurrence.id), key=_order)
    signed_up = db.session.execute(
        select(Signup.person_id, Signup.state).where(Signup.occurrence_id == occurrence.id)
    ).all()
    return _Taking(
        occurrence=occurrence,
        # Someone who cancelled and came all the same was still seen there.
        invited={person_id for person_id, _ in signed_up},
        expected={person_id for person_id, at in signed_up if at != SignupState.CANCELLED},
        kept={mark.id: mark for mark in here},
        elsewhere={mark.id for mark in found if mark.occurrence_id != occurrence.id},
        latest={mark.person_id: mark for mark in here},
    )


def _welcome(name: str, now: datetime) -> int:
    person = Person(name=name, created_at=now)
    db.session.add(person)
    db.session.flush()
    return person.id


def _take(taking: _Taking, mark: Mark, *, by_id: int, now: datetime) -> MarkOutcome:
    """Judge one mark and keep it when it is without fault."""
    if mark.id in taking.elsewhere:
        return refused(mark.id, MarkRefusal.ID_TAKEN)
    mark = replace(mark, walk_in=clean_name(mark.walk_in or ""))
    before = taking.kept.get(mark.id)
    person_id = before.person_id if before else mark.person
    outcome = rollcall.outcome(mark, known=taking.kept, standing=taking.standing(person_id))
    if outcome != Outcome.ALREADY_RECORDED:
        reason = rollcall.fault(
            mark,
            roster=taking.invited | taking.latest.keys(),
            starts_at=taking.occurrence.starts_at,
            now=now,
        )
        if reason:
            return refused(mark.id, reason)
        person_id = _welcome(mark.walk_in or "", now) if person_id is None else person_id
        kept = AttendanceMark(
            id=mark.id,
            occurrence_id=taking.occurrence.id,
            person_id=person_id,
            status=AttendanceStatus(mark.status),
            minutes=mark.minutes,
            marked_at=mark.marked_at,
            received_at=now,
            by_id=by_id,
        )
        taking.keep(kept)
        if outcome == Outcome.RECORDED:
            taking.latest[person_id] = kept
    return MarkOutcome(mark.id, outcome, person=person_id)


def _settle(taking: _Taking, changed: set[int]) -> None:
    """Let each changed person's record say what their latest mark says, and settle its credit."""
    occurrence = taking.occurrence
    db.session.flush()
    records = {
        record.person_id: record
        for record in db.session.scalars(
            select(AttendanceRecord).where(
                AttendanceRecord.occurrence_id == occurrence.id,
                AttendanceRecord.person_id.in_(changed),
            )
        )
    }
    for person_id in sorted(changed):
        mark = taking.latest[person_id]
        _write_record(records.get(person_id), mark, walk_in=person_id not in taking.expected)
        _settle_credit(occurrence, mark)


def _write_record(record: AttendanceRecord | None, mark: AttendanceMark, *, walk_in: bool) -> None:
    if mark.status == AttendanceStatus.UNMARKED:
        if record is not None:
            db.session.delete(record)
        return
    if record is None:
        record = AttendanceRecord(occurrence_id=mark.occurrence_id, person_id=mark.person_id)
        db.session.add(record)
    record.status, record.minutes = mark.status, mark.minutes
    record.mark_id, record.marked_at = mark.id, mark.marked_at
    record.walk_in = walk_in


def _settle_credit(occurrence: Occurrence, mark: AttendanceMark) -> None:
    course_id = occurrence.event.course_id
    if course_id is None:
        return
    length = int((occurrence.ends_at - occurrence.starts_at).total_seconds()) // 60
    earned.settle(
        mark.person_id,
        course_id,
        f"occurrence:{occurrence.id}",
        rollcall.credited_minutes(mark.status, mark.minutes, length),
        earned_at=occurrence.starts_at,
    )


def _count_heads(occurrence: Occurrence, count: Count, *, by_id: int, now: datetime) -> None:
    # A clock that runs ahead must not win for ever.
    at = max(min(count.counted_at, now), rollcall.opens_at(occurrence.starts_at))
    standing = db.session.get(HeadCount, occurrence.id)
    before = (standing.counted_at, standing.people) if standing else None
    if not rollcall.count_stands(before, at, count.people):
        return
    if standing is None:
        standing = HeadCount(occurrence_id=occurrence.id)
        db.session.add(standing)
    standing.people, standing.counted_at, standing.by_id = count.people, at, by_id


def _refusal(occurrence: Occurrence | None, by: Actor, everywhere: bool) -> RollRefusal | None:
    if occurrence is None:
        return RollRefusal.NOT_FOUND
    if everywhere:
        return None
    assigned = by.person_id is not None and rolls.is_assigned(by.person_id, occurrence)
    return None if assigned else RollRefusal.NOT_YOURS


def _receive(
    occurrence_id: int,
    marks: Sequence[Mark],
    head_count: Count | None,
    by_id: int,
    *,
    by: Actor,
    now: datetime,
    everywhere: bool,
) -> list[MarkOutcome] | Refused:
    with write():
        occurrence = hold(Occurrence, occurrence_id)
        refusal = _refusal(occurrence, by, everywhere)
        if refusal or occurrence is None:
            return Refused(refusal or RollRefusal.NOT_FOUND)
        if occurrence.status == OccurrenceStatus.CANCELLED:
            return Refused(RollRefusal.CANCELLED)
        if head_count is not None and now < rollcall.opens_at(occurrence.starts_at):
            return Refused(RollRefusal.TOO_EARLY)
        taking = _begin(occurrence, marks)
        outcomes = [_take(taking, mark, by_id=by_id, now=now) for mark in marks]
        recorded = {o.person for o in outcomes if o.outcome == Outcome.RECORDED and o.person}
        _settle(taking, recorded)
        if head_count is not None:
            _count_heads(occurrence, head_count, by_id=by_id, now=now)
        tally = Counter(outcome.outcome.value for outcome in outcomes)
        audit.record(
            "take-roll",
            "occurrence",
            occurrence_id,
            by=by,
            now=now,
            head_count=head_count.people if head_count else None,
            **tally,
        )
        return [
            replace(o, stands=str(taking.latest[o.person].status)) if o.person else o
            for o in outcomes
        ]


def receive_marks(
    occurrence_id: int,
    marks: Sequence[Mark],
    head_count: Count | None = None,
    *,
    by: Actor,
    now: datetime,
    everywhere: bool = False,
) -> list[MarkOutcome] | Refused:
    """Operation: take in marks of one date, in any order and any number of times.

    One outcome for each mark, in their order: a mark that is refused never keeps another from
    being recorded. A walk-in becomes a new person, once for each mark id.

    Args:
        marks: ids are canonical UUIDs; names of walk-ins are cleaned here.
        everywhere: whether the one acting may take any roll, not only those assigned to them.

    Raises:
        ValueError: nobody in particular acts; a mark says whose hand it was.
    """
    if by.person_id is None:
        raise ValueError("a roll is taken by a person")
    receive = partial(
        _receive, occurrence_id, marks, head_count, by=by, now=now, everywhere=everywhere
    )
    try:
        return receive(by.person_id)
    except IntegrityError:
        # Another date took one of these ids meanwhile; the second time that is known.
        return receive(by.person_id)


def open_roll(
    occurrence_id: int, *, by: Actor, now: datetime, everywhere: bool = False
) -> rolls.Roll | Refused:
    """Operation: look at the roll of a date, which leaves an audit entry."""
    with write() as session:
        refusal = _refusal(session.get(Occurrence, occurrence_id), by, everywhere)
        if refusal:
            return Refused(refusal)
        audit.record("look", "roster", occurrence_id, by=by, now=now)
    roll = rolls.roll_of(occurrence_id)
    return roll if roll is not None else Refused(RollRefusal.NOT_FOUND)
