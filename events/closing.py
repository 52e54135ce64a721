"""Dates and the closures that cover them: steps of whatever makes, moves or closes dates.

A date is closed while a closure covers it: cancelled in its name, with its reason. Dates that
were cancelled by hand are nobody's but their coordinator's. What is over is never rewritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, update
from sqlalchemy.orm import Session

from core.db import AT_ONCE, hold_many
from core.window import touch
from events import notices
from events.models import (
    Closure,
    Event,
    EventStatus,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    SignupState,
)
from events.rooms import PLACE
from events.rules.closing import Closing, Standing, closing_of
from events.signups import settle_waitlist
from people import audit
from people.audit import Actor


@dataclass
class Settled:
    """What became of dates: closed, open again, or still closed but for another reason."""

    closed: list[Occurrence] = field(default_factory=list)
    opened: list[Occurrence] = field(default_factory=list)
    passed: list[Occurrence] = field(default_factory=list)

    @property
    def all(self) -> list[Occurrence]:
        return [*self.closed, *self.opened, *self.passed]


def closings(session: Session) -> list[Closing]:
    """Every closure, the oldest first; one statement."""
    query = select(
        Closure.id, Closure.venue_id, Closure.first_day, Closure.last_day, Closure.reason
    )
    return [Closing(*row) for row in session.execute(query.order_by(Closure.id))]


def some_of(ids: Iterable[int], column: Any = Occurrence.id) -> Iterator[ColumnElement[bool]]:
    """Conditions that choose rows by id, a handful of hundreds in each."""
    wanted = sorted(set(ids))
    for at in range(0, len(wanted), AT_ONCE):
        yield column.in_(wanted[at : at + AT_ONCE])


def within(closing: Closing) -> ColumnElement[bool]:
    """Dates in the span and at the place of a closure; for selects that join Event."""
    days = Occurrence.local_date.between(closing.first, closing.last)
    if closing.venue_id is None:
        return days
    return and_(days, func.coalesce(PLACE, 0) == closing.venue_id, Event.mode != Mode.ONLINE)


def standing_of(one: Any, venue_id: int | None, mode: str) -> Standing:
    """A date as the rule sees it; `one` has the columns of an occurrence."""
    return Standing(
        day=one.local_date,
        venue_id=venue_id,
        online=mode == Mode.ONLINE,
        cancelled=one.status == OccurrenceStatus.CANCELLED,
        closed_by=one.closure_id,
    )


def to_decide(found: Sequence[Closing], now: datetime) -> ColumnElement[bool]:
    """Dates still to come that a closure may close or let go; for selects that join Event."""
    covered = or_(false(), *(within(one) for one in found))
    return and_(
        Occurrence.ends_at > now,
        or_(
            Occurrence.closure_id.is_not(None),
            and_(Occurrence.status == OccurrenceStatus.SCHEDULED, covered),
        ),
    )


def _apply(one: Occurrence, closing: Closing | None, now: datetime, settled: Settled) -> None:
    was_closed = one.status == OccurrenceStatus.CANCELLED
    reason = closing.reason if closing else ""
    closed_by = closing.id if closing else None
    if (one.closure_id, one.cancel_reason if was_closed else "") == (closed_by, reason):
        return
    status = OccurrenceStatus.CANCELLED if closing else OccurrenceStatus.SCHEDULED
    one.status, one.cancel_reason, one.closure_id = status, reason, closed_by
    one.sequence += 1
    one.updated_at = now
    if closing is None:
        settled.opened.append(one)
    else:
        (settled.passed if was_closed else settled.closed).append(one)


def say_changed(session: Session, dates: Sequence[Occurrence], now: datetime) -> None:
    """Step: the calendar entries of the dates' series say that they changed."""
    if not dates:
        return
    session.flush()
    for some in some_of((one.series_id for one in dates if one.series_id), Series.id):
        session.execute(
            update(Series)
            .where(some)
            .values(updated_at=now)
            .execution_options(synchronize_session="fetch")
        )
    touch()


