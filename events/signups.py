"""Sign up for one date, cancel, and move up from the waitlist.

Every operation holds the occurrence first; what is read after that is what stands.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events.models import (
    Event,
    EventStatus,
    Joining,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
)
from events.rooms import capacity_of
from events.rules import seating
from events.rules.seating import Answer, SeatRefusal, Sitting
from people import audit, outbox
from people.audit import Actor
from people.models import Person

CONFIRMED = "signup-confirmed"
QUEUED = "signup-queued"
MOVED_UP = "moved-up"
CANCELLED = "signup-cancelled"
HOLDS_A_SEAT = (SignupState.SEATED, SignupState.OFFERED)


@dataclass(frozen=True)
class Request:
    """What someone asks for. `presses` are the fingerprints of the press, the current one first.

    `person_id` is the signed-in person's; without one a new person is made, because an address
    that nobody confirmed proves nothing.
    """

    name: str
    email: str | None
    guests: int
    note: str
    language: str
    presses: tuple[str, ...]
    person_id: int | None = None

    @property
    def party(self) -> int:
        """How many seats are asked for."""
        return 1 + self.guests


@dataclass(frozen=True)
class Signed:
    """A sign-up as it stands; `new` is False when the same press had made it before."""

    id: int
    token: str
    state: SignupState
    new: bool


def closes_at(occurrence: Occurrence, event: Event) -> datetime:
    """When sign-up for a date closes."""
    return occurrence.starts_at - timedelta(minutes=event.signup_closes_minutes)


def seats_taken(occurrence_id: int) -> int:
    """Seats taken with guests; an offered seat is taken."""
    taken = select(func.coalesce(func.sum(1 + Signup.guests), 0)).where(
        Signup.occurrence_id == occurrence_id, Signup.state.in_(HOLDS_A_SEAT)
    )
    return int(db.session.scalar(taken) or 0)


def queue_of(occurrence_id: int) -> list[tuple[int, int]]:
    """(id, party) of those in line, in order."""
    rows = db.session.execute(
        select(Signup.id, Signup.guests)
        .where(Signup.occurrence_id == occurrence_id, Signup.state == SignupState.QUEUED)
        .order_by(Signup.id)
    )
    return [(signup_id, 1 + guests) for signup_id, guests in rows]


def sitting_of(occurrence: Occurrence, event: Event) -> Sitting:
    """A date as seating sees it."""
    return Sitting(
        capacity=capacity_of(occurrence, event),
        taken=seats_taken(occurrence.id),
        waiting=len(queue_of(occurrence.id)),
        closes_at=closes_at(occurrence, event),
        ends_at=occurrence.ends_at,
        cancelled=occurrence.status == OccurrenceStatus.CANCELLED,
    )


def _word(occurrence: Occurrence, event: Event, now: datetime) -> str:
    sitting = sitting_of(occurrence, event)
    return seating.availability(
        joining=event.joining,
        capacity=sitting.capacity,
        taken=sitting.taken,
        waiting=sitting.waiting,
        closes_at=sitting.closes_at,
        cancelled=sitting.cancelled,
        now=now,
    )


def _made_before(occurrence_id: int, request: Request) -> Signup | None:
    same: ColumnElement[bool] = Signup.press.in_(request.presses)
    if request.person_id is not None:
        same = same | (Signup.person_id == request.person_id)
    return db.session.scalar(
        select(Signup)
        .where(Signup.occurrence_id == occurrence_id, Signup.state != SignupState.CANCELLED, same)
        .order_by(Signup.id)
    )


def person_for(request: Request, now: datetime) -> int:
    """Step: the id of the person who signs up; a new person unless they are signed in."""
    if request.person_id is not None:
        return request.person_id
    person = Person(
        name=request.name, email=request.email, language=request.language, created_at=now
    )
    db.session.add(person)
    db.session.flush()
    return person.id


def add_signup(
    occurrence_id: int,
    person_id: int,
    state: SignupState,
    request: Request,
    *,
    now: datetime,
    enrolment_id: int | None = None,
) -> Signup:
    """Step: a row on a date's roster."""
    signup = Signup(
        occurrence_id=occurrence_id,
        person_id=person_id,
        enrolment_id=enrolment_id,
        token=secrets.token_urlsafe(16),
        press=request.presses[0],
        state=state,
        guests=request.guests,
        note=request.note,
        created_at=now,
        seated_at=now if state == SignupState.SEATED else None,
    )
    db.session.add(signup)
    db.session.flush()
    return signup


