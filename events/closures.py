"""Close a venue, or the whole program, from one day to another; change that, and lift it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from core.db import db, hold, hold_table, write
from core.outcome import Refused
from core.window import touch
from events import closing, undo
from events.models import (
    Closure,
    Event,
    EventStatus,
    Occurrence,
    OccurrenceStatus,
    Venue,
)
from events.notices import count_told_of
from events.rooms import PLACE
from events.rules.closing import Closing, ClosureRefusal, closing_of, span_fault
from events.rules.planning import bounds
from people.audit import Actor

ONE_DAY = timedelta(days=1)
MOST_NAMED = 12


@dataclass(frozen=True)
class ClosurePlan:
    """A closure to be; `venue_id` None is the whole program. Both local days are included."""

    venue_id: int | None
    first_day: date
    last_day: date
    reason: str = ""


@dataclass(frozen=True)
class Done:
    """A closure as it is now, and the change to undo; None when there was nothing to do."""

    closure_id: int
    change_id: int | None
    closed: int = 0
    opened: int = 0


def today_of(venue: Venue | None, timezone: str, now: datetime) -> date:
    """The local date at a venue, or of the program in its zone."""
    return now.astimezone(ZoneInfo(venue.timezone if venue else timezone)).date()


def _fault(
    session: Session, plan: ClosurePlan, timezone: str, now: datetime
) -> ClosureRefusal | None:
    venue = session.get(Venue, plan.venue_id) if plan.venue_id is not None else None
    if plan.venue_id is not None and venue is None:
        return ClosureRefusal.UNKNOWN_VENUE
    today = today_of(venue, timezone, now)
    return span_fault(plan.first_day, plan.last_day, today, bounds(today).last)


def fault_of(plan: ClosurePlan, timezone: str, now: datetime) -> ClosureRefusal | None:
    """What is wrong with a closure to be."""
    return _fault(db.session(), plan, timezone, now)


def _same(session: Session, plan: ClosurePlan) -> Closure | None:
    return session.scalar(
        select(Closure).where(
            Closure.venue_id == plan.venue_id
            if plan.venue_id is not None
            else Closure.venue_id.is_(None),
            Closure.first_day == plan.first_day,
            Closure.last_day == plan.last_day,
            Closure.reason == plan.reason,
        )
    )


def _as_closing(plan: ClosurePlan, closure_id: int) -> Closing:
    return Closing(closure_id, plan.venue_id, plan.first_day, plan.last_day, plan.reason)


def _remember(
    verb: str,
    session: Session,
    which: ColumnElement[bool],
    found: Sequence[Closing],
    closures: Sequence[int],
    by: Actor,
    now: datetime,
) -> undo.Kept:
    """Step: note how the dates stand that may be closed or opened."""
    query = select(Occurrence.id).join(Event, Event.id == Occurrence.event_id)
    ids = session.scalars(query.where(which, closing.to_decide(found, now)))
    return undo.remember(verb, session, occurrences=list(ids), closures=closures, by=by, now=now)


def _settle(
    session: Session,
    verb: str,
    closure_id: int,
    which: ColumnElement[bool],
    found: Sequence[Closing],
    kept: undo.Kept,
) -> closing.Settled:
    settled = closing.settle(session, which, kept.at, found)
    kept.messages += closing.tell(session, settled, kept.at)
    closing.record(verb, closure_id, settled.all, by=kept.by, now=kept.at)
    touch()
    return settled


def close(plan: ClosurePlan, timezone: str, *, by: Actor, now: datetime) -> Done | Refused:
    """Operation: a venue, or the program, is closed; its dates still to come are cancelled in the
    closure's name, and those signed up are told.

    The same plan again is the same closure.

    Args:
        timezone: the program's zone, for closures of the whole program.
    """
    with write() as session:
        hold_table(Closure)
        fault = _fault(session, plan, timezone, now)
        if fault:
            return Refused(fault)
        made = _same(session, plan)
        if made is not None:
            return Done(made.id, None)
        which = closing.within(_as_closing(plan, 0))
        found = [*closing.closings(session), _as_closing(plan, 0)]
        kept = _remember("close", session, which, found, [], by, now)
        closure = Closure(
            venue_id=plan.venue_id,
            first_day=plan.first_day,
            last_day=plan.last_day,
            reason=plan.reason,
            created_at=now,
            updated_at=now,
        )
        session.add(closure)
        session.flush()
        found = closing.closings(session)
        settled = _settle(session, "close", closure.id, which, found, kept)
        change = undo.keep(kept, session, closures=[closure.id])
        return Done(closure.id, change, len(settled.closed), len(settled.opened))


def change_closure(
    closure_id: int,
    plan: ClosurePlan,
    timezone: str,
    *,
    by: Actor,
    now: datetime,
    seen: datetime | None = None,
) -> Done | Refused:
    """Operation: other days, another place or another reason. Dates that it covers no longer come
    back, unless another closure covers them.

    Args:
        seen: when the closure was changed last, as the coordinator saw it; refused when somebody
            changed it since.
    """
    with write() as session:
        hold_table(Closure)
        closure = hold(Closure, closure_id)
        if closure is None:
            return Refused(ClosureRefusal.UNKNOWN_CLOSURE)
        wanted = (plan.venue_id, plan.first_day, plan.last_day, plan.reason)
        if wanted == (closure.venue_id, closure.first_day, closure.last_day, closure.reason):
            return Done(closure_id, None)
        if seen is not None and closure.updated_at != seen:
            return Refused(ClosureRefusal.CHANGED_MEANWHILE)
        fault = _fault(session, plan, timezone, now)
        if fault:
            return Refused(fault)
        target = _as_closing(plan, closure_id)
        others = [one for one in closing.closings(session) if one.id != closure_id]
        which = or_(Occurrence.closure_id == closure_id, closing.within(target))
        found = sorted([*others, target], key=lambda one: one.id)
        kept = _remember("change-closure", session, which, found, [closure_id], by, now)
        closure.venue_id, closure.first_day, closure.last_day, closure.reason = wanted
        closure.updated_at = now
        settled = _settle(session, "edit", closure_id, which, found, kept)
        change = undo.keep(kept, session)
        return Done(closure_id, change, len(settled.closed), len(settled.opened))


def _end(session: Session, closure: Closure, today: date, now: datetime) -> None:
    """Step: a closure that has begun ended yesterday; one that has not goes."""
    if closure.first_day < today:
        closure.last_day, closure.updated_at = min(closure.last_day, today - ONE_DAY), now
        return
    session.execute(  # what is over already did not take place, and that stays so
        update(Occurrence)
        .where(Occurrence.closure_id == closure.id)
        .values(closure_id=None)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(delete(Closure).where(Closure.id == closure.id))


def lift_closure(closure_id: int, timezone: str, *, by: Actor, now: datetime) -> Done | Refused:
    """Operation: open again. The closure's dates from today on come back, unless another closure
    covers them; those signed up are told."""
    with write() as session:
        hold_table(Closure)
        closure = hold(Closure, closure_id)
        if closure is None:
            return Refused(ClosureRefusal.UNKNOWN_CLOSURE)
        today = today_of(closure.venue, timezone, now)
        if closure.last_day < today:
            return Done(closure_id, None)
        which = Occurrence.closure_id == closure_id
        found = [one for one in closing.closings(session) if one.id != closure_id]
        kept = _remember("lift", session, which, found, [closure_id], by, now)
        settled = _settle(session, "lift", closure_id, which, found, kept)
        session.flush()
        _end(session, closure, today, now)
        change = undo.keep(kept, session)
        return Done(closure_id, change, len(settled.closed), len(settled.opened))


@dataclass(frozen=True)
class Forecast:
    """What a closure would do: dates closed and opened, of which events, and who hears of it.

    `events` names the first events with the number of their dates that change, `more_events` how
    many further ones there are; `people` counts persons signed up, `told` those with an address.
    `kept` are dates that were cancelled by hand and stay so.
    """

    closes: int = 0
    opens: int = 0
    stays: int = 0
    kept: int = 0
    events: tuple[tuple[str, int], ...] = ()
    more_events: int = 0
    people: int = 0
    told: int = 0


def forecast(plan: ClosurePlan | None, now: datetime, closure_id: int = 0) -> Forecast:
    """What closing, changing (with `closure_id`) or lifting (without a plan) would do."""
    session = db.session()
    found = [one for one in closing.closings(session) if one.id != closure_id]
    which = Occurrence.closure_id == closure_id
    if plan is not None:
        target = _as_closing(plan, closure_id)
        found.append(target)
        which = or_(which, closing.within(target))
    rows = session.execute(
        select(
            Occurrence.id,
            Occurrence.local_date,
            Occurrence.status,
            Occurrence.closure_id,
            PLACE.label("place"),
            Event.mode,
            Event.title,
            Event.status.label("event_status"),
        )
        .join(Event, Event.id == Occurrence.event_id)
        .where(which, Occurrence.ends_at > now)
    ).all()
    closes: list[Any] = []
    opens: list[Any] = []
    stays, kept, names = 0, 0, Counter[str]()
    for row in rows:
        one = closing.standing_of(row, row.place, row.mode)
        if one.by_hand:
            kept += 1
            continue
        after = closing_of(one, found) is not None
        if after == one.cancelled:
            stays += after
            continue
        names[row.title] += 1
        (closes if after else opens).append(row)
    live = [row.id for row in (*closes, *opens) if row.event_status != EventStatus.DELETED]
    people, told = count_told_of(live)
    return Forecast(
        len(closes),
        len(opens),
        stays,
        kept,
        tuple(sorted(names.items(), key=lambda item: (-item[1], item[0]))[:MOST_NAMED]),
        max(0, len(names) - MOST_NAMED),
        people,
        told,
    )


@dataclass(frozen=True)
class ClosureLine:
    """A closure on the desk's list, with the number of dates that are closed by it."""

    id: int
    venue: str
    first_day: date
    last_day: date
    reason: str
    dates: int


def closure_lines(today: date, limit: int) -> tuple[list[ClosureLine], list[ClosureLine]]:
    """Closures that are on or come, the soonest first, and those that are past, the latest first;
    two statements."""
    dates = (
        select(func.count(Occurrence.id))
        .where(Occurrence.closure_id == Closure.id, Occurrence.status == OccurrenceStatus.CANCELLED)
        .correlate(Closure)
        .scalar_subquery()
    )
    query = select(
        Closure.id,
        func.coalesce(Venue.name, ""),
        Closure.first_day,
        Closure.last_day,
        Closure.reason,
        dates,
    ).outerjoin(Venue, Venue.id == Closure.venue_id)
    ahead = query.where(Closure.last_day >= today).order_by(Closure.first_day, Closure.id)
    past = query.where(Closure.last_day < today).order_by(Closure.last_day.desc(), Closure.id)
    return (
        [ClosureLine(*row) for row in db.session.execute(ahead.limit(limit))],
        [ClosureLine(*row) for row in db.session.execute(past.limit(limit))],
    )


def closure_of(closure_id: int) -> Closure | None:
    """A closure with its venue, or None."""
    return db.session.get(Closure, closure_id, options=[joinedload(Closure.venue)])
