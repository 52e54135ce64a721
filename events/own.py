"""What one person signed up for, and dates that not everyone may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import db
from events.models import AttendanceRecord, Enrolment, Event, Occurrence, Signup, SignupState
from events.queries import CalendarDate, dates_by_id


@dataclass(frozen=True)
class OwnSignup:
    """A sign-up of mine, its date, and how I attended once that was recorded."""

    date: CalendarDate
    state: str
    token: str
    attended: str | None


def own_signups(person_id: int) -> list[OwnSignup]:
    """Every standing sign-up of a person, in order of time; three statements."""
    rows = db.session.execute(
        select(Signup.occurrence_id, Signup.state, Signup.token, AttendanceRecord.status)
        .outerjoin(
            AttendanceRecord,
            (AttendanceRecord.occurrence_id == Signup.occurrence_id)
            & (AttendanceRecord.person_id == Signup.person_id),
        )
        .where(Signup.person_id == person_id, Signup.state != SignupState.CANCELLED)
    ).all()
    dates = dates_by_id({row.occurrence_id for row in rows})
    found = [OwnSignup(dates[one], state, token, status) for one, state, token, status in rows]
    return sorted(found, key=lambda one: one.date.starts_at)


def dates_of(
    event_id: int, now: datetime, *, before: bool = False, limit: int = 12
) -> list[CalendarDate]:
    """An event's next dates, or its last ones, public or not, soonest first."""
    side = Occurrence.ends_at <= now if before else Occurrence.ends_at > now
    order = Occurrence.starts_at.desc() if before else Occurrence.starts_at
    ids = db.session.scalars(
        select(Occurrence.id)
        .where(Occurrence.event_id == event_id, side)
        .order_by(order)
        .limit(limit)
    ).all()
    found = dates_by_id(ids)
    return [found[one] for one in ids]


def find_own(token: str) -> Signup | Enrolment | None:
    """The sign-up or enrolment a private page belongs to, with its date and event."""
    places = joinedload(Event.venue)
    signup = db.session.scalar(
        select(Signup)
        .where(Signup.token == token)
        .options(
            joinedload(Signup.occurrence).options(
                joinedload(Occurrence.event).options(places), joinedload(Occurrence.venue)
            )
        )
    )
    if signup is not None:
        return signup
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.token == token)
        .options(joinedload(Enrolment.event).options(places))
    )
