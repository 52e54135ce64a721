"""Take back what the desk did, for ten minutes: the rows as they were, and the mail owed.

An operation remembers the rows it may touch before it changes anything and keeps what differed
at its end. Undoing puts these rows back, but sequences go on rising and stamps are new, so that
calendar programs see it as one more change. People who signed up meanwhile are never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events import closing, notices
from events.kept_rows import (
    TABLES,
    Row,
    Rows,
    among,
    remove_rows,
    rows_in,
    rows_now,
    typed_row,
    where_key,
)
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Change,
    Closure,
    Event,
    EventLanguage,
    EventTag,
    FormerKey,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    Room,
    Series,
    Signup,
    Venue,
)
from people import audit
from people.audit import Actor
from people.models import OutboxMessage

UNDO_FOR = timedelta(minutes=10)


class UndoRefusal(StrEnum):
    """Why a change cannot be taken back."""

    UNKNOWN_CHANGE = "unknown-change"
    UNDONE = "undone"
    TOO_LATE = "too-late"
    CHANGED_SINCE = "changed-since"


@dataclass
class Kept:
    """What an operation is about to change, as it stands before."""

    verb: str
    event_id: int | None
    by: Actor
    at: datetime
    scope: dict[str, ColumnElement[bool]]
    before: Rows
    messages: list[OutboxMessage] = field(default_factory=list)


def remember(
    verb: str,
    session: Session,
    *,
    by: Actor,
    now: datetime,
    event_id: int | None = None,
    events: Iterable[int] = (),
    occurrences: Iterable[int] = (),
    venues: Iterable[int] = (),
    closures: Iterable[int] = (),
) -> Kept:
    """Step: note how the rows stand that a change may touch.

    Args:
        event_id: the one event that the change is about, if it is about one.
        events: events whole, with their series, dates and facilitators.
        occurrences: single dates with their series.
        venues: places with their rooms.
        closures: closures that there are already; new ones are given to `keep`.
    """
    whole, single, placed = list(events), list(occurrences), list(venues)
    scope = {
        "venue": among(Venue.id, placed),
        "room": among(Room.venue_id, placed),
        "closure": among(Closure.id, list(closures)),
        "event": among(Event.id, whole),
        "event_tag": among(EventTag.event_id, whole),
        "event_language": among(EventLanguage.event_id, whole),
        "series": or_(
            among(Series.event_id, whole),
            Series.id.in_(select(Occurrence.series_id).where(among(Occurrence.id, single))),
        ),
        "occurrence": or_(among(Occurrence.event_id, whole), among(Occurrence.id, single)),
        "former_key": among(FormerKey.event_id, whole),
        "assignment": among(Assignment.event_id, whole),
    }
    return Kept(verb, event_id, by, now, scope, rows_in(session, scope))


def _stamps(rows: Rows) -> dict[str, dict[str, str]]:
    """What tells that the desk changed a row once more. A series' own stamp rises with each of
    its dates, so there only its sequence tells."""
    return {
        name: {
            key: str(row["sequence"] if name == "series" else row["updated_at"])
            for key, row in found.items()
        }
        for name, found in rows.items()
        if "updated_at" in TABLES[name].c
    }


def keep(kept: Kept, session: Session, *, closures: Iterable[int] = ()) -> int:
    """Step: write down what differs now; the id of the change, for `undo`.

    Args:
        closures: closures that the change made.
    """
    change = difference(kept, session, closures=closures)
    session.add(change)
    session.flush()
    return change.id


def difference(kept: Kept, session: Session, *, closures: Iterable[int] = ()) -> Change:
    """What differs now, as a change that is written down nowhere."""
    fresh = list(closures)
    kept.scope["closure"] = or_(kept.scope["closure"], among(Closure.id, fresh))
    after = rows_in(session, kept.scope)
    before: Rows = {}
    made: dict[str, list[str]] = {}
    touched: Rows = {}
    for name, rows in kept.before.items():
        before[name] = {key: row for key, row in rows.items() if after[name].get(key) != row}
        made[name] = [key for key in after[name] if key not in rows]
        touched[name] = {
            key: after[name][key] for key in (*before[name], *made[name]) if key in after[name]
        }
    return Change(
        at=kept.at,
        by_id=kept.by.person_id,
        verb=kept.verb,
        event_id=kept.event_id,
        before=before,
        made={"rows": made, "stamps": _stamps(touched)},
        messages=[message.id for message in kept.messages],
    )


def latest(session: Session, now: datetime) -> list[Change]:
    """The changes that can still be taken back, the newest first."""
    found = select(Change).where(Change.at > now - UNDO_FOR, Change.undone_at.is_(None))
    return list(session.scalars(found.order_by(Change.id.desc()).limit(10)))


def _changed_since(session: Session, change: Change) -> bool:
    for name, stamps in change.made["stamps"].items():
        rows = rows_now(session, TABLES[name], stamps)
        if _stamps({name: rows})[name] != stamps:
            return True
        removed = set(change.before[name]) - set(stamps)
        if rows_now(
            session, TABLES[name], removed
        ):  # SQLite gives the number of a row that is gone
            return True  # to the next one
    return False


def _with_people(session: Session, ids: list[int]) -> set[int]:
    found: set[int] = set()
    for table in (Signup, AttendanceMark, AttendanceRecord, HeadCount):
        column = table.occurrence_id
        found.update(session.scalars(select(column).where(among(column, ids))))
    return found


def _remove_made_dates(session: Session, change: Change, now: datetime) -> None:
    """Dates that the change added go; those that people are on by now are cancelled instead."""
    made = change.made["rows"]
    ids = [int(key) for key in made["occurrence"]]
    session.execute(  # a cohort's people were put on the dates it gained
        delete(Signup).where(
            among(Signup.occurrence_id, ids),
            Signup.enrolment_id.is_not(None),
            Signup.created_at == change.at,
        )
    )
    used = _with_people(session, ids)
    made["occurrence"] = [key for key in made["occurrence"] if int(key) not in used]
    for name in ("assignment", "former_key", "occurrence"):
        remove_rows(session, name, made[name])
    for occurrence_id in sorted(used):
        one = hold(Occurrence, occurrence_id)
        if one is not None and one.status == OccurrenceStatus.SCHEDULED:
            one.status = OccurrenceStatus.CANCELLED
            one.sequence += 1
            one.updated_at = now
            session.flush()
            notices.tell_of_cancelling(one, now)


def _remove_made_rest(session: Session, change: Change) -> None:
    """What else the change added goes, unless a date that stays needs it."""
    made = change.made["rows"]
    for name in ("series", "event_language", "event_tag", "event", "closure", "room", "venue"):
        free = [key for key in made[name] if not _needed(session, name, key)]
        remove_rows(session, name, free)


def _needed(session: Session, name: str, key: str) -> bool:
    columns = {"series": Occurrence.series_id, "event": Occurrence.event_id}
    if name not in columns:
        return False
    found = select(Occurrence.id).where(columns[name] == int(key)).limit(1)
    return session.scalar(found) is not None


def _without_what_went(session: Session, values: Row) -> Row:
    """A row without the closure or room that somebody took away since: its date is open again,
    unless another closure covers it, and stays in its place."""
    closure, room = values.get("closure_id"), values.get("room_id")
    if closure is not None and session.get(Closure, closure) is None:
        open_again = {"status": OccurrenceStatus.SCHEDULED, "cancel_reason": ""}
        values = values | open_again | {"closure_id": None}
    if room is not None and session.get(Room, room) is None:
        values = values | {"room_id": None}
    return values


def _put_back(session: Session, change: Change, now: datetime) -> None:
    """Rows that the change touched get their values back; those it removed are there again."""
    for name, table in TABLES.items():
        before: dict[str, Row] = change.before[name]
        standing = rows_now(session, table, before)
        if name == "occurrence":  # two dates may have changed keys: first make room
            for key in standing:
                session.execute(
                    update(table).where(where_key(table, key)).values(key=f"~{key}"[:15])
                )
        for key, row in before.items():
            values = _without_what_went(session, typed_row(table, row))
            sequence = int(standing.get(key, row).get("sequence") or 0) + 1
            fresh = {"updated_at": now, "sequence": sequence}
            values |= {one: value for one, value in fresh.items() if one in table.c}
            if key in standing:
                session.execute(update(table).where(where_key(table, key)).values(values))
            else:
                session.execute(insert(table).values(values))


def _settle_closures(session: Session, change: Change, now: datetime) -> None:
    """Step: the dates of closures that go are open, those of closures that are there again are
    closed, and dates that were put back into a closed time are closed, too."""
    gone = {int(key) for key in change.made["rows"]["closure"]}
    back = {int(key) for key in change.before["closure"]}
    known = [one for one in closing.closings(session) if one.id not in gone]
    dates = [int(key) for key in change.before["occurrence"]]
    which = or_(
        among(Occurrence.closure_id, sorted(gone | back)),
        among(Occurrence.id, dates),
        *(closing.within(one) for one in known if one.id in back),
    )
    closing.close_covered(session, which, now, known)
    session.flush()
    session.execute(
        update(Occurrence)
        .where(among(Occurrence.closure_id, sorted(gone)))
        .values(closure_id=None)
        .execution_options(synchronize_session=False)
    )


def take_back(session: Session, change: Change, name: str, now: datetime) -> bool:
    """Step: the rows of a change as they were, and its mail; False when the desk changed them
    since, and nothing is done.

    Args:
        name: what this is known by, so that nobody is told of it twice.
    """
    for occurrence_id in sorted(int(key) for key in change.made["stamps"].get("occurrence", ())):
        hold(Occurrence, occurrence_id)
    if _changed_since(session, change):
        return False
    _remove_made_dates(session, change, now)
    _put_back(session, change, now)
    session.expire_all()
    _settle_closures(session, change, now)
    _remove_made_rest(session, change)
    session.expire_all()
    notices.take_back(change.messages, name, now)
    return True


def undo(change_id: int, *, by: Actor, now: datetime) -> int | Refused | None:
    """Operation: take a change back, mail included; the event it was about.

    Refused when ten minutes have passed, when it was undone, or when the desk changed the same
    rows since: then that later change has to be undone first.
    """
    with write() as session:
        change = hold(Change, change_id)
        if change is None:
            return Refused(UndoRefusal.UNKNOWN_CHANGE)
        if change.undone_at is not None:
            return Refused(UndoRefusal.UNDONE)
        if now > change.at + UNDO_FOR:
            return Refused(UndoRefusal.TOO_LATE)
        if not take_back(session, change, f"undo-{change.id}", now):
            return Refused(UndoRefusal.CHANGED_SINCE)
        change.undone_at = now
        audit.record("undo", "event", change.event_id, by=by, now=now, change=change.verb)
        touch()
        return change.event_id


def event_still_there(event_id: int | None) -> int | None:
    """The event a change was about, unless it went with it."""
    return db.session.scalar(select(Event.id).where(Event.id == event_id)) if event_id else None
