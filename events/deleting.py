"""Deleting an event: restorable for 90 days, then gone, or in the archive if people were on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events import notices
from events.conflicts import is_booked_twice
from events.enrolments import settle_cohort
from events.horizon import local_day
from events.life import make_dates
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Enrolment,
    Event,
    EventLanguage,
    EventStatus,
    EventTag,
    FormerKey,
    HeadCount,
    Joining,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    SignupState,
)
from events.rules.planning import PlanRefusal
from events.scheduling import raise_sequence
from events.signups import settle_waitlist
from people import audit, outbox
from people.audit import SYSTEM, Actor
from people.models import OutboxMessage, Person

RESTORABLE_DAYS = 90
CALLED_OFF = "event-cancelled"
STANDS = "event-restored"


@dataclass(frozen=True)
class Party:
    """People under one name and address with places on dates to come; the first sign-up's id."""

    signup_id: int
    occurrence_id: int
    has_address: bool


@dataclass(frozen=True)
class DeletedEvent:
    """An event that can be restored up to the end of the local day `until`."""

    id: int
    title: str
    deleted_at: datetime
    timezone: str
    until: date


def last_day(deleted_at: datetime, timezone: str) -> date:
    """The last local day on which a deleted event can be restored."""
    return local_day(deleted_at, timezone) + timedelta(days=RESTORABLE_DAYS)


def _coming(event_id: int, now: datetime) -> ColumnElement[bool]:
    return (
        (Occurrence.event_id == event_id)
        & (Occurrence.status == OccurrenceStatus.SCHEDULED)
        & (Occurrence.ends_at > now)
    )


def parties(event_id: int, now: datetime) -> list[Party]:
    """Who stands on the dates to come of an event, each once, with their next date.

    Whoever signed up for ten dates under one name and address is told once, not ten times.
    """
    rows = db.session.execute(
        select(Signup.id, Signup.occurrence_id, Person.id, Person.email, Person.name)
        .join(Occurrence, Occurrence.id == Signup.occurrence_id)
        .join(Person, Person.id == Signup.person_id)
        .where(_coming(event_id, now), Signup.state != SignupState.CANCELLED)
        .order_by(Occurrence.starts_at, Signup.id)
    )
    found: dict[tuple[str, str] | int, Party] = {}
    for signup_id, occurrence_id, person_id, email, name in rows:
        who = (email.casefold(), name.casefold()) if email else person_id
        found.setdefault(who, Party(signup_id, occurrence_id, bool(email)))
    return list(found.values())


def _hold_coming(session: Session, event: Event, now: datetime) -> list[Occurrence]:
    """Step: whoever signs up at this moment either comes before us, or finds it deleted."""
    ids = session.scalars(
        select(Occurrence.id).where(_coming(event.id, now)).order_by(Occurrence.id)
    ).all()
    if event.joining == Joining.DROP_IN:
        return []
    return [one for one in (hold(Occurrence, occurrence_id) for occurrence_id in ids) if one]


def _tell(event: Event, session: Session, now: datetime) -> None:
    """Step: everyone with an address who stands on a date to come is told that none is held."""
    for party in parties(event.id, now):
        if not party.has_address:
            continue
        occurrence = session.get_one(Occurrence, party.occurrence_id)
        outbox.queue(
            CALLED_OFF,
            party.signup_id,
            now=now,
            send_after=notices.leaves_at(occurrence, now),
            dedupe_key=f"{CALLED_OFF}:{party.signup_id}:{event.version}",
        )


