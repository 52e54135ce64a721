"""Create and edit events."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import hold, write
from core.outcome import Refused
from core.window import touch
from events import closing, undo
from events.conflicts import is_booked_twice
from events.enrolments import settle_cohort
from events.horizon import local_day
from events.models import (
    Event,
    EventLanguage,
    EventStatus,
    EventTag,
    Joining,
    Kind,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Venue,
    Visibility,
)
from events.new_dates import DatesPlan, dates_fault, event_of_press, make_dates
from events.notices import tell_of_change
from events.rooms import place_is_known
from events.rules.planning import (
    PlanRefusal,
    capacity_fault,
)
from events.series import SeriesPlan
from events.signups import settle_waitlist
from events.slugs import free_slug, slug_of
from events.venues import VenueDetails, add_venue
from people import audit
from people.audit import Actor

TRIES = 3
LISTS = ("tags", "languages", "access", "audiences")  # their order says nothing


@dataclass(frozen=True)
class EventDetails:
    """What is said of an event, apart from when. Capacity None is the room's or unlimited."""

    kind: Kind
    title: str
    summary: str = ""
    description: str = ""
    joining: Joining = Joining.DROP_IN
    capacity: int | None = None
    signup_closes_minutes: int = 0
    mode: Mode = Mode.IN_PERSON
    visibility: Visibility = Visibility.PUBLIC
    venue_id: int | None = None
    room_id: int | None = None
    online_url: str | None = None
    online_url_public: bool = False
    online_passcode: str = ""
    online_phone: str | None = None
    access: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    cost: str = ""
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class EventPlan:
    """An event to be: its details and when, by the wall clock of `timezone`.

    It has `series`, or single dates by their naive local `starts`, each of so many `minutes`. A
    plan that carries the same `press` again is the same event.
    """

    details: EventDetails
    timezone: str
    press: UUID
    series: tuple[SeriesPlan, ...] = ()
    starts: tuple[datetime, ...] = ()
    minutes: int = 60
    all_day: bool = False
    new_venue: VenueDetails | None = None
    status: EventStatus = EventStatus.PUBLISHED


def _dates_of(plan: EventPlan) -> DatesPlan:
    return DatesPlan(plan.press, plan.series, plan.starts, plan.minutes, plan.all_day)


def plan_fault(plan: EventPlan, now: datetime) -> PlanRefusal | None:
    """What is wrong with a plan, as far as it can be told without the database."""
    details, today = plan.details, local_day(now, plan.timezone)
    return (
        dates_fault(_dates_of(plan), details.kind, details.joining, today)
        or capacity_fault(details.capacity)
        or (capacity_fault(plan.new_venue.capacity) if plan.new_venue else None)
    )


def _write_details(event: Event, details: EventDetails) -> None:
    values = asdict(details)
    tags, languages = values.pop("tags"), values.pop("languages")
    values |= {name: list(values[name]) for name in ("access", "audiences")}
    for name, value in values.items():
        setattr(event, name, value)
    known = {tag.tag: tag for tag in event.tags}
    event.tags = [known.get(tag) or EventTag(tag=tag) for tag in dict.fromkeys(tags)]
    spoken = {one.language: one for one in event.languages}
    event.languages = [
        spoken.get(code) or EventLanguage(language=code) for code in dict.fromkeys(languages)
    ]


def _venue_of(
    session: Session, plan: EventPlan, *, by: Actor, now: datetime
) -> Venue | Refused | None:
    if plan.new_venue is not None:
        return add_venue(session, plan.new_venue, plan.timezone, plan.press, by=by, now=now)
    if plan.details.venue_id is None:
        return None
    if not place_is_known(session, plan.details.venue_id, plan.details.room_id):
        return Refused(PlanRefusal.UNKNOWN_VENUE)
    return session.get(Venue, plan.details.venue_id) or Refused(PlanRefusal.UNKNOWN_VENUE)


def _create(plan: EventPlan, *, by: Actor, now: datetime, exclusive: bool) -> int | Refused:
    with write() as session:
        made = event_of_press(session, plan.press)
        if made is not None:
            return made
        venue = _venue_of(session, plan, by=by, now=now)
        if isinstance(venue, Refused):
            return venue
        event = Event(
            slug=free_slug(Event.slug, slug_of(plan.details.title, plan.details.kind)),
            timezone=venue.timezone if venue else plan.timezone,
            status=plan.status,
            created_at=now,
            updated_at=now,
        )
        session.add(event)
        _write_details(event, replace(plan.details, venue_id=venue.id if venue else None))
        session.flush()
        if not make_dates(session, event, _dates_of(plan), now):
            session.rollback()
            return Refused(PlanRefusal.NO_DATES)
        closing.close_covered(session, Occurrence.event_id == event.id, now)
        if exclusive and is_booked_twice(event.id, now):
            session.rollback()
            return Refused(PlanRefusal.DOUBLE_BOOKED)
        audit.record("create", "event", event.id, by=by, now=now)
        touch()
        return event.id


