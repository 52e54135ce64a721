"""Who did what to an event, read from the audit record. It reaches persons: for the desk only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core.db import db
from events.models import Occurrence, Series
from people.models import AuditEntry, Person

PAGE = 50
# Signing up and giving a place back is the business of those who did.
_PRIVATE = ("signup", "enrolment")
_PERSONS = ("person", "to", "from_person")


@dataclass(frozen=True)
class DateLabel:
    """When a date is now, and in which zone."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class HistoryLine:
    """One thing that was done. `actor` is '' for whoever has no name: a visitor, the system.

    `date` is the one it was done to, while it is there; `names` are the people it was about, by
    their ids in `detail`.
    """

    at: datetime
    actor: str
    actor_kind: str
    verb: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    date: DateLabel | None = None
    date_id: int | None = None
    names: dict[int, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """The name of whoever the detail `key` stands for, or ''."""
        return self.names.get(self.detail.get(key) or 0, "")


def _of_event(event_id: int) -> ColumnElement[bool]:
    dates = select(Occurrence.id).where(Occurrence.event_id == event_id)
    series = select(Series.id).where(Series.event_id == event_id)
    return or_(
        and_(AuditEntry.event_id == event_id, AuditEntry.subject.not_in(_PRIVATE)),
        *(
            and_(AuditEntry.subject == subject, AuditEntry.subject_id.in_(ids))
            for subject, ids in (
                ("event", [event_id]),
                ("occurrence", dates),
                ("roster", dates),
                ("series", series),
            )
        ),
    )


def _date_of(entry: AuditEntry) -> int | None:
    if entry.subject in {"occurrence", "roster"}:
        return entry.subject_id
    found = entry.detail.get("occurrence")
    return found if isinstance(found, int) else None


def _labels(ids: set[int]) -> dict[int, DateLabel]:
    rows = db.session.execute(
        select(Occurrence.id, Occurrence.starts_at, Occurrence.timezone).where(
            Occurrence.id.in_(ids)
        )
    )
    return {one: DateLabel(starts_at, timezone) for one, starts_at, timezone in rows}


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def history_of(event_id: int, page: int) -> tuple[list[HistoryLine], bool]:
    """A page of what was done to an event and its dates, the newest first, and whether there is
    more; three statements."""
    rows = db.session.execute(
        select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(_of_event(event_id))
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    entries = [(entry, name) for entry, name in rows[:PAGE]]
    labels = _labels({one for entry, _name in entries if (one := _date_of(entry))})
    people = {entry.detail.get(key) for entry, _name in entries for key in _PERSONS}
    names = _names({one for one in people if isinstance(one, int)})
    lines = [
        HistoryLine(
            entry.at,
            name or "",
            entry.actor_kind,
            entry.verb,
            entry.subject,
            entry.detail,
            labels.get(_date_of(entry) or 0),
            _date_of(entry),
            names,
        )
        for entry, name in entries
    ]
    return lines, len(rows) > PAGE


def last_editor(event_id: int) -> str:
    """The name of whoever edited an event last, or ''."""
    name = db.session.scalar(
        select(Person.name)
        .join(AuditEntry, AuditEntry.actor_id == Person.id)
        .where(
            AuditEntry.subject == "event",
            AuditEntry.subject_id == event_id,
            AuditEntry.verb == "edit",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return name or ""