def settle(
    session: Session,
    which: ColumnElement[bool],
    now: datetime,
    known: Sequence[Closing] | None = None,
) -> Settled:
    """Step: close the chosen dates that a closure covers, and open those that none covers any
    more. Dates cancelled by hand or over stay as they are. Nobody is told yet.

    Args:
        which: a condition on Occurrence joined with Event.
        known: all closures, where the caller has them already.
    """
    session.flush()
    settled = Settled()
    found = closings(session) if known is None else known
    if known is None and not found:
        return settled
    query = select(Occurrence.id).join(Event, Event.id == Occurrence.event_id)
    ids = list(session.scalars(query.where(which, to_decide(found, now))))
    hold_many(Occurrence, ids)
    for some in some_of(ids):
        rows = session.execute(
            select(Occurrence, PLACE, Event.mode)
            .join(Event, Event.id == Occurrence.event_id)
            .where(some, to_decide(found, now))
            .order_by(Occurrence.id)
            .execution_options(populate_existing=True)
        )
        for one, venue_id, mode in rows:
            _apply(one, closing_of(standing_of(one, venue_id, mode), found), now, settled)
    say_changed(session, settled.all, now)
    return settled


def with_people(session: Session, dates: Iterable[Occurrence]) -> set[int]:
    """The ids of those dates that somebody is signed up for, unless their event is deleted."""
    found: set[int] = set()
    for some in some_of((one.id for one in dates), Signup.occurrence_id):
        found.update(
            session.scalars(
                select(Signup.occurrence_id)
                .join(Occurrence, Occurrence.id == Signup.occurrence_id)
                .join(Event, Event.id == Occurrence.event_id)
                .where(
                    some,
                    Signup.state != SignupState.CANCELLED,
                    Event.status != EventStatus.DELETED,
                )
            )
        )
    return found


def tell(session: Session, settled: Settled, now: datetime) -> notices.Messages:
    """Step: those signed up hear what became of their dates; a date that is open again seats
    those in line who fit."""
    session.flush()
    told: notices.Messages = []
    people = with_people(session, [*settled.closed, *settled.opened])
    for one in settled.closed:
        if one.id in people:
            told += notices.tell_of_cancelling(one, now)
    for one in settled.opened:
        if one.id in people:
            settle_waitlist(one, now)
            told += notices.tell_of_restoring(one, now)
    return told


def close_covered(
    session: Session,
    which: ColumnElement[bool],
    now: datetime,
    known: Sequence[Closing] | None = None,
) -> notices.Messages:
    """Step: `settle` and `tell`, for dates newly made, moved, or come to another place."""
    return tell(session, settle(session, which, now, known), now)


def record(
    verb: str, closure_id: int, dates: Iterable[Occurrence], *, by: Actor, now: datetime
) -> None:
    """Step: the history of each event says what became of its dates."""
    counts = Counter(one.event_id for one in dates)
    for event_id, count in sorted(counts.items()):
        audit.record(verb, "closure", closure_id, by=by, now=now, event=event_id, dates=count)
    if not counts:
        audit.record(verb, "closure", closure_id, by=by, now=now, dates=0)


def closing_for(session: Session, day: date, venue_id: int | None, mode: str) -> Closing | None:
    """The closure that a date on a local day at a place would be closed by, or None."""
    return closing_of(Standing(day, venue_id, mode == Mode.ONLINE), closings(session))


def mark(rows: list[dict[str, Any]], found: Sequence[Closing], session: Session) -> None:
    """Step: dates that are about to be added, all of one event, are closed where a closure
    covers them. Without closures in their time this costs nothing.

    Args:
        rows: values of occurrences to insert; changed in place.
        found: all closures.
    """
    if not rows:
        return
    days = [row["local_date"] for row in rows]
    first, last = min(days), max(days)
    near = [one for one in found if one.first <= last and one.last >= first]
    if not near:
        return
    event = session.get_one(Event, rows[0]["event_id"])
    for row in rows:
        venue_id = row["venue_id"] or event.venue_id
        one = Standing(row["local_date"], venue_id, event.mode == Mode.ONLINE)
        closing = closing_of(one, near)
        if closing is not None:
            row["status"] = OccurrenceStatus.CANCELLED
            row["cancel_reason"], row["closure_id"] = closing.reason, closing.id


def misfits(session: Session, now: datetime) -> ColumnElement[bool]:
    """Dates that a closure should cover or should not: whatever slipped through while a closure
    was made at the same moment."""
    found = closings(session)
    missed = [and_(within(one), Occurrence.status == OccurrenceStatus.SCHEDULED) for one in found]
    astray = [and_(Occurrence.closure_id == one.id, ~within(one)) for one in found]
    return or_(false(), *missed, *astray)
