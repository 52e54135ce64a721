"""Change a series from a date on, or all of it: what would happen, and doing it.

History stays: dates that were held keep their day, their people and their place in a series of
the old rhythm. "This and following" ends the old series and starts another under a UID of its
own, since calendar programs disagree on anything else. "All" keeps the UID with the dates to
come, so that subscribers see them move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.db import hold, write
from core.outcome import Refused
from core.window import touch
from events import closing, undo
from events.conflicts import is_booked_twice
from events.consequences import (
    Consequences,
    Scope,
    SeriesChange,
    change_fault,
    ends_before,
    find_consequences,
    reach_for,
)
from events.enrolments import join_new_dates
from events.horizon import date_values
from events.models import (
    Event,
    FormerKey,
    Occurrence,
    OccurrenceStatus,
    Series,
)
from events.notices import tell_of_cancelling, tell_of_change
from events.rules.planning import PlanRefusal
from events.rules.recurrence import key_of
from events.rules.replanning import Fate, Step
from events.series import (
    SeriesPlan,
    describe,
    plan_of,
)
from events.series_reading import Reading, read_series
from events.signups import settle_waitlist
from people import audit
from people.audit import Actor

NAMESPACE = UUID("7a3cb5de-2f2c-4f0e-9a53-6b1f3a0f5c11")


def _end_before(series: Series, since: date, now: datetime) -> None:
    """Step: a series ends before a local day."""
    last = since - timedelta(days=1)
    series.until = last if series.until is None else min(series.until, last)
    series.extended_to = max(series.extended_to, last)
    series.sequence += 1
    series.updated_at = now


def _twin(session: Session, series: Series, since: date, now: datetime) -> Series:
    """Step: a second series of the same event; its UID follows from the first one's and the day,
    so that the same change made twice makes one."""
    twin = Series(
        event_id=series.event_id,
        uid=uuid5(NAMESPACE, f"{series.uid} {since} {series.sequence}").hex,
        timezone=series.timezone,
        extended_to=series.extended_to,
        created_at=now,
        updated_at=now,
    )
    describe(twin, plan_of(series))
    twin.end_known = series.end_known
    session.add(twin)
    session.flush()
    return twin


def _keep_sequence(session: Session, series: Series, leaving: ColumnElement[bool]) -> None:
    """Step: the sequences of dates that leave a series stay in its own, which never goes down."""
    total = select(func.coalesce(func.sum(Occurrence.sequence), 0)).where(leaving)
    series.sequence += int(session.scalar(total) or 0)


def _split(session: Session, reading: Reading, change: SeriesChange, now: datetime) -> Series:
    """Step: history parts from what is to come; the series that takes on the new rhythm."""
    series = reading.series
    if not reading.history:
        return series
    twin = _twin(session, series, change.since, now)
    if change.scope == Scope.FOLLOWING:
        _keep_sequence(session, series, Occurrence.id.in_([row.id for row in reading.rows]))
        _end_before(series, change.since, now)
        return twin
    _end_before(twin, change.since, now)
    first = key_of(datetime.combine(change.since, datetime.min.time()))
    past = and_(Occurrence.series_id == series.id, Occurrence.key < first)
    _keep_sequence(session, series, past)
    session.execute(
        update(Occurrence)
        .where(past)
        .values(series_id=twin.id)
        .execution_options(synchronize_session=False)
    )
    return series


def _remember_keys(session: Session, event_id: int, changed: Mapping[int, str]) -> None:
    """Step: old keys lead on, unless a date has such a key now."""
    for occurrence_id, key in changed.items():
        found = session.get(FormerKey, (event_id, key))
        if found is None:
            session.add(FormerKey(event_id=event_id, key=key, occurrence_id=occurrence_id))
        else:
            found.occurrence_id = occurrence_id
    session.flush()
    live = select(Occurrence.key).where(Occurrence.event_id == event_id)
    session.execute(
        delete(FormerKey)
        .where(FormerKey.event_id == event_id, FormerKey.key.in_(live))
        .execution_options(synchronize_session=False)
    )


def _place(row: Occurrence, series: Series, old: SeriesPlan) -> None:
    """Step: a date goes where its series goes, unless it had a place of its own."""
    if (row.venue_id, row.room_id) == (old.venue_id, old.room_id):
        row.venue_id, row.room_id = series.venue_id, series.room_id


def _facts(row: Occurrence) -> tuple[object, ...]:
    """What a calendar program sees of a date."""
    return (row.key, row.starts_at, row.ends_at, row.all_day, row.venue_id, row.room_id)


def _take_along(
    row: Occurrence, step: Step, series: Series, old: SeriesPlan, now: datetime
) -> None:
    """Step: one date belongs to the new rhythm; moved ones go to its time."""
    assert step.new is not None
    values, before = date_values(series, step.new), _facts(row)
    row.series_id, row.key = series.id, values["key"]
    by_hand = step.old is not None and step.old.by_hand
    if step.fate == Fate.MOVED or (step.fate == Fate.SAME and not by_hand):
        for name in ("starts_at", "ends_at", "local_date", "all_day", "end_known", "holiday"):
            setattr(row, name, values[name])
        _place(row, series, old)
    if _facts(row) != before:
        row.sequence += 1
        row.updated_at = now


def _make_room(session: Session, event_id: int, ids: Sequence[int]) -> None:
    """Step: dates that get other keys give theirs up first, so that two may change places."""
    for one in ids:
        session.execute(
            update(Occurrence)
            .where(Occurrence.id == one, Occurrence.event_id == event_id)
            .values(key=f"~{one}")
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def _described(session: Session, reading: Reading, change: SeriesChange, now: datetime) -> Series:
    """Step: the series that the dates belong to from now on, with its new rhythm."""
    if ends_before(change):
        _end_before(reading.series, change.since, now)
        session.flush()
        return reading.series
    series = _split(session, reading, change, now)
    describe(series, change.plan)
    series.extended_to = max(reach_for(reading, change, now), change.since)
    series.sequence += 1
    series.updated_at = now
    session.flush()
    return series


def _apply(
    session: Session,
    reading: Reading,
    found: Consequences,
    change: SeriesChange,
    kept: undo.Kept,
    now: datetime,
) -> None:
    """Step: everything that `found` says."""
    event_id, old = reading.event.id, plan_of(reading.series)
    keys = {row.id: row.key for row in reading.rows}
    rows = {row.id: row for row in reading.rows}
    series = _described(session, reading, change, now)
    dropped = [step.old.id for step in found.of(Fate.DROPPED) if step.old]
    _keep_sequence(session, series, Occurrence.id.in_(dropped))
    _drop(session, dropped)
    staying = [step for step in found.steps if step.old and step.new and step.fate != Fate.DROPPED]
    renamed = {
        step.old.id: keys[step.old.id]
        for step in staying
        if step.old and step.new and keys[step.old.id] != key_of(step.new.original)
    }
    _make_room(session, event_id, list(renamed))
    for step in staying:
        assert step.old is not None
        _take_along(rows[step.old.id], step, series, old, now)
    session.flush()
    for step in found.of(Fate.CANCELLED):
        assert step.old is not None
        _cancel(rows[step.old.id], now)
    fresh = [date_values(series, step.new) for step in found.of(Fate.ADDED) if step.new]
    stamps = {"status": OccurrenceStatus.SCHEDULED, "created_at": now, "updated_at": now}
    if fresh:
        session.execute(insert(Occurrence), [one | stamps for one in fresh])
        join_new_dates(reading.event, [one["key"] for one in fresh], now)
    session.flush()
    _remember_keys(session, event_id, renamed)
    kept.messages += closing.close_covered(session, Occurrence.event_id == event_id, now)
    _tell(rows, found, kept, now)


def _drop(session: Session, ids: Sequence[int]) -> None:
    for table, column in ((FormerKey, FormerKey.occurrence_id), (Occurrence, Occurrence.id)):
        session.execute(
            delete(table).where(column.in_(ids)).execution_options(synchronize_session=False)
        )


def _cancel(row: Occurrence, now: datetime) -> None:
    if row.status == OccurrenceStatus.SCHEDULED:
        row.status = OccurrenceStatus.CANCELLED
        row.sequence += 1
        row.updated_at = now


def _tell(
    rows: Mapping[int, Occurrence], found: Consequences, kept: undo.Kept, now: datetime
) -> None:
    """Step: whoever is on a date that moved or went is told; a larger room seats people."""
    fates = {Fate.MOVED} | ({Fate.SAME} if found.resized else set())
    for step in found.steps:
        if step.old is None or step.old.over or step.old.cancelled:
            continue
        row = rows.get(step.old.id)
        if row is None or not found.crowd(step).signups:
            continue
        if step.fate == Fate.CANCELLED:
            kept.messages += tell_of_cancelling(row, now)
        elif step.fate in fates and row.status == OccurrenceStatus.SCHEDULED:
            settle_waitlist(row, now)
            kept.messages += tell_of_change(row, f"series-{row.sequence}", now)


def change_series(
    change: SeriesChange, seen: str, *, by: Actor, now: datetime, exclusive: bool = False
) -> int | Refused:
    """Operation: change a series as its consequences page said; the change, for undoing.

    Args:
        seen: the fingerprint of the consequences that were shown; when others would follow by
            now, nothing is done.
        exclusive: nothing may be booked twice.
    """
    with write() as session:
        found = session.get(Series, change.series_id)
        event = hold(Event, found.event_id) if found else None
        series = hold(Series, change.series_id)
        if series is None or event is None:
            return Refused(PlanRefusal.UNKNOWN_SERIES)
        for row in read_series(session, series, change.since, now).rows:
            hold(Occurrence, row.id)
        kept = undo.remember(
            "reschedule", session, event_id=event.id, events=[event.id], by=by, now=now
        )
        reading = read_series(session, series, change.since, now)
        fault = change_fault(reading, change, now)
        if fault:
            return Refused(fault)
        consequences = find_consequences(reading, change, now)
        if consequences.fingerprint != seen:
            return Refused(PlanRefusal.CHANGED_MEANWHILE)
        _apply(session, reading, consequences, change, kept, now)
        if exclusive and is_booked_twice(event.id, now):
            session.rollback()
            return Refused(PlanRefusal.DOUBLE_BOOKED)
        event.updated_at = now
        audit.record("reschedule", "series", series.id, by=by, now=now, event=event.id)
        touch()
        return undo.keep(kept, session)
