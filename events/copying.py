"""Copy an event with everything but its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import Model, db, hold, write
from core.outcome import Refused
from core.window import touch
from events import closing
from events.horizon import ends_of, extend_to_horizon, local_day, rhythm_of
from events.models import (
    Event,
    EventLanguage,
    EventStatus,
    EventTag,
    Joining,
    Occurrence,
    OccurrenceStatus,
    Series,
)
from events.rules.copying import begun_on
from events.rules.planning import PlanRefusal, day_fault, horizon, rhythm_fault
from events.rules.recurrence import key_of, to_utc
from events.slugs import free_slug, slug_of
from people import audit
from people.audit import Actor

TRIES = 3
MINUTE = timedelta(minutes=1)
# What is an event's alone. Columns that are added later are copied unless they are named here.
_OWN_OF_EVENT = {
    *("id", "version", "slug", "title", "status", "created_at", "updated_at"),
    *("deleted_at", "deleted_from", "source", "source_id", "source_hash", "source_values"),
}
_OWN_OF_SERIES = {
    *("id", "version", "event_id", "uid", "sequence", "created_at", "updated_at"),
    *("starts_on", "until", "extended_to", "pauses"),
}
_OWN_OF_DATE = {
    *("id", "version", "event_id", "series_id", "uid", "key", "sequence", "created_at"),
    *("updated_at", "local_date", "starts_at", "ends_at", "status", "cancel_reason"),
    *("closure_id", "holiday"),
}


@dataclass(frozen=True)
class CopyPlan:
    """The copy to be. `first_day` is the local day it begins on; the same press is one copy."""

    title: str
    first_day: date
    press: UUID


@dataclass(frozen=True)
class Copied:
    """What a copy has: its id, how many rhythms, and how many dates so far."""

    event_id: int
    rhythms: int
    dates: int


def _columns(row: Model, own: set[str]) -> dict[str, Any]:
    return {
        column.key: getattr(row, column.key)
        for column in row.__table__.columns
        if column.key not in own
    }


def _made_before(session: Session, press: UUID) -> int | None:
    made = select(Series.event_id).where(Series.uid == press.hex)
    alone = select(Occurrence.event_id).where(Occurrence.uid == press.hex)
    return session.scalar(made) or session.scalar(alone)


def live_series(event: Event, today: date) -> list[Series]:
    """The rhythms that go on; the last ones there were when none does."""
    going = [one for one in event.series if one.until is None or one.until >= today]
    if going or not event.series:
        return going
    last = max(one.until for one in event.series if one.until is not None)
    return [one for one in event.series if one.until == last]


def single_dates(event_id: int) -> list[Occurrence]:
    """The dates of an event that take place and belong to no rhythm, in order of time."""
    return list(
        db.session.scalars(
            select(Occurrence)
            .where(
                Occurrence.event_id == event_id,
                Occurrence.series_id.is_(None),
                Occurrence.status == OccurrenceStatus.SCHEDULED,
            )
            .order_by(Occurrence.starts_at)
        )
    )


def _uids(press: UUID, count: int) -> list[str]:
    return [press.hex if n == 0 else uuid5(press, str(n)).hex for n in range(count)]


def _copy_series(
    session: Session, event: Event, sources: Sequence[Series], plan: CopyPlan, now: datetime
) -> PlanRefusal | None:
    """Step: the same rhythms from the first day on; pauses that are still to come hold here too."""
    for uid, source in zip(_uids(plan.press, len(sources)), sources, strict=True):
        rhythm = begun_on(rhythm_of(source), plan.first_day)
        today = local_day(now, source.timezone)
        cohort = event.joining == Joining.COHORT
        fault = rhythm_fault(rhythm, today, cohort=cohort)
        if fault:
            return fault
        ahead = [pause for pause in source.pauses if pause[1] >= plan.first_day.isoformat()]
        series = Series(
            **_columns(source, _OWN_OF_SERIES),
            event_id=event.id,
            uid=uid,
            starts_on=rhythm.starts_on,
            until=rhythm.until,
            pauses=ahead,
            extended_to=rhythm.starts_on - timedelta(days=1),
            created_at=now,
            updated_at=now,
        )
        session.add(series)
        session.flush()
        last = horizon(max(today, plan.first_day))
        extend_to_horizon(series, max(last, rhythm.until) if cohort and rhythm.until else last, now)
    return None


def _wall(moment: datetime, timezone: str) -> datetime:
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


def _copy_dates(
    session: Session, event: Event, sources: Sequence[Occurrence], plan: CopyPlan, now: datetime
) -> None:
    """Step: the same dates at the same wall-clock times, the first one on the first day."""
    shift = plan.first_day - sources[0].local_date
    taken: set[str] = set()
    for uid, source in zip(_uids(plan.press, len(sources)), sources, strict=True):
        before = _wall(source.starts_at, source.timezone)
        starts = before + shift
        length = source.ends_at - source.starts_at
        if source.all_day:
            length = _wall(source.ends_at, source.timezone) - before
        ends_at = ends_of(starts, length // MINUTE, source.timezone, all_day=source.all_day)
        if key_of(starts) in taken:
            continue
        taken.add(key_of(starts))
        session.add(
            Occurrence(
                **_columns(source, _OWN_OF_DATE),
                event_id=event.id,
                uid=uid,
                key=key_of(starts),
                local_date=starts.date(),
                starts_at=to_utc(starts, source.timezone),
                ends_at=ends_at,
                created_at=now,
                updated_at=now,
            )
        )
    session.flush()


def _copy_details(session: Session, source: Event, plan: CopyPlan, now: datetime) -> Event:
    event = Event(
        **_columns(source, _OWN_OF_EVENT),
        title=plan.title,
        slug=free_slug(Event.slug, slug_of(plan.title, source.kind)),
        status=EventStatus.DRAFT,
        created_at=now,
        updated_at=now,
        tags=[EventTag(tag=one.tag) for one in source.tags],
        languages=[EventLanguage(language=one.language) for one in source.languages],
    )
    session.add(event)
    session.flush()
    return event


def _counted(session: Session, event_id: int) -> Copied:
    rhythms = select(func.count()).select_from(Series).where(Series.event_id == event_id)
    dates = select(func.count()).select_from(Occurrence).where(Occurrence.event_id == event_id)
    return Copied(event_id, session.scalar(rhythms) or 0, session.scalar(dates) or 0)


def _copy(event_id: int, plan: CopyPlan, *, by: Actor, now: datetime) -> Copied | Refused:
    with write() as session:
        made = _made_before(session, plan.press)
        if made is not None:
            return _counted(session, made)
        source = hold(Event, event_id)
        if source is None or source.status == EventStatus.DELETED:
            return Refused(PlanRefusal.UNKNOWN_EVENT)
        today = local_day(now, source.timezone)
        fault = day_fault(plan.first_day, today)
        if fault:
            return Refused(fault)
        series, singles = live_series(source, today), single_dates(event_id)
        event = _copy_details(session, source, plan, now)
        if series:
            fault = _copy_series(session, event, series, plan, now)
        elif singles:
            _copy_dates(session, event, singles, plan, now)
        if fault:
            session.rollback()
            return Refused(fault)
        closing.close_covered(session, Occurrence.event_id == event.id, now)
        audit.record("copy", "event", event_id, by=by, now=now, copy=event.id)
        audit.record("create", "event", event.id, by=by, now=now, copied_from=event_id)
        touch()
        return _counted(session, event.id)


def copy_event(event_id: int, plan: CopyPlan, *, by: Actor, now: datetime) -> Copied | Refused:
    """Operation: a draft with an event's details, tags, languages, picture, place and times.

    Rhythms go on as they are from the first day on; without any, single dates move with the
    first of them. Sign-ups, attendance, facilitators and where it was imported from stay behind.
    """
    for left in reversed(range(TRIES)):
        try:
            return _copy(event_id, plan, by=by, now=now)
        except IntegrityError:  # another press took the UID or the slug meanwhile
            if not left:
                raise
    raise AssertionError("unreachable")