def delete_event(event_id: int, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: an event leaves every page; the signed-up are told. False: it was deleted before.

    Everything about it is kept for `restore_event`; its address stays its own.
    """
    with write() as session:
        event = hold(Event, event_id)
        if event is None:
            return Refused(PlanRefusal.UNKNOWN_EVENT)
        if event.status == EventStatus.DELETED:
            return False
        _hold_coming(session, event, now)
        event.deleted_from, event.deleted_at = event.status, now
        event.status = EventStatus.DELETED
        raise_sequence(session, event, now)
        session.flush()
        _tell(event, session, now)
        audit.record("delete", "event", event_id, by=by, now=now)
        touch()
        return True


def _owed_of_deleting(event: Event) -> list[OutboxMessage]:
    of_event = (
        select(Signup.id)
        .join(Occurrence, Occurrence.id == Signup.occurrence_id)
        .where(Occurrence.event_id == event.id)
    )
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.kind == CALLED_OFF,
                OutboxMessage.created_at == event.deleted_at,
                OutboxMessage.about_id.in_(of_event),
            )
            .order_by(OutboxMessage.id)
            .with_for_update()
        )
    )


def _tell_again(event: Event, session: Session, now: datetime) -> None:
    """Step: mail that has not left is dropped; whoever was told, and they alone, is told again."""
    for message in notices.drop_unsent(_owed_of_deleting(event)):
        occurrence = session.get_one(Signup, message.about_id).occurrence
        if occurrence.ends_at > now:
            outbox.queue(
                STANDS,
                message.about_id,
                now=now,
                send_after=notices.leaves_at(occurrence, now),
                dedupe_key=f"{STANDS}:{message.about_id}:{event.version}",
            )


def _settle(event: Event, held: list[Occurrence], now: datetime) -> None:
    """Step: places given up while it was deleted go to those who wait."""
    if event.joining == Joining.COHORT:
        settle_cohort(event, now)
    for occurrence in held:
        settle_waitlist(occurrence, now)


def restore_event(
    event_id: int, *, by: Actor, now: datetime, exclusive: bool = False
) -> EventStatus | Refused:
    """Operation: a deleted event is what and where it was, with everyone who was on it.

    Places that were given up meanwhile go to those who wait. When it is `exclusive`, nothing on
    the calendar may be booked twice, so what took its place has to go first.
    """
    with write() as session:
        event = hold(Event, event_id)
        if event is None or event.status != EventStatus.DELETED:
            return Refused(PlanRefusal.UNKNOWN_EVENT)
        held = _hold_coming(session, event, now)
        _tell_again(event, session, now)
        event.status = EventStatus(event.deleted_from or EventStatus.ARCHIVED)
        event.deleted_at = event.deleted_from = None
        raise_sequence(session, event, now)
        session.flush()
        if event.status != EventStatus.ARCHIVED:
            make_dates(session, event, now)
            if exclusive and is_booked_twice(event_id, now):
                session.rollback()
                return Refused(PlanRefusal.DOUBLE_BOOKED)
        _settle(event, held, now)
        audit.record("undelete", "event", event_id, by=by, now=now)
        touch()
        return EventStatus(event.status)


def deleted_events(page: int, each: int) -> tuple[list[DeletedEvent], bool]:
    """A page of the events that can be restored, the latest first, and whether there are more."""
    rows = db.session.execute(
        select(Event.id, Event.title, Event.deleted_at, Event.timezone)
        .where(Event.status == EventStatus.DELETED)
        .order_by(Event.deleted_at.desc(), Event.id.desc())
        .limit(each + 1)
        .offset((page - 1) * each)
    ).all()
    found = [
        DeletedEvent(event_id, title, at, timezone, last_day(at, timezone))
        for event_id, title, at, timezone in rows
        if at is not None
    ]
    return found[:each], len(found) > each


def had_people(event_id: int) -> bool:
    """Whether anybody ever signed up for an event, or was counted at one of its dates."""
    dates = select(Occurrence.id).where(Occurrence.event_id == event_id)
    traces = (
        select(Enrolment.id).where(Enrolment.event_id == event_id).exists(),
        *(
            select(model.occurrence_id).where(model.occurrence_id.in_(dates)).exists()
            for model in (Signup, AttendanceMark, AttendanceRecord, HeadCount)
        ),
    )
    return bool(db.session.scalar(select(or_(*traces))))


def _put_away(session: Session, event: Event, now: datetime) -> None:
    """Step: its record stays in the archive; dates that were still to come were never held."""
    session.execute(
        update(Occurrence)
        .where(
            Occurrence.event_id == event.id,
            Occurrence.status == OccurrenceStatus.SCHEDULED,
            Occurrence.starts_at > event.deleted_at,
        )
        .values(status=OccurrenceStatus.CANCELLED, sequence=Occurrence.sequence + 1, updated_at=now)
    )
    event.status = EventStatus.ARCHIVED
    event.deleted_at = event.deleted_from = None
    raise_sequence(session, event, now)
    audit.record("archive", "event", event.id, by=SYSTEM, now=now)


def _remove(session: Session, event: Event, now: datetime) -> None:
    event_id = event.id
    session.expunge(event)
    for model in (FormerKey, Assignment, Occurrence, Series, EventTag, EventLanguage):
        session.execute(delete(model).where(model.event_id == event_id))
    session.execute(delete(Event).where(Event.id == event_id))
    audit.record("remove", "event", event_id, by=SYSTEM, now=now)


def _let_go(event_id: int, now: datetime) -> bool:
    with write() as session:
        event = hold(Event, event_id)
        if event is None or event.deleted_at is None:
            return False
        if local_day(now, event.timezone) <= last_day(event.deleted_at, event.timezone):
            return False
        put_away = _put_away if had_people(event_id) else _remove
        put_away(session, event, now)
        return True


def let_go_of_deleted(now: datetime) -> int:
    """Operation: events deleted more than 90 days ago go for good, or into the archive; how many.

    What nobody ever signed up for leaves nothing behind but its audit entries. Where somebody
    did, the record of it stays.
    """
    earliest = now - timedelta(days=RESTORABLE_DAYS)
    due = db.session.scalars(
        select(Event.id)
        .where(Event.status == EventStatus.DELETED, Event.deleted_at < earliest)
        .order_by(Event.id)
    ).all()
    return sum(_let_go(event_id, now) for event_id in due)
