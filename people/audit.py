"""The audit record: a step that joins the transaction of the change it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.db import db
from people.models import AuditEntry


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, a visitor without an account, or the system itself."""

    kind: str
    person_id: int | None = None


VISITOR = Actor("visitor")
SYSTEM = Actor("system")


def person(person_id: int) -> Actor:
    """The actor for a known person."""
    return Actor("person", person_id)


def record(
    verb: str,
    subject: str,
    subject_id: int | None,
    *,
    by: Actor,
    now: datetime,
    **detail: str | int | bool | None,
) -> None:
    """Step: note who did or looked at what. Details hold facts, never names or addresses.

    Args:
        detail: `event` is the id of the event that the subject belongs to, `person` of someone
            else whom it is about, `fields` what an edit changed, parted by commas.
    """
    event = subject_id if subject == "event" else detail.get("event")
    db.session.add(
        AuditEntry(
            at=now,
            actor_id=by.person_id,
            actor_kind=by.kind,
            verb=verb,
            subject=subject,
            subject_id=subject_id,
            event_id=event if isinstance(event, int) else None,
            detail=detail,
        )
    )
