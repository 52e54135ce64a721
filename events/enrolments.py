"""One sign-up for all dates of a cohort, decided while the event is held."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events.models import (
    Enrolment,
    Event,
    EventStatus,
    Joining,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
)
from events.rooms import event_capacity
from events.rules import seating
from events.rules.seating import Answer, SeatRefusal, Sitting
from events.signups import (
    CANCELLED,
    CONFIRMED,
    HOLDS_A_SEAT,
    MOVED_UP,
    QUEUED,
    Request,
    Signed,
    add_signup,
    closes_at,
    off_refusal,
    person_for,
)
from people import audit, outbox
from people.audit import Actor


def dates_ahead(event_id: int, now: datetime) -> list[Occurrence]:
    """The dates of a cohort that are not over, in order of their ids."""
    return list(
        db.session.scalars(
            select(Occurrence)
            .where(
                Occurrence.event_id == event_id,
                Occurrence.ends_at > now,
                Occurrence.status == OccurrenceStatus.SCHEDULED,
            )
            .order_by(Occurrence.id)
        )
    )


def _taken(event_id: int) -> int:
    total = select(func.coalesce(func.sum(1 + Enrolment.guests), 0)).where(
        Enrolment.event_id == event_id, Enrolment.state.in_(HOLDS_A_SEAT)
    )
    return int(db.session.scalar(total) or 0)


def _queue(event_id: int) -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.guests)
        .where(Enrolment.event_id == event_id, Enrolment.state == SignupState.QUEUED)
        .order_by(Enrolment.id)
    )
    return [(enrolment_id, 1 + guests) for enrolment_id, guests in rows]


def _sitting(event: Event, dates: list[Occurrence]) -> Sitting:
    first = min(dates, key=lambda one: one.starts_at)
    return Sitting(
        capacity=event_capacity(event),
        taken=_taken(event.id),
        waiting=len(_queue(event.id)),
        closes_at=closes_at(first, event),
        ends_at=max(one.ends_at for one in dates),
    )


def _made_before(event_id: int, request: Request) -> Enrolment | None:
    same: ColumnElement[bool] = Enrolment.press.in_(request.presses)
    if request.person_id is not None:
        same = same | (Enrolment.person_id == request.person_id)
    return db.session.scalar(
        select(Enrolment).where(
            Enrolment.event_id == event_id, Enrolment.state != SignupState.CANCELLED, same
        )
    )


def enrol(event_id: int, request: Request, *, by: Actor, now: datetime) -> Signed | Refused:
    """Operation: a seat on every date to come, or a place in the cohort's queue, or why not."""
    with write() as session:
        event = hold(Event, event_id)
        if event is None or event.joining != Joining.COHORT:
            return Refused(SeatRefusal.DROP_IN)
        before = _made_before(event_id, request)
        if before is not None:
            return Signed(before.id, before.token, SignupState(before.state), new=False)
        if event.status != EventStatus.PUBLISHED:
            return Refused(off_refusal(event))
        dates = dates_ahead(event_id, now)
        if not dates:
            return Refused(SeatRefusal.PAST)
        answer = seating.decide(_sitting(event, dates), request.party, now)
        if isinstance(answer, SeatRefusal):
            return Refused(answer)
        state = SignupState.SEATED if answer == Answer.SEATED else SignupState.QUEUED
        person_id = person_for(request, now)
        enrolment = Enrolment(
            event_id=event_id,
            person_id=person_id,
            token=secrets.token_urlsafe(16),
            press=request.presses[0],
            state=state,
            guests=request.guests,
            note=request.note,
            created_at=now,
            seated_at=now if state == SignupState.SEATED else None,
        )
        session.add(enrolment)
        session.flush()
        signups = [
            add_signup(one.id, person_id, state, request, now=now, enrolment_id=enrolment.id)
            for one in dates
        ]
        audit.record("sign-up", "enrolment", enrolment.id, by=by, now=now, state=state.value)
        kind = CONFIRMED if state == SignupState.SEATED else QUEUED
        outbox.queue(kind, signups[0].id, now=now)
        touch()
        return Signed(enrolment.id, enrolment.token, state, new=True)


