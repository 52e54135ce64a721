"""Who is told when a date changes: messages owed to the signed-up.

What the desk does can be undone for ten minutes, so its mail waits as long; only when a date is
close does it leave at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.db import AT_ONCE, db
from events.models import Occurrence, OccurrenceStatus, Signup, SignupState
from people import outbox
from people.models import Delivery, OutboxMessage, Person

CANCELLED = "date-cancelled"
CHANGED = "date-changed"
HELD_BACK = timedelta(minutes=10)
CLOSE = timedelta(hours=2)  # somebody may be on the way
Messages = list[OutboxMessage]


def _standing(occurrence_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Signup.id)
            .where(Signup.occurrence_id == occurrence_id, Signup.state != SignupState.CANCELLED)
            .order_by(Signup.id)
        )
    )


def count_told(occurrence_id: int) -> tuple[int, int]:
    """How many stand on a date's roster, and how many of them left an address."""
    people, told = db.session.execute(
        select(func.count(Signup.id), func.count(Person.email))
        .join(Person, Person.id == Signup.person_id)
        .where(Signup.occurrence_id == occurrence_id, Signup.state != SignupState.CANCELLED)
    ).one()
    return int(people), int(told)


def count_told_of(occurrence_ids: Iterable[int]) -> tuple[int, int]:
    """How many persons stand on the rosters of dates, and how many of them left an address."""
    people: dict[int, bool] = {}
    wanted = sorted(set(occurrence_ids))
    for at in range(0, len(wanted), AT_ONCE):
        rows = db.session.execute(
            select(Person.id, Person.email.is_not(None))
            .join(Signup, Signup.person_id == Person.id)
            .where(
                Signup.occurrence_id.in_(wanted[at : at + AT_ONCE]),
                Signup.state != SignupState.CANCELLED,
            )
            .distinct()
        )
        people |= {row[0]: row[1] for row in rows}
    return len(people), sum(people.values())


def count_coming(event_id: int, now: datetime) -> tuple[int, int]:
    """How many dates to come of an event take place where the event does and have people on
    them, and how many sign-ups of these left an address."""
    dates, told = db.session.execute(
        select(func.count(func.distinct(Occurrence.id)), func.count(Person.email))
        .join(Signup, Signup.occurrence_id == Occurrence.id)
        .join(Person, Person.id == Signup.person_id)
        .where(
            Occurrence.event_id == event_id,
            Occurrence.venue_id.is_(None),
            Occurrence.starts_at > now,
            Occurrence.status == OccurrenceStatus.SCHEDULED,
            Signup.state != SignupState.CANCELLED,
        )
    ).one()
    return int(dates), int(told)


def leaves_at(occurrence: Occurrence, now: datetime) -> datetime:
    """When mail about a date may leave: in ten minutes, or now when the date is close."""
    return now if occurrence.starts_at - now < CLOSE else now + HELD_BACK


def _tell(kind: str, occurrence: Occurrence, keys: dict[int, str], now: datetime) -> Messages:
    if occurrence.ends_at <= now:
        return []
    after = leaves_at(occurrence, now)
    owed = (
        outbox.queue(kind, signup_id, now=now, send_after=after, dedupe_key=key)
        for signup_id, key in keys.items()
    )
    return [message for message in owed if message is not None]


def _changed_key(signup_id: int, change: str) -> str:
    return f"{CHANGED}:{signup_id}:{change}"


def tell_of_change(occurrence: Occurrence, change: str, now: datetime) -> Messages:
    """Step: everyone signed up for a date still to come is told of one change, once."""
    keys = {one: _changed_key(one, change) for one in _standing(occurrence.id)}
    return _tell(CHANGED, occurrence, keys, now)


def _cancel_key(signup_id: int, sequence: int) -> str:
    return f"{CANCELLED}:{signup_id}:{sequence}"


