"""Where an event is in its life: on the calendar, or kept in the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events.conflicts import is_booked_twice
from events.horizon import extend_to_horizon, local_day
from events.models import (
    Event,
    EventStatus,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
)
from events.rules.planning import PlanRefusal, horizon
from events.scheduling import raise_sequence
from people import audit
from people.audit import Actor

LIVING = (EventStatus.DRAFT, EventStatus.PUBLISHED, EventStatus.ARCHIVED)
_VERBS = {EventStatus.PUBLISHED: "publish", EventStatus.ARCHIVED: "archive"}


@dataclass(frozen=True)
class Ahead:
    """What an event still has before it: dates that take place, and people signed up for them."""

    dates: int
    people: int


def ahead_of(event_id: int, now: datetime) -> Ahead:
    """What would be touched if an event left the calendar; one statement."""
    standing = (Signup.occurrence_id == Occurrence.id) & (Signup.state != SignupState.CANCELLED)
    dates, people = db.session.execute(
        select(
            func.count(func.distinct(Occurrence.id)), func.count(func.distinct(Signup.person_id))
        )
        .select_from(Occurrence)
        .outerjoin(Signup, standing)
        .where(
            Occurrence.event_id == event_id,
            Occurrence.status == OccurrenceStatus.SCHEDULED,
            Occurrence.ends_at > now,
        )
    ).one()
    return Ahead(int(dates), int(people))


def make_dates(session: Session, event: Event, now: datetime) -> None:
    """Step: the series of an event that was put away get their rows from today to the horizon."""
    for series in event.series:
        today = local_day(now, series.timezone)
        series.extended_to = max(series.extended_to, today - timedelta(days=1))
        extend_to_horizon(series, horizon(today), now)
    session.flush()


def set_status(
    event_id: int, status: EventStatus, *, by: Actor, now: datetime, exclusive: bool = False
) -> EventStatus | Refused:
    """Operation: put an event on the calendar or into the archive; sign-ups stay as they are.

    Refused for one that is deleted: it is restored first. When it is `exclusive`, nothing on the
    calendar may be booked twice.
    """
    with write() as session:
        event = hold(Event, event_id)
        if event is None or event.status == EventStatus.DELETED:
            return Refused(PlanRefusal.UNKNOWN_EVENT)
        if event.status != status:
            event.status = status
            raise_sequence(session, event, now)
            if status == EventStatus.PUBLISHED:
                make_dates(session, event, now)
                if exclusive and is_booked_twice(event_id, now):
                    session.rollback()
                    return Refused(PlanRefusal.DOUBLE_BOOKED)
            audit.record(_VERBS[status], "event", event_id, by=by, now=now)
            touch()
        return status