def _signups_of(enrolment_ids: list[int], now: datetime) -> list[Signup]:
    return list(
        db.session.scalars(
            select(Signup)
            .join(Occurrence, Occurrence.id == Signup.occurrence_id)
            .where(Signup.enrolment_id.in_(enrolment_ids), Occurrence.ends_at > now)
            .order_by(Signup.id)
        )
    )


def join_new_dates(event: Event, keys: list[str], now: datetime) -> None:
    """Step: whoever enrolled in a cohort is on the dates it gained, as they are on the others."""
    if event.joining != Joining.COHORT:
        return
    dates = list(
        db.session.scalars(
            select(Occurrence.id)
            .where(Occurrence.event_id == event.id, Occurrence.key.in_(keys))
            .order_by(Occurrence.id)
        )
    )
    standing = select(Enrolment).where(
        Enrolment.event_id == event.id, Enrolment.state != SignupState.CANCELLED
    )
    for one in db.session.scalars(standing.order_by(Enrolment.id)).all():
        for occurrence_id in dates:
            db.session.add(
                Signup(
                    occurrence_id=occurrence_id,
                    person_id=one.person_id,
                    enrolment_id=one.id,
                    token=secrets.token_urlsafe(16),
                    press=one.press,
                    state=one.state,
                    guests=one.guests,
                    note=one.note,
                    created_at=now,
                    seated_at=one.seated_at,
                )
            )


def settle_cohort(event: Event, now: datetime) -> list[int]:
    """Step: seat those in a cohort's line who fit now, in order, and owe them word; their ids.

    The caller holds the event. A cohort whose dates are all over seats nobody, and a date that
    someone gave up by itself stays given up. Nobody is seated at an event that is deleted.
    """
    if event.status == EventStatus.DELETED or not dates_ahead(event.id, now):
        return []
    seated = seating.move_up(event_capacity(event), _taken(event.id), _queue(event.id))
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.id.in_(seated))):
        enrolment.state = SignupState.SEATED
        enrolment.seated_at = now
    told: set[int] = set()
    for signup in _signups_of(seated, now):
        if signup.state == SignupState.CANCELLED:
            continue
        signup.state = SignupState.SEATED
        signup.seated_at = now
        if signup.enrolment_id not in told and signup.enrolment_id is not None:
            told.add(signup.enrolment_id)
            outbox.queue(MOVED_UP, signup.id, now=now)
    db.session.flush()
    return seated


def leave(token: str, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: give the seat on every date to come back; the next in line move up at once.

    Dates that are over keep what was. False when it was cancelled already.
    """
    with write() as session:
        found = session.execute(
            select(Enrolment.id, Enrolment.event_id).where(Enrolment.token == token)
        ).one_or_none()
        event = hold(Event, found.event_id) if found else None
        if found is None or event is None:
            return Refused(SeatRefusal.PAST)
        enrolment = session.get_one(Enrolment, found.id, populate_existing=True)
        if enrolment.state == SignupState.CANCELLED:
            return False
        signups = _signups_of([enrolment.id], now)
        if not signups:
            return Refused(SeatRefusal.PAST)
        enrolment.state = SignupState.CANCELLED
        enrolment.cancelled_at = now
        for signup in signups:
            signup.state = SignupState.CANCELLED
            signup.cancelled_at = signup.cancelled_at or now
        session.flush()
        settle_cohort(event, now)
        audit.record("cancel", "enrolment", enrolment.id, by=by, now=now)
        outbox.queue(CANCELLED, signups[0].id, now=now)
        touch()
        return True


def enrolment_position(enrolment: Enrolment) -> int | None:
    """The place in line, from 1; None for whoever is not waiting."""
    if enrolment.state != SignupState.QUEUED:
        return None
    return [one for one, _party in _queue(enrolment.event_id)].index(enrolment.id) + 1