def tell_of_cancelling(occurrence: Occurrence, now: datetime) -> Messages:
    """Step: everyone signed up for a date still to come is told that it is cancelled."""
    keys = {one: _cancel_key(one, occurrence.sequence) for one in _standing(occurrence.id)}
    return _tell(CANCELLED, occurrence, keys, now)


def _owed(signups: list[int]) -> list[OutboxMessage]:
    """Messages about a date's standing that were owed to sign-ups and not dropped, in order."""
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.kind.in_((CANCELLED, CHANGED)),
                OutboxMessage.about_id.in_(signups),
                OutboxMessage.state != Delivery.DROPPED,
            )
            .order_by(OutboxMessage.id)
            .with_for_update()
        )
    )


def tell_of_restoring(occurrence: Occurrence, now: datetime) -> Messages:
    """Step: take back what has not left yet; those whose last word is that the date is cancelled,
    and they alone, are told that it stands."""
    owed = _owed(_standing(occurrence.id))
    drop_unsent(one for one in owed if one.kind == CANCELLED)
    last = {one.about_id: one for one in owed if one.state != Delivery.DROPPED}
    again = [one for one, message in last.items() if message.kind == CANCELLED]
    change = str(occurrence.sequence)
    return _tell(CHANGED, occurrence, {one: _changed_key(one, change) for one in again}, now)


def drop_unsent(owed: Iterable[OutboxMessage]) -> Messages:
    """Step: drop what has not left; what may have left is given back."""
    left = []
    for message in owed:
        if message.state == Delivery.WAITING:
            message.state = Delivery.DROPPED
        elif message.state != Delivery.DROPPED:
            left.append(message)
    return left


@dataclass(frozen=True)
class Told:
    """A sign-up that a message is about, and whether that message may have left."""

    signup_id: int
    left: bool
    waiting: bool


_MAY_HAVE_LEFT = (Delivery.HANDING_OVER, Delivery.SENT, Delivery.FAILED)


def told_together(kind: str, signup: Signup) -> list[Told]:
    """What one press of the desk owes one person: their sign-ups in the order of the messages,
    this one among them. Dates so close that their mail left at once stand apart."""
    mine = db.session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.kind == kind, OutboxMessage.about_id == signup.id)
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
    if mine is None:
        return [Told(signup.id, left=False, waiting=True)]
    rows = db.session.execute(
        select(OutboxMessage, Occurrence)
        .join(Signup, Signup.id == OutboxMessage.about_id)
        .join(Occurrence, Occurrence.id == Signup.occurrence_id)
        .where(
            Signup.person_id == signup.person_id,
            OutboxMessage.kind == kind,
            OutboxMessage.created_at == mine.created_at,
        )
        .order_by(OutboxMessage.id)
    ).all()
    made = mine.created_at
    at_once = leaves_at(signup.occurrence, made) == made
    return [
        Told(
            message.about_id,
            left=message.state in _MAY_HAVE_LEFT,
            waiting=message.state in (Delivery.WAITING, Delivery.SENDING),
        )
        for message, occurrence in rows
        if (leaves_at(occurrence, made) == made) == at_once
    ]


def take_back(message_ids: Iterable[int], change: str, now: datetime) -> Messages:
    """Step: the messages of an undone change. What has not left is dropped; whoever was told
    already is told how the date stands now."""
    owed = db.session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.id.in_(list(message_ids)), OutboxMessage.kind.in_((CANCELLED, CHANGED))
        )
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    told: Messages = []
    for message in drop_unsent(list(owed)):
        signup = db.session.get(Signup, message.about_id)
        if signup is None or signup.state == SignupState.CANCELLED:
            continue
        occurrence = signup.occurrence
        off = occurrence.status == OccurrenceStatus.CANCELLED
        kind = CANCELLED if off else CHANGED
        told += _tell(kind, occurrence, {signup.id: f"{kind}:{signup.id}:{change}"}, now)
    return told
