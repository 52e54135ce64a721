"""Move, cancel and restore one date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events import closing, undo
from events.conflicts import is_booked_twice
from events.horizon import ends_of
from events.models import Event, Kind, Occurrence, OccurrenceStatus, Series
from events.notices import tell_of_cancelling, tell_of_change, tell_of_restoring
from events.rooms import place_is_known
from events.rules.closing import Closing
from events.rules.planning import PlanRefusal, day_fault, length_fault
from events.rules.recurrence import to_utc
from events.signups import settle_waitlist
from people import audit
from people.audit import Actor

DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Move:
    """Where a date goes: naive local start in its zone, minutes, and a place of its own.

    `venue_id` None is the event's place, `room_id` a room there.
    """

    starts: datetime
    minutes: int
    venue_id: int | None = None
    room_id: int | None = None

    @property
    def whole_days(self) -> bool:
        """Whether it goes from one midnight to another."""
        return self.starts.time() == time(0) and self.minutes % DAY_MINUTES == 0


def _changed(session: Session, occurrence: Occurrence, now: datetime) -> None:
    """Step: the calendar entry of a date, and of its series, says that it changed."""
    occurrence.sequence += 1
    occurrence.updated_at = now
    occurrence.holiday = ""  # whoever changes a date has decided about it
    series = session.get(Series, occurrence.series_id) if occurrence.series_id else None
    if series is not None:
        series.updated_at = now
    touch()


def closing_over(session: Session, occurrence: Occurrence) -> Closing | None:
    """The closure in whose time and place a date is, whether it is cancelled or not."""
    event = session.get_one(Event, occurrence.event_id)
    venue_id = occurrence.venue_id or event.venue_id
    return closing.closing_for(session, occurrence.local_date, venue_id, event.mode)


def closing_of_move(occurrence_id: int, move: Move) -> Closing | None:
    """The closure that a date would be moved into, or None."""
    session = db.session()
    occurrence = session.get_one(Occurrence, occurrence_id)
    event = session.get_one(Event, occurrence.event_id)
    venue_id = move.venue_id or event.venue_id
    return closing.closing_for(session, move.starts.date(), venue_id, event.mode)


def _move_fault(event: Event, move: Move, timezone: str, now: datetime) -> PlanRefusal | None:
    today = now.astimezone(ZoneInfo(timezone)).date()
    return day_fault(move.starts.date(), today) or length_fault(
        move.minutes, community=event.kind == Kind.COMMUNITY_EVENT
    )


def _remember(
    verb: str, session: Session, occurrence: Occurrence, by: Actor, now: datetime
) -> undo.Kept:
    event_id = occurrence.event_id
    dates = [occurrence.id]
    return undo.remember(verb, session, event_id=event_id, occurrences=dates, by=by, now=now)


def reschedule(
    occurrence_id: int, move: Move, *, by: Actor, now: datetime, exclusive: bool = False
) -> int | Refused | None:
    """Operation: another time or place for one date, which keeps its key and its sign-ups.

    Everyone signed up is told; a larger room moves waiting people up. Into a time when the place
    is closed, the date is closed; out of one, it takes place. The change, for undoing; None when
    nothing changed. When it is `exclusive`, nothing may be booked twice.
    """
    with write() as session:
        occurrence = hold(Occurrence, occurrence_id)
        if occurrence is None:
            return Refused(PlanRefusal.UNKNOWN_DATE)
        event = session.get_one(Event, occurrence.event_id)
        fault = _move_fault(event, move, occurrence.timezone, now)
        if fault:
            return Refused(fault)
        if not place_is_known(session, move.venue_id, move.room_id, usual=event.venue_id):
            return Refused(PlanRefusal.UNKNOWN_VENUE)
        starts_at = to_utc(move.starts, occurrence.timezone)
        all_day = occurrence.all_day and move.whole_days
        ends_at = ends_of(move.starts, move.minutes, occurrence.timezone, all_day=all_day)
        venue_id = None if move.venue_id == event.venue_id else move.venue_id
        room_id = None if (venue_id, move.room_id) == (None, event.room_id) else move.room_id
        places = (occurrence.venue_id, occurrence.room_id)
        standing = (occurrence.starts_at, occurrence.ends_at, *places)
        if standing == (starts_at, ends_at, venue_id, room_id):
            return None
        kept = _remember("move", session, occurrence, by, now)
        occurrence.starts_at, occurrence.ends_at = starts_at, ends_at
        occurrence.all_day = all_day
        occurrence.venue_id, occurrence.room_id = venue_id, room_id
        occurrence.end_known = True
        local = starts_at.astimezone(ZoneInfo(occurrence.timezone))
        occurrence.local_date = local.date()
        _changed(session, occurrence, now)
        settled = closing.settle(session, Occurrence.id == occurrence_id, now)
        if exclusive and is_booked_twice(event.id, now, only=occurrence_id):
            session.rollback()
            return Refused(PlanRefusal.DOUBLE_BOOKED)
        if settled.closed:
            kept.messages += tell_of_cancelling(occurrence, now)
        settle_waitlist(occurrence, now)
        if occurrence.status == OccurrenceStatus.SCHEDULED:
            kept.messages += tell_of_change(occurrence, str(occurrence.sequence), now)
        event_id = occurrence.event_id
        audit.record("move", "occurrence", occurrence_id, by=by, now=now, event=event_id)
        return undo.keep(kept, session)


def cancel_occurrence(
    occurrence_id: int, reason: str, *, by: Actor, now: datetime
) -> int | Refused | None:
    """Operation: one date does not take place; its sign-ups stay and are told.

    A date that a closure has cancelled stays so when the closure goes; nobody is told again. The
    change, for undoing; None when it was cancelled by hand before.
    """
    with write() as session:
        occurrence = hold(Occurrence, occurrence_id)
        if occurrence is None:
            return Refused(PlanRefusal.UNKNOWN_DATE)
        closed = occurrence.closure_id is not None
        if occurrence.status == OccurrenceStatus.CANCELLED and not closed:
            return None
        kept = _remember("cancel", session, occurrence, by, now)
        occurrence.status = OccurrenceStatus.CANCELLED
        occurrence.cancel_reason = reason
        occurrence.closure_id = None
        _changed(session, occurrence, now)
        if not closed:
            kept.messages += tell_of_cancelling(occurrence, now)
        event_id = occurrence.event_id
        audit.record("cancel", "occurrence", occurrence_id, by=by, now=now, event=event_id)
        return undo.keep(kept, session)


def restore_occurrence(occurrence_id: int, *, by: Actor, now: datetime) -> int | Refused | None:
    """Operation: a cancelled date takes place after all.

    Mail that has not left is taken back; whoever was told is told that the date stands. Refused
    while a closure covers it. The change, for undoing; None when it was not cancelled.
    """
    with write() as session:
        occurrence = hold(Occurrence, occurrence_id)
        if occurrence is None:
            return Refused(PlanRefusal.UNKNOWN_DATE)
        if occurrence.status != OccurrenceStatus.CANCELLED:
            return None
        if closing_over(session, occurrence) is not None:
            return Refused(PlanRefusal.CLOSED)
        kept = _remember("restore", session, occurrence, by, now)
        occurrence.status = OccurrenceStatus.SCHEDULED
        occurrence.cancel_reason = ""
        _changed(session, occurrence, now)
        session.flush()
        settle_waitlist(occurrence, now)
        kept.messages += tell_of_restoring(occurrence, now)
        event_id = occurrence.event_id
        audit.record("restore", "occurrence", occurrence_id, by=by, now=now, event=event_id)
        return undo.keep(kept, session)


def keep_on_holiday(occurrence_id: int, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: a date on a holiday takes place; nobody is asked about it again."""
    with write() as session:
        occurrence = hold(Occurrence, occurrence_id)
        if occurrence is None:
            return Refused(PlanRefusal.UNKNOWN_DATE)
        if not occurrence.holiday:
            return False
        occurrence.holiday = ""
        session.flush()
        audit.record(
            "keep-on-holiday",
            "occurrence",
            occurrence_id,
            by=by,
            now=now,
            event=occurrence.event_id,
        )
        return True