def create_event(
    plan: EventPlan, *, by: Actor, now: datetime, exclusive: bool = False
) -> int | Refused:
    """Operation: an event with its series and dates, on the calendar or as a draft; its id.

    The press is the UID of what it makes, so pressing twice finds the first one's event. When it is
    `exclusive`, nothing may be booked twice.
    """
    fault = plan_fault(plan, now)
    if fault:
        return Refused(fault)
    for left in reversed(range(TRIES)):
        try:
            return _create(plan, by=by, now=now, exclusive=exclusive)
        except IntegrityError:  # another press took the UID or the slug meanwhile
            if not left:
                raise
    raise AssertionError("unreachable")


def _coming_ids(session: Session, event_id: int, now: datetime) -> list[int]:
    return list(
        session.scalars(
            select(Occurrence.id)
            .where(
                Occurrence.event_id == event_id,
                Occurrence.status == OccurrenceStatus.SCHEDULED,
                Occurrence.starts_at > now,
            )
            .order_by(Occurrence.id)
        )
    )


def raise_sequence(session: Session, event: Event, now: datetime) -> None:
    """Step: every calendar entry of an event says that it changed."""
    event.updated_at = now
    for series in event.series:
        series.sequence += 1
        series.updated_at = now
    single = select(Occurrence).where(
        Occurrence.event_id == event.id, Occurrence.series_id.is_(None)
    )
    for occurrence in session.scalars(single):
        occurrence.sequence += 1
        occurrence.updated_at = now


def _details_of(event: Event) -> EventDetails:
    return EventDetails(
        kind=Kind(event.kind),
        title=event.title,
        summary=event.summary,
        description=event.description,
        joining=Joining(event.joining),
        capacity=event.capacity,
        signup_closes_minutes=event.signup_closes_minutes,
        mode=Mode(event.mode),
        visibility=Visibility(event.visibility),
        venue_id=event.venue_id,
        room_id=event.room_id,
        online_url=event.online_url,
        online_url_public=event.online_url_public,
        online_passcode=event.online_passcode,
        online_phone=event.online_phone,
        access=tuple(event.access),
        audiences=tuple(event.audiences),
        cost=event.cost,
        tags=tuple(tag.tag for tag in event.tags),
        languages=tuple(one.language for one in event.languages),
    )


def _normal(details: EventDetails) -> EventDetails:
    values = asdict(details)
    values |= {name: tuple(sorted(values[name])) for name in LISTS}
    return EventDetails(**values)


def _changed_fields(before: EventDetails, after: EventDetails) -> str:
    then, now = asdict(_normal(before)), asdict(_normal(after))
    return ",".join(name for name in then if then[name] != now[name])


def _where(details: EventDetails) -> tuple[int | None, int | None, Mode]:
    return (details.venue_id, details.room_id, details.mode)


@dataclass(frozen=True)
class Edited:
    """What an edit did: how many people it moved up, and the change, for undoing; None when
    nothing changed."""

    raised: int = 0
    change: int | None = None


def edit_event(
    event_id: int,
    details: EventDetails,
    *,
    by: Actor,
    now: datetime,
    exclusive: bool = False,
) -> Edited | Refused:
    """Operation: change what is said of an event; more seats move waiting people up.

    Everyone signed up for a date still to come is told when place or mode change. A cohort
    stays a cohort, since its sign-ups are for all dates. When it is `exclusive`, nothing may be
    booked twice.
    """
    fault = capacity_fault(details.capacity)
    if fault:
        return Refused(fault)
    with write() as session:
        event = hold(Event, event_id)
        if event is None:
            return Refused(PlanRefusal.UNKNOWN_EVENT)
        if not place_is_known(session, details.venue_id, details.room_id):
            return Refused(PlanRefusal.UNKNOWN_VENUE)
        before = _details_of(event)
        if _normal(before) == _normal(details):
            return Edited()
        moved = _where(before) != _where(details)
        more_room = moved or before.capacity != details.capacity
        if before.joining != details.joining and Joining.COHORT in (
            before.joining,
            details.joining,
        ):
            return Refused(PlanRefusal.COHORT_STAYS)
        kept = undo.remember("edit", session, event_id=event_id, events=[event_id], by=by, now=now)
        coming = _coming_ids(session, event_id, now) if moved or more_room else []
        held = [hold(Occurrence, occurrence_id) for occurrence_id in coming]
        _write_details(event, details)
        raise_sequence(session, event, now)
        session.flush()
        if moved:
            here = Occurrence.event_id == event_id
            kept.messages += closing.close_covered(session, here, now)
        cohort = event.joining == Joining.COHORT and more_room
        raised = len(settle_cohort(event, now)) if cohort else 0
        for occurrence in held:
            if occurrence is not None:
                raised += len(settle_waitlist(occurrence, now))
                standing = occurrence.status == OccurrenceStatus.SCHEDULED
                if moved and standing and occurrence.venue_id is None:
                    change = f"event-{event.version}"
                    kept.messages += tell_of_change(occurrence, change, now)
        if exclusive and moved and is_booked_twice(event_id, now):
            session.rollback()
            return Refused(PlanRefusal.DOUBLE_BOOKED)
        fields = _changed_fields(before, details)
        audit.record("edit", "event", event_id, by=by, now=now, fields=fields)
        touch()
        return Edited(raised, undo.keep(kept, session))
