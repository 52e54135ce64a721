"""New dates of an event: series at one or more times, or single dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.db import hold, write
from core.outcome import Refused
from core.window import touch
from events import closing, undo
from events.conflicts import is_booked_twice
from events.enrolments import join_new_dates
from events.horizon import ends_of, local_day
from events.models import Event, Joining, Kind, Occurrence, Series
from events.rules.planning import MOST_DATES, MOST_SERIES, PlanRefusal, day_fault, length_fault
from events.rules.recurrence import key_of, to_utc
from events.series import SeriesPlan, add_series, series_fault
from people import audit
from people.audit import Actor


@dataclass(frozen=True)
class DatesPlan:
    """Dates to be: `series`, and single ones by their naive local `starts`, each of so many
    `minutes`. The same `press` again makes nothing more."""

    press: UUID
    series: tuple[SeriesPlan, ...] = ()
    starts: tuple[datetime, ...] = ()
    minutes: int = 60
    all_day: bool = False


def dates_fault(plan: DatesPlan, kind: Kind, joining: Joining, today: date) -> PlanRefusal | None:
    """What is wrong with planned dates, as far as it can be told without the database."""
    if not plan.series and not plan.starts:
        return PlanRefusal.NO_DATES
    if len(plan.starts) > MOST_DATES or len(plan.series) > MOST_SERIES:
        return PlanRefusal.TOO_MANY_DATES
    faults = (
        *(series_fault(one, kind, joining, today) for one in plan.series),
        *(day_fault(one.date(), today) for one in plan.starts),
        length_fault(plan.minutes, community=kind == Kind.COMMUNITY_EVENT) if plan.starts else None,
    )
    return next((fault for fault in faults if fault is not None), None)


def uid_of(press: UUID, number: int) -> str:
    """The UID of the `number`th thing that a press makes, from 0."""
    return press.hex if number == 0 else f"{press.hex}-{number}"


def event_of_press(session: Session, press: UUID) -> int | None:
    """The event whose dates a press has made already."""
    made = select(Series.event_id).where(Series.uid == press.hex)
    alone = select(Occurrence.event_id).where(
        or_(Occurrence.uid == press.hex, Occurrence.uid == uid_of(press, 1))
    )
    return session.scalar(made) or session.scalar(alone)


def _single(event: Event, starts: datetime, plan: DatesPlan, uid: str, now: datetime) -> Occurrence:
    starts_at = to_utc(starts, event.timezone)
    return Occurrence(
        event_id=event.id,
        uid=uid,
        key=key_of(starts),
        local_date=local_day(starts_at, event.timezone),
        starts_at=starts_at,
        ends_at=ends_of(starts, plan.minutes, event.timezone, all_day=plan.all_day),
        all_day=plan.all_day,
        timezone=event.timezone,
        created_at=now,
        updated_at=now,
    )


def make_dates(session: Session, event: Event, plan: DatesPlan, now: datetime) -> list[str]:
    """Step: the series and dates of a plan; the keys of the dates that are new.

    A start that the event has already is not made twice.
    """
    keys = select(Occurrence.key).where(Occurrence.event_id == event.id)
    before = set(session.scalars(keys))
    for number, series in enumerate(plan.series):
        add_series(session, event, series, uid_of(plan.press, number), now)
    standing = set(session.scalars(keys))
    for number, starts in enumerate(dict.fromkeys(plan.starts), start=len(plan.series)):
        if key_of(starts) not in standing:
            session.add(_single(event, starts, plan, uid_of(plan.press, number), now))
    closing.close_covered(session, Occurrence.event_id == event.id, now)
    session.flush()
    return sorted(set(session.scalars(keys)) - before)


def add_dates(
    event_id: int, plan: DatesPlan, *, by: Actor, now: datetime, exclusive: bool = False
) -> int | Refused | None:
    """Operation: more dates for an event; whoever enrolled in a cohort is on them too.

    The change, for undoing; None when the same press made them before. When it is
    `exclusive`, nothing may be booked twice.
    """
    with write() as session:
        event = hold(Event, event_id)
        if event is None:
            return Refused(PlanRefusal.UNKNOWN_EVENT)
        if event_of_press(session, plan.press) is not None:
            return None
        today = local_day(now, event.timezone)
        fault = dates_fault(plan, Kind(event.kind), Joining(event.joining), today)
        if fault:
            return Refused(fault)
        kept = undo.remember(
            "add-dates", session, event_id=event_id, events=[event_id], by=by, now=now
        )
        made = make_dates(session, event, plan, now)
        if not made:
            session.rollback()
            return Refused(PlanRefusal.NO_DATES)
        if exclusive and is_booked_twice(event_id, now):
            session.rollback()
            return Refused(PlanRefusal.DOUBLE_BOOKED)
        join_new_dates(event, made, now)
        event.updated_at = now
        audit.record("add-dates", "event", event_id, by=by, now=now, dates=len(made))
        touch()
        return undo.keep(kept, session)