def off_refusal(event: Event) -> SeatRefusal:
    """Why nobody can sign up for an event that is not published."""
    deleted = event.status == EventStatus.DELETED
    return SeatRefusal.CANCELLED if deleted else SeatRefusal.CLOSED


def sign_up(occurrence_id: int, request: Request, *, by: Actor, now: datetime) -> Signed | Refused:
    """Operation: a seat on a date, or a place in its queue, or a reason why not."""
    with write() as session:
        occurrence = hold(Occurrence, occurrence_id)
        if occurrence is None:
            return Refused(SeatRefusal.PAST)
        before = _made_before(occurrence_id, request)
        if before is not None:
            return Signed(before.id, before.token, SignupState(before.state), new=False)
        event = session.get_one(Event, occurrence.event_id)
        if event.status != EventStatus.PUBLISHED:
            return Refused(off_refusal(event))
        if event.joining != Joining.PER_DATE or event.kind == Kind.ONE_TO_ONE:
            cohort = event.joining == Joining.COHORT
            return Refused(SeatRefusal.COHORT if cohort else SeatRefusal.DROP_IN)
        answer = seating.decide(sitting_of(occurrence, event), request.party, now)
        if isinstance(answer, SeatRefusal):
            return Refused(answer)
        word = _word(occurrence, event, now)
        state = SignupState.SEATED if answer == Answer.SEATED else SignupState.QUEUED
        signup = add_signup(occurrence_id, person_for(request, now), state, request, now=now)
        audit.record("sign-up", "signup", signup.id, by=by, now=now, state=state.value)
        outbox.queue(CONFIRMED if state == SignupState.SEATED else QUEUED, signup.id, now=now)
        if _word(occurrence, event, now) != word:
            touch()
        return Signed(signup.id, signup.token, state, new=True)


def settle_waitlist(occurrence: Occurrence, now: datetime) -> list[int]:
    """Step: seat those in line who fit now, in order, and owe them word; their sign-ups' ids.

    The caller holds the occurrence. A date that is over or cancelled seats nobody, and neither
    does an event that is deleted.
    """
    if occurrence.status == OccurrenceStatus.CANCELLED or occurrence.ends_at <= now:
        return []
    event = db.session.get_one(Event, occurrence.event_id)
    if event.joining == Joining.COHORT or event.status == EventStatus.DELETED:
        return []
    seated = seating.move_up(
        capacity_of(occurrence, event), seats_taken(occurrence.id), queue_of(occurrence.id)
    )
    for signup in db.session.scalars(select(Signup).where(Signup.id.in_(seated))):
        signup.state = SignupState.SEATED
        signup.seated_at = now
        outbox.queue(MOVED_UP, signup.id, now=now)
    db.session.flush()
    return seated


def cancel(token: str, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: give a seat or a place in line back; the next move up at once.

    False when it was cancelled already. Refused when the date is over: what was, was.
    """
    with write() as session:
        found = session.execute(
            select(Signup.id, Signup.occurrence_id).where(Signup.token == token)
        ).one_or_none()
        occurrence = hold(Occurrence, found.occurrence_id) if found else None
        if found is None or occurrence is None:
            return Refused(SeatRefusal.PAST)
        signup = session.get_one(Signup, found.id, populate_existing=True)
        if signup.state == SignupState.CANCELLED:
            return False
        if occurrence.ends_at <= now:
            return Refused(SeatRefusal.PAST)
        event = session.get_one(Event, occurrence.event_id)
        word = _word(occurrence, event, now)
        signup.state = SignupState.CANCELLED
        signup.cancelled_at = now
        session.flush()
        settle_waitlist(occurrence, now)
        audit.record("cancel", "signup", signup.id, by=by, now=now)
        outbox.queue(CANCELLED, signup.id, now=now)
        if _word(occurrence, event, now) != word:
            touch()
        return True


def position_of(signup: Signup) -> int | None:
    """The place in line, from 1; None for whoever is not waiting."""
    if signup.state != SignupState.QUEUED:
        return None
    ahead = select(func.count(Signup.id)).where(
        Signup.occurrence_id == signup.occurrence_id,
        Signup.state == SignupState.QUEUED,
        Signup.id <= signup.id,
    )
    return int(db.session.scalar(ahead) or 1)
