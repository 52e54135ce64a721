"""The worker's delivery of the outbox: claim, render, hand over, note.

A row goes WAITING → SENDING (claimed, with a lease) → HANDING_OVER (the server may have it) →
SENT. A worker that dies while SENDING loses nothing: the lease runs out and another takes the
row. One that dies while HANDING_OVER leaves a row that is never sent again by itself, because
the server may have accepted it: the desk shows it to a human.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from core.db import db, write
from people.mail import Mail, Postbox, RefusalError, UncertainError, compose
from people.models import Delivery, OutboxMessage

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
BATCH = 20

Renderer = Callable[[int], Mail | None]


@dataclass(frozen=True)
class Sender:
    """Who our mail is from."""

    name: str
    address: str


def wait_before(attempt: int) -> timedelta:
    """How long to wait after the given failed attempt: 1, 2, 4 … minutes, at most 4 hours."""
    return timedelta(minutes=min(2 ** (attempt - 1), 240))


def claim(now: datetime) -> list[int]:
    """Operation: take the next due messages for this worker; their ids."""
    due = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.send_after <= now,
            or_(
                OutboxMessage.state == Delivery.WAITING,
                (OutboxMessage.state == Delivery.SENDING) & (OutboxMessage.lease_until < now),
            ),
        )
        .order_by(OutboxMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with write() as session:
        ids = list(session.scalars(due))
        _set(ids, state=Delivery.SENDING, lease_until=now + LEASE)
    return ids


def _set(ids: list[int], **values: object) -> None:
    db.session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(values))


def _note(message_id: int, **values: object) -> None:
    with write():
        _set([message_id], **values)


def deliver(
    message_id: int,
    *,
    renderers: Mapping[str, Renderer],
    postbox: Postbox,
    sender: Sender,
    now: datetime,
) -> Delivery:
    """Operation: deliver one claimed message; how it ended."""
    row = db.session.get_one(OutboxMessage, message_id)
    kind, about_id, attempts = row.kind, row.about_id, row.attempts + 1
    mail = renderers[kind](about_id)
    db.session.rollback()
    if mail is None:
        _note(message_id, state=Delivery.DROPPED)
        return Delivery.DROPPED
    host = sender.address.rpartition("@")[2]
    message = compose(
        mail,
        sender_name=sender.name,
        sender=sender.address,
        message_id=f"<outbox-{message_id}@{host}>",
    )
    try:
        postbox.send(message, lambda: _note(message_id, state=Delivery.HANDING_OVER))
    except RefusalError as refusal:
        over = refusal.final or attempts >= MOST_ATTEMPTS
        state = Delivery.FAILED if over else Delivery.WAITING
        _note(
            message_id,
            state=state,
            attempts=attempts,
            last_error=str(refusal),
            send_after=now + wait_before(attempts),
        )
        return state
    except UncertainError as error:
        _note(message_id, attempts=attempts, last_error=f"broke off: {error}")
        return Delivery.HANDING_OVER
    _note(message_id, state=Delivery.SENT, attempts=attempts, sent_at=now)
    return Delivery.SENT
