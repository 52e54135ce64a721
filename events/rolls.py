"""Reads of the roll call: a facilitator's days and the roll of one date.

Unlike `events.queries` these reach persons; only views that require a permission may call them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from core.db import db
from events.models import (
    Assignment,
    AttendanceRecord,
    Event,
    EventStatus,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
    Venue,
)
from events.rooms import SEATS
from events.rules.rollcall import CAME
from people.models import Person


@dataclass(frozen=True)
class RollDate:
    """A date as its roll call is headed; `place` is '' online, `capacity` None is unlimited."""

    id: int
    title: str
    kind: str
    mode: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    local_date: date
    status: str
    place: str
    capacity: int | None

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.status == OccurrenceStatus.CANCELLED


@dataclass(frozen=True)
class DateInBrief:
    """A date on a facilitator's list: names signed up, names marked as come, the bare count."""

    date: RollDate
    signed_up: int
    came: int
    marked: int
    head_count: int | None


@dataclass(frozen=True)
class RollRow:
    """One person on a roll; `status` is '' until someone marks them."""

    person: int
    name: str
    guests: int
    state: str
    status: str


@dataclass(frozen=True)
class Roll:
    """The roll of one date: who is signed up, who waits, who walked in, each by name."""

    date: RollDate
    signed_up: tuple[RollRow, ...]
    waiting: tuple[RollRow, ...]
    walk_ins: tuple[RollRow, ...]
    head_count: int | None

    @property
    def came(self) -> int:
        """How many names are marked as come."""
        rows = (*self.signed_up, *self.waiting, *self.walk_ins)
        return sum(row.status in CAME for row in rows)

    @property
    def names(self) -> int:
        """How many names are on the roll; those who wait count once they have come."""
        waited = sum(row.status in CAME for row in self.waiting)
        return len(self.signed_up) + len(self.walk_ins) + waited


def _dates() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Occurrence.id,
            Event.title,
            Event.kind,
            Event.mode,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
            Occurrence.local_date,
            Occurrence.status,
            func.coalesce(Venue.name, ""),
            SEATS,
        )
        .select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == func.coalesce(Occurrence.venue_id, Event.venue_id))
    )


def is_assigned(person_id: int, occurrence: Occurrence) -> bool:
    """Whether a person facilitates this date, by itself or with all of its event's."""
    found = select(Assignment.id).where(
        Assignment.person_id == person_id,
        Assignment.event_id == occurrence.event_id,
        or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == occurrence.id),
    )
    return db.session.scalar(found.limit(1)) is not None


def _counts(query: Select[int, int]) -> dict[int, int]:
    return {occurrence_id: int(count) for occurrence_id, count in db.session.execute(query)}


def _records(ids: Iterable[int], *statuses: str) -> dict[int, int]:
    query = (
        select(AttendanceRecord.occurrence_id, func.count())
        .where(AttendanceRecord.occurrence_id.in_(ids))
        .group_by(AttendanceRecord.occurrence_id)
    )
    return _counts(query.where(AttendanceRecord.status.in_(statuses)) if statuses else query)


def _signed_up(ids: Iterable[int]) -> dict[int, int]:
    return _counts(
        select(Signup.occurrence_id, func.count(Signup.person_id.distinct()))
        .where(Signup.occurrence_id.in_(ids), Signup.state == SignupState.SEATED)
        .group_by(Signup.occurrence_id)
    )


def dates_of(person_id: int, first: date, last: date) -> list[DateInBrief]:
    """The dates a person facilitates between two local dates, soonest first; five statements."""
    assigned = and_(
        Assignment.event_id == Occurrence.event_id,
        Assignment.person_id == person_id,
        or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == Occurrence.id),
    )
    query = (
        _dates()
        .where(
            Occurrence.local_date.between(first, last),
            Event.status == EventStatus.PUBLISHED,
            select(Assignment.id).where(assigned).exists(),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    dates = [RollDate(*row) for row in db.session.execute(query)]
    ids = [one.id for one in dates]
    signed_up, came, marked = _signed_up(ids), _records(ids, *CAME), _records(ids)
    heads = _counts(
        select(HeadCount.occurrence_id, HeadCount.people).where(HeadCount.occurrence_id.in_(ids))
    )
    return [
        DateInBrief(
            one,
            signed_up.get(one.id, 0),
            came.get(one.id, 0),
            marked.get(one.id, 0),
            heads.get(one.id),
        )
        for one in dates
    ]


def _spoken(name: str) -> str:
    """What a name is ordered by: letters without case or accents, so that Óscar is with O."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _rows(found: Iterable[Sequence[Any]]) -> list[RollRow]:
    """One row for each person, however many sign-ups they have, by name."""
    rows: dict[int, RollRow] = {}
    for person, name, guests, state, status in found:
        before = rows.get(person)
        if before and before.state == SignupState.SEATED != state:
            continue
        together = before.guests if before and before.state == state else 0
        rows[person] = RollRow(person, name, together + guests, state, status or "")
    return sorted(rows.values(), key=lambda row: (_spoken(row.name), row.person))


def _people_signed_up(occurrence_id: int) -> list[RollRow]:
    return _rows(
        db.session.execute(
            select(Person.id, Person.name, Signup.guests, Signup.state, AttendanceRecord.status)
            .select_from(Signup)
            .join(Person, Person.id == Signup.person_id)
            .outerjoin(
                AttendanceRecord,
                and_(
                    AttendanceRecord.occurrence_id == Signup.occurrence_id,
                    AttendanceRecord.person_id == Signup.person_id,
                ),
            )
            .where(Signup.occurrence_id == occurrence_id, Signup.state != SignupState.CANCELLED)
            .order_by(Signup.id)
        ).all()
    )


def _people_marked(occurrence_id: int) -> list[RollRow]:
    found = db.session.execute(
        select(Person.id, Person.name, AttendanceRecord.status)
        .join(AttendanceRecord, AttendanceRecord.person_id == Person.id)
        .where(AttendanceRecord.occurrence_id == occurrence_id)
        .order_by(AttendanceRecord.marked_at, Person.id)
    )
    return [RollRow(person, name, 0, "", status) for person, name, status in found]


def roll_of(occurrence_id: int) -> Roll | None:
    """The roll of one date, or None when there is no such date; four statements."""
    found = db.session.execute(_dates().where(Occurrence.id == occurrence_id)).one_or_none()
    if found is None:
        return None
    signed_up = _people_signed_up(occurrence_id)
    expected = {row.person for row in signed_up}
    head_count = db.session.scalar(
        select(HeadCount.people).where(HeadCount.occurrence_id == occurrence_id)
    )
    return Roll(
        date=RollDate(*found),
        signed_up=tuple(row for row in signed_up if row.state == SignupState.SEATED),
        waiting=tuple(row for row in signed_up if row.state != SignupState.SEATED),
        walk_ins=tuple(r for r in _people_marked(occurrence_id) if r.person not in expected),
        head_count=head_count,
    )
