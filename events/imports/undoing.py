"""An applied import taken back: what it added goes, what it changed is as it was before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session, undefer

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events import notices, undo
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Change,
    Closure,
    Enrolment,
    Event,
    EventLanguage,
    EventStatus,
    EventTag,
    FormerKey,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    Room,
    Series,
    Signup,
    Upload,
    Venue,
)
from people import audit
from people.audit import Actor

AT_ONCE = 500
MOST_NAMED = 5
_TRACES = (Signup, AttendanceMark, AttendanceRecord, HeadCount)


class ImportUndoRefusal(StrEnum):
    """Why an import cannot be taken back."""

    UNKNOWN_UPLOAD = "unknown-upload"
    NOT_APPLIED = "not-applied"
    UNDONE = "undone"
    TOO_LATE = "too-late"
    CHANGED_SINCE = "changed-since"


@dataclass(frozen=True)
class Undone:
    """How many events are gone, how many are as they were, and which went to the archive because
    people were on them."""

    removed: int
    restored: int
    archived: tuple[str, ...]


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def changed_since(session: Session, upload: Upload) -> list[str]:
    """The titles of events that an import added and the desk has changed since, a few of them.

    Dates that the horizon has added, and people who signed up, are no change.
    """
    at = upload.applied_at
    found: list[str] = []
    for some in _parts(upload.made.get("events", [])):
        dates = select(Occurrence.id).where(
            Occurrence.event_id == Event.id, Occurrence.updated_at > at, Occurrence.created_at <= at
        )
        series = select(Series.id).where(Series.event_id == Event.id, Series.updated_at > at)
        touched = or_(
            Event.updated_at > at,
            exists(dates),
            exists(series),
            Event.status == EventStatus.DELETED,
        )
        chosen = select(Event.title).where(Event.id.in_(some), touched).order_by(Event.id)
        found += session.scalars(chosen.limit(MOST_NAMED))
        if len(found) >= MOST_NAMED:
            break
    return found[:MOST_NAMED]


def _with_people(session: Session, ids: list[int]) -> set[int]:
    found: set[int] = set()
    for some in _parts(ids):
        for trace in _TRACES:
            chosen = select(Occurrence.event_id).join(trace, trace.occurrence_id == Occurrence.id)
            found.update(session.scalars(chosen.where(Occurrence.event_id.in_(some)).distinct()))
        enrolled = select(Enrolment.event_id).where(Enrolment.event_id.in_(some))
        found.update(session.scalars(enrolled))
    return found


def _hold_dates(session: Session, ids: list[int]) -> None:
    """Step: whoever signs up at this moment either comes before us, or finds it gone."""
    for some in _parts(ids):
        for table in (Event, Occurrence):
            column = Event.id if table is Event else Occurrence.event_id
            session.execute(
                update(table)
                .where(column.in_(some))
                .values(version=table.version + 1)
                .execution_options(synchronize_session=False)
            )


def _remove(session: Session, ids: list[int]) -> None:
    for some in _parts(ids):
        for model in (FormerKey, Assignment, Occurrence, Series, EventTag, EventLanguage):
            session.execute(
                delete(model)
                .where(model.event_id.in_(some))
                .execution_options(synchronize_session=False)
            )
        session.execute(
            delete(Event).where(Event.id.in_(some)).execution_options(synchronize_session=False)
        )


def _archive(session: Session, event_id: int, now: datetime) -> str:
    """Step: an event with people on it stays in the archive; they are told that what is to come
    is not held."""
    event = session.get_one(Event, event_id)
    event.status = EventStatus.ARCHIVED
    event.source_id = None  # the next file may bring it in anew
    event.updated_at = now
    coming = select(Occurrence).where(
        Occurrence.event_id == event_id,
        Occurrence.starts_at > now,
        Occurrence.status == OccurrenceStatus.SCHEDULED,
    )
    for one in list(session.scalars(coming)):
        one.status = OccurrenceStatus.CANCELLED
        one.sequence += 1
        one.updated_at = now
        session.flush()
        notices.tell_of_cancelling(one, now)
    for series in event.series:
        series.sequence += 1
        series.updated_at = now
    return event.title


def _remove_places(session: Session, ids: list[int]) -> None:
    """Places that the import made go, unless something else uses them by now."""
    for venue_id in ids:
        used = (
            select(Event.id).where(Event.venue_id == venue_id).limit(1),
            select(Series.id).where(Series.venue_id == venue_id).limit(1),
            select(Occurrence.id).where(Occurrence.venue_id == venue_id).limit(1),
            select(Closure.id).where(Closure.venue_id == venue_id).limit(1),
            select(Room.id).where(Room.venue_id == venue_id).limit(1),
        )
        if all(session.scalar(one) is None for one in used):
            session.execute(delete(Venue).where(Venue.id == venue_id))


def _change_of(upload: Upload) -> Change:
    return Change(
        at=upload.applied_at,
        verb="import",
        before=upload.before,
        made=upload.made["change"],
        messages=upload.made["messages"],
    )


def can_undo(upload: Upload) -> bool:
    """Whether it may still be possible; an upload that was let go of keeps nothing for it."""
    return upload.applied_at is not None and upload.undone_at is None and "events" in upload.made


def undo_upload(token: str, *, by: Actor, now: datetime) -> Undone | Refused:
    """Operation: take an applied import back, all of it or nothing.

    Refused when the desk has changed one of its events since: then that has to stand.
    """
    with write() as session:
        upload_id = session.scalar(select(Upload.id).where(Upload.token == token))
        upload = hold(Upload, upload_id) if upload_id else None
        if upload is None:
            return Refused(ImportUndoRefusal.UNKNOWN_UPLOAD)
        if upload.applied_at is None:
            return Refused(ImportUndoRefusal.NOT_APPLIED)
        if upload.undone_at is not None:
            return Refused(ImportUndoRefusal.UNDONE)
        made: dict[str, Any] = upload.made
        if "events" not in made:
            return Refused(ImportUndoRefusal.TOO_LATE)
        ids = sorted(made["events"])
        _hold_dates(session, ids)
        if changed_since(session, upload):
            return Refused(ImportUndoRefusal.CHANGED_SINCE)
        if "change" in made and not undo.take_back(
            session, _change_of(upload), f"import-{upload.id}", now
        ):
            session.rollback()
            return Refused(ImportUndoRefusal.CHANGED_SINCE)
        kept = _with_people(session, ids)
        archived = tuple(_archive(session, one, now) for one in sorted(kept))
        gone = [one for one in ids if one not in kept]
        _remove(session, gone)
        _remove_places(session, made.get("venues", []))
        upload = session.get_one(Upload, upload_id)
        upload.undone_at = now
        upload.options = {**upload.options, "archived": list(archived)[:20]}
        restored = made.get("events_changed", [])
        _record(gone, archived, restored, upload.id, by=by, now=now)
        touch()
        return Undone(len(gone), len(restored), archived)


def _record(
    gone: list[int],
    archived: tuple[str, ...],
    restored: list[int],
    upload_id: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    for event_id in restored:
        audit.record("undo", "event", event_id, by=by, now=now, change="import")
    audit.record(
        "undo",
        "upload",
        upload_id,
        by=by,
        now=now,
        removed=len(gone),
        restored=len(restored),
        archived=len(archived),
    )


def why_not(token: str) -> list[str]:
    """The titles of events that keep an import from being undone."""
    chosen = select(Upload).where(Upload.token == token).options(undefer(Upload.made))
    upload = db.session.scalar(chosen)
    return changed_since(db.session(), upload) if upload is not None and upload.applied_at else []
