"""Cancel, restore or move many dates at once: one transaction, one reason, one message.

Whatever cannot be done to a date leaves that date alone and is said; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from core.db import db, hold_many, write
from core.outcome import Refused
from core.window import touch
from events import closing, notices, undo
from events.conflicts import is_booked_twice
from events.models import Event, EventStatus, Mode, Occurrence, OccurrenceStatus, Venue
from events.rules.closing import Closing, Standing, closing_of
from events.rules.planning import day_fault
from events.rules.recurrence import to_utc
from events.signups import settle_waitlist
from people import audit
from people.audit import Actor

MOST_AT_ONCE = 500
MOST_SHIFT_DAYS = 366
MOST_SHIFT_MINUTES = 24 * 60


class Verb(StrEnum):
    """What is done to dates."""

    CANCEL = "cancel"
    RESTORE = "restore"
    MOVE = "move"


class Fate(StrEnum):
    """What becomes of a date, or why nothing does."""

    DONE = "done"
    CLOSED = "closed"  # moved to where it is closed
    ALREADY = "already"
    OVER = "over"
    COVERED = "covered"  # a closure keeps it from being restored
    BY_HAND = "by-hand"  # cancelled by hand: it is restored before it is moved
    TOO_FAR = "too-far"
    DELETED = "deleted"


GOES = (Fate.DONE, Fate.CLOSED)


class BulkRefusal(StrEnum):
    """Why nothing was done at all."""

    NOTHING_CHOSEN = "nothing-chosen"
    TOO_MANY = "too-many-chosen"
    NO_SHIFT = "no-shift"
    TOO_FAR = "shift-too-far"
    UNKNOWN_VENUE = "shift-unknown-venue"
    DOUBLE_BOOKED = "shift-double-booked"


@dataclass(frozen=True)
class Shift:
    """How dates move: by days and minutes of the wall clock, and to a venue; None keeps the place
    each has."""

    days: int = 0
    minutes: int = 0
    venue_id: int | None = None


@dataclass(frozen=True)
class Order:
    """What is to be done to which dates; `reason` goes with cancelling, `shift` with moving."""

    verb: Verb
    ids: tuple[int, ...]
    reason: str = ""
    shift: Shift = Shift()


@dataclass(frozen=True)
class One:
    """A date and what becomes of it. `starts_at` and `ends_at` are what they will be."""

    date: Occurrence
    event: Event
    fate: Fate
    starts_at: datetime
    ends_at: datetime

    @property
    def goes(self) -> bool:
        return self.fate in GOES


@dataclass(frozen=True)
class BulkDone:
    """How many dates it was done to, and the change to undo; None when there were none."""

    change_id: int | None
    dates: int
    left: int
    messages: int


def order_fault(order: Order) -> BulkRefusal | None:
    """What is wrong with an order."""
    if not order.ids:
        return BulkRefusal.NOTHING_CHOSEN
    if len(set(order.ids)) > MOST_AT_ONCE:
        return BulkRefusal.TOO_MANY
    if order.verb != Verb.MOVE:
        return None
    shift = order.shift
    if abs(shift.days) > MOST_SHIFT_DAYS or abs(shift.minutes) > MOST_SHIFT_MINUTES:
        return BulkRefusal.TOO_FAR
    if shift == Shift():
        return BulkRefusal.NO_SHIFT
    if shift.venue_id is not None and db.session.get(Venue, shift.venue_id) is None:
        return BulkRefusal.UNKNOWN_VENUE
    return None


def moved_times(one: Occurrence, shift: Shift) -> tuple[datetime, datetime]:
    """When a date starts and ends after a shift; whole days keep their midnights."""
    by = timedelta(days=shift.days, minutes=shift.minutes)
    zone = ZoneInfo(one.timezone)

    def later(moment: datetime) -> datetime:
        return to_utc(moment.astimezone(zone).replace(tzinfo=None) + by, one.timezone)

    starts_at = later(one.starts_at)
    if one.all_day:
        return starts_at, later(one.ends_at)
    return starts_at, starts_at + (one.ends_at - one.starts_at)


def place_after(one: Occurrence, event: Event, shift: Shift) -> int | None:
    """The venue of a date after a shift. What is online only stays where it is."""
    if shift.venue_id is not None and event.mode != Mode.ONLINE:
        return shift.venue_id
    return one.venue_id or event.venue_id


def _local_day(moment: datetime, timezone: str) -> date:
    return moment.astimezone(ZoneInfo(timezone)).date()


def _moved_fate(
    one: Occurrence, event: Event, order: Order, found: Sequence[Closing], now: datetime
) -> Fate:
    if one.status == OccurrenceStatus.CANCELLED and one.closure_id is None:
        return Fate.BY_HAND
    starts_at, _ends = moved_times(one, order.shift)
    place = place_after(one, event, order.shift)
    if (starts_at, place) == (one.starts_at, one.venue_id or event.venue_id):
        return Fate.ALREADY
    day = _local_day(starts_at, one.timezone)
    if day_fault(day, _local_day(now, one.timezone)):
        return Fate.TOO_FAR
    there = Standing(day, place, event.mode == Mode.ONLINE)
    return Fate.CLOSED if closing_of(there, found) else Fate.DONE


def _fate(
    one: Occurrence, event: Event, order: Order, found: Sequence[Closing], now: datetime
) -> Fate:
    by_hand = one.status == OccurrenceStatus.CANCELLED and one.closure_id is None
    if event.status == EventStatus.DELETED:
        return Fate.DELETED
    if one.ends_at <= now:
        return Fate.OVER
    if order.verb == Verb.CANCEL:
        return Fate.ALREADY if by_hand else Fate.DONE
    if order.verb == Verb.MOVE:
        return _moved_fate(one, event, order, found, now)
    if one.status != OccurrenceStatus.CANCELLED:
        return Fate.ALREADY
    place = one.venue_id or event.venue_id
    covered = closing_of(Standing(one.local_date, place, event.mode == Mode.ONLINE), found)
    return Fate.COVERED if covered else Fate.DONE


def judged(order: Order, now: datetime) -> list[One]:
    """What an order would do to each date, in order of time; two statements. Dates that are gone
    are left out."""
    session = db.session()
    found = closing.closings(session)
    rows = session.execute(
        select(Occurrence, Event)
        .join(Event, Event.id == Occurrence.event_id)
        .where(or_(false(), *closing.some_of(order.ids)))
        .order_by(Occurrence.starts_at, Occurrence.id)
        .execution_options(populate_existing=True)
    )
    return [
        One(one, event, _fate(one, event, order, found, now), *moved_times(one, order.shift))
        for one, event in rows
    ]


def _cancel(one: One, order: Order) -> bool:
    """Step: cancelled by hand; whether those signed up have to hear of it."""
    told_before = one.date.closure_id is not None
    one.date.status, one.date.closure_id = OccurrenceStatus.CANCELLED, None
    one.date.cancel_reason = order.reason
    return not told_before


def _restore(one: One, order: Order) -> bool:
    one.date.status, one.date.cancel_reason = OccurrenceStatus.SCHEDULED, ""
    return True


def _move(one: One, order: Order) -> bool:
    one.date.starts_at, one.date.ends_at = one.starts_at, one.ends_at
    one.date.local_date = _local_day(one.starts_at, one.date.timezone)
    venue_id = place_after(one.date, one.event, order.shift)
    if venue_id != (one.date.venue_id or one.event.venue_id):
        one.date.venue_id = None if venue_id == one.event.venue_id else venue_id
        one.date.room_id = None
    return True


_STEPS: dict[Verb, Callable[[One, Order], bool]] = {
    Verb.CANCEL: _cancel,
    Verb.RESTORE: _restore,
    Verb.MOVE: _move,
}


def _tell(one: Occurrence, verb: Verb, now: datetime) -> notices.Messages:
    if one.status == OccurrenceStatus.CANCELLED:
        return notices.tell_of_cancelling(one, now)
    settle_waitlist(one, now)
    if verb == Verb.RESTORE:
        return notices.tell_of_restoring(one, now)
    return notices.tell_of_change(one, str(one.sequence), now)


def _carry_out(
    session: Session, order: Order, chosen: Iterable[One], *, by: Actor, now: datetime
) -> notices.Messages:
    """Step: the order is carried out on dates that are held, and those signed up are told."""
    dates, heard = [], []
    for one in chosen:
        was_closed = one.date.closure_id is not None
        if _STEPS[order.verb](one, order):
            heard.append((one.date, was_closed))
        one.date.sequence += 1
        one.date.updated_at = now
        one.date.holiday = ""  # whoever changes a date has decided about it
        dates.append(one.date)
        about = {"event": one.event.id}
        audit.record(order.verb, "occurrence", one.date.id, by=by, now=now, **about)
    if order.verb == Verb.MOVE:
        closing.settle(session, or_(false(), *closing.some_of(one.id for one in dates)), now)
    closing.say_changed(session, dates, now)
    session.flush()
    people = closing.with_people(session, (row for row, _was in heard))
    owed: notices.Messages = []
    for row, was_closed in heard:
        still_closed = was_closed and row.closure_id is not None
        if row.id in people and not still_closed:
            owed += _tell(row, order.verb, now)
    return owed


def _booked_twice(chosen: Iterable[One], now: datetime) -> bool:
    pairs = [(one.event.id, one.date.id) for one in chosen]
    return any(is_booked_twice(event_id, now, only=date_id) for event_id, date_id in pairs)


def do_many(
    order: Order, *, by: Actor, now: datetime, exclusive: bool = False
) -> BulkDone | Refused:
    """Operation: cancel, restore or move the chosen dates; everyone signed up is told once for
    each date, and the mail names all of theirs together.

    Dates are held in the order of their ids, so that two coordinators never wait for each other.
    When it is `exclusive`, nothing may be booked twice.
    """
    with write() as session:
        fault = order_fault(order)
        if fault:
            return Refused(fault)
        hold_many(Occurrence, order.ids)
        found = judged(order, now)
        chosen = [one for one in found if one.goes]
        if not chosen:
            return BulkDone(None, 0, len(found), 0)
        ids = [one.date.id for one in chosen]
        verb = f"{order.verb}-many"
        kept = undo.remember(verb, session, occurrences=ids, by=by, now=now)
        kept.messages += _carry_out(session, order, chosen, by=by, now=now)
        if exclusive and order.verb != Verb.CANCEL and _booked_twice(chosen, now):
            session.rollback()
            return Refused(BulkRefusal.DOUBLE_BOOKED)
        touch()
        change = undo.keep(kept, session)
        return BulkDone(change, len(chosen), len(found) - len(chosen), len(kept.messages))
