"""Dates of imported events changed as planned, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from core.db import db
from events.horizon import local_day
from events.imports.calendar_plan import DatePlan, EventPlan
from events.imports.calendar_states import State, pauses_of, row_of, rule_values
from events.imports.ical.entries import When
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Event,
    FormerKey,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
)
from events.notices import Messages, tell_of_cancelling, tell_of_change
from events.rules.planning import horizon
from events.signups import settle_waitlist

_PEOPLE = (Signup, AttendanceMark, AttendanceRecord, HeadCount, Assignment)


def dates_of(event_id: int) -> dict[str, Occurrence]:
    """The dates of an event, by key."""
    chosen = select(Occurrence).where(Occurrence.event_id == event_id)
    return {one.key: one for one in db.session.scalars(chosen)}


def hold_dates(event_ids: Iterable[int], now: datetime) -> None:
    """Step: nobody signs up for a date to come between the question and the answer."""
    for event_id in sorted(event_ids):
        db.session.execute(
            update(Occurrence)
            .where(Occurrence.event_id == event_id, Occurrence.starts_at > now)
            .values(version=Occurrence.version + 1)
            .execution_options(synchronize_session=False)
        )


def with_people(ids: list[int]) -> set[int]:
    """Which of some dates have anybody on them: signed up, marked, counted or assigned."""
    found: set[int] = set()
    for table in _PEOPLE:
        chosen = select(table.occurrence_id).where(table.occurrence_id.in_(ids))
        found.update(one for one in db.session.scalars(chosen) if one is not None)
    return found


def _put(one: Occurrence, state: State, timezone: str, now: datetime) -> Messages:
    """One date to another state; everyone signed up is told of what they would notice."""
    was_off = one.status == OccurrenceStatus.CANCELLED
    moved = (one.starts_at, one.ends_at, one.venue_id) != (
        state.starts_at,
        state.ends_at,
        state.place,
    )
    one.starts_at, one.ends_at, one.end_known = state.starts_at, state.ends_at, state.end_known
    one.local_date, one.timezone = local_day(state.starts_at, timezone), timezone
    one.venue_id = state.place if isinstance(state.place, int) else None
    if one.closure_id is None:
        off = OccurrenceStatus.CANCELLED if state.cancelled else OccurrenceStatus.SCHEDULED
        one.status = off
    one.sequence += 1
    one.updated_at = now
    db.session.flush()
    if one.status == OccurrenceStatus.CANCELLED:
        return [] if was_off else tell_of_cancelling(one, now)
    settle_waitlist(one, now)
    return tell_of_change(one, str(one.sequence), now) if moved or was_off else []


def _drop(plan: DatePlan, now: datetime) -> tuple[Messages, list[str]]:
    """Dates that are gone go; those with people on them are cancelled, and these are told."""
    used = with_people([one.id for one in plan.drop])
    owed: Messages = []
    said: list[str] = []
    for one in plan.drop:
        if one.id not in used:
            db.session.execute(delete(FormerKey).where(FormerKey.occurrence_id == one.id))
            db.session.delete(one)
            continue
        said.append(f"{one.key} has people on it: it was cancelled, and they are told")
        if one.status == OccurrenceStatus.SCHEDULED:
            one.status = OccurrenceStatus.CANCELLED
            one.sequence += 1
            one.updated_at = now
            db.session.flush()
            owed += tell_of_cancelling(one, now)
    db.session.flush()
    return owed, said


def _rekey(plan: DatePlan, timezone: str, now: datetime) -> Messages:
    """Dates that have another time keep their people; their old addresses lead on."""
    old = {one.id: one.key for one, _key, _state in plan.rekey}
    for one, _key, _state in plan.rekey:
        one.key = f"~{one.id}"  # two dates may change places
    db.session.flush()
    owed: Messages = []
    for one, key, state in plan.rekey:
        one.key = key
        here = (FormerKey.event_id == one.event_id) & FormerKey.key.in_([key, old[one.id]])
        db.session.execute(delete(FormerKey).where(here))
        former = FormerKey(event_id=one.event_id, key=old[one.id], occurrence_id=one.id)
        db.session.add(former)
        owed += _put(one, state, timezone, now)
    return owed


def _ended(series: Series, rows: Iterable[Occurrence], now: datetime) -> None:
    """The series ends with its last date that has begun."""
    held = [one.key[:10] for one in rows if one.series_id == series.id and one.starts_at <= now]
    yesterday = local_day(now, series.timezone) - timedelta(days=1)
    series.until = max(series.starts_on, yesterday, *map(date.fromisoformat, held))


def new_series(event: Event, uid: str, when: When, now: datetime) -> Series:
    """The series of a rule, with dates up to the horizon, or to its first date beyond."""
    assert when.rule is not None
    rule = when.rule
    made_to = max(horizon(local_day(now, when.timezone)), rule.starts_on)
    made = Series(
        uid=uid,
        timezone=when.timezone,
        starts_on=rule.starts_on,
        duration_minutes=when.minutes,
        end_known=when.end_known,
        all_day=when.all_day,
        pauses=pauses_of(when.excepted),
        until=rule.until,
        extended_to=made_to,
        created_at=now,
        updated_at=now,
        **rule_values(rule),
    )
    event.series.append(made)
    return made


def _reframe(
    plan: EventPlan, uid: str, rows: dict[str, Occurrence], now: datetime
) -> Series | None:
    """The series of the new rhythm: the old one changed when it has not begun, else a new one."""
    when, old = plan.entry.when, plan.series
    begun = old is not None and any(
        one.series_id == old.id and one.starts_at <= now for one in rows.values()
    )
    if old is not None and (begun or when.rule is None):
        _ended(old, rows.values(), now)
        old.sequence += 1
        old.updated_at = now
    if when.rule is None:
        return None
    if old is not None and not begun:
        for name, value in rule_values(when.rule).items():
            setattr(old, name, value)
        old.timezone, old.all_day, old.starts_on = when.timezone, when.all_day, when.rule.starts_on
        old.extended_to = max(horizon(local_day(now, when.timezone)), when.rule.starts_on)
        return old
    made = new_series(plan.event, uid, when, now)
    coming = [key[:10] for key, state in plan.dates.add.items() if state.ruled]
    coming += [key[:10] for _one, key, state in plan.dates.rekey if state.ruled]
    if begun and coming:
        made.starts_on = date.fromisoformat(min(coming))
    db.session.flush()
    return made


def _bound(series: Series, plan: EventPlan) -> None:
    """Length, end and pauses of a series as the source gives them."""
    when, base = plan.entry.when, plan.base.when
    if when.rule is None:
        return
    series.duration_minutes, series.end_known = when.minutes, when.end_known
    series.until = series.extended_to if when.cancelled else when.rule.until
    ours = [span for span in series.pauses if span not in pauses_of(base.excepted)]
    series.pauses = ours + [one for one in pauses_of(when.excepted) if one not in ours]


def change_dates(
    plan: EventPlan,
    uid: str,
    single: Callable[[str], str],
    rows: dict[str, Occurrence],
    now: datetime,
) -> tuple[Messages, list[str]]:
    """Step: an event's dates as planned; the mail owed, and what there is to say.

    Args:
        uid: for a series that has to be made.
        single: gives the UID of a date that no series makes, from its key.
    """
    when, dates, series = plan.entry.when, plan.dates, plan.series
    if dates.ours or when == plan.base.when:
        return [], []
    owed, said = _drop(dates, now)
    if dates.reframe:
        series = _reframe(plan, uid, rows, now)
    if series is not None:
        _bound(series, plan)
        series.sequence += 1
        series.updated_at = now
    owed += _rekey(dates, when.timezone, now)
    for one, state in dates.put:
        owed += _put(one, state, when.timezone, now)
    if dates.reframe:
        _join(plan, series, single)
    _add(plan.event, series, plan, single, now)
    return owed, said


def _join(plan: EventPlan, series: Series | None, single: Callable[[str], str]) -> None:
    """Dates that go on under another rhythm belong to its series, or stand alone."""
    kept = [(one, state) for one, state in plan.dates.put]
    kept += [(one, state) for one, _key, state in plan.dates.rekey]
    for one, state in kept:
        one.all_day = plan.entry.when.all_day
        one.series_id = series.id if series is not None and state.ruled else None
        one.uid = (one.uid or single(one.key)) if one.series_id is None else None
    db.session.flush()


def _add(
    event: Event,
    series: Series | None,
    plan: EventPlan,
    single: Callable[[str], str],
    now: datetime,
) -> None:
    for key, state in plan.dates.add.items():
        values = row_of(
            event.id, series.id if series else None, single(key), key, plan.entry.when, state
        )
        place = state.place if isinstance(state.place, int) else None
        db.session.add(Occurrence(**values, venue_id=place, created_at=now, updated_at=now))
    db.session.flush()
