"""Who is told when a date changes: messages owed to the signed-up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from core.db import db
from events.models import Occurrence, Signup, SignupState
from people import outbox
from people.models import Delivery, OutboxMessage, Person

CANCELLED = "date-cancelled"
CHANGED = "date-changed"


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


def tell_of_change(occurrence: Occurrence, change: str, now: datetime) -> None:
    """Step: everyone signed up for a date still to come is told of one change, once."""
    if occurrence.ends_at <= now:
        return
    for signup_id in _standing(occurrence.id):
        key = f"{CHANGED}:{signup_id}:{change}"
        outbox.queue(CHANGED, signup_id, now=now, dedupe_key=key)


def _cancel_key(signup_id: int, sequence: int) -> str:
    return f"{CANCELLED}:{signup_id}:{sequence}"


def tell_of_cancelling(occurrence: Occurrence, now: datetime) -> None:
    """Step: everyone signed up for a date still to come is told that it is cancelled."""
    if occurrence.ends_at <= now:
        return
    for signup_id in _standing(occurrence.id):
        key = _cancel_key(signup_id, occurrence.sequence)
        outbox.queue(CANCELLED, signup_id, now=now, dedupe_key=key)


def tell_of_restoring(occurrence: Occurrence, cancelled_at_sequence: int, now: datetime) -> None:
    """Step: take back what has not left yet; whoever was told, and they alone, is told again."""
    signups = _standing(occurrence.id)
    keys = {_cancel_key(one, cancelled_at_sequence): one for one in signups}
    owed = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.in_(keys)).with_for_update()
    )
    for message in owed:
        if message.state == Delivery.WAITING:
            message.state = Delivery.DROPPED
        elif message.state != Delivery.DROPPED and occurrence.ends_at > now:
            signup_id = keys[message.dedupe_key]
            key = f"{CHANGED}:{signup_id}:{occurrence.sequence}"
            outbox.queue(CHANGED, signup_id, now=now, dedupe_key=key)
