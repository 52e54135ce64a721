"""Every series that goes on gets its dates up to the horizon, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.db import db, write
from core.window import touch
from events import closing
from events.horizon import insert_dates, local_day, occurrence_rows
from events.models import Event, EventStatus, Occurrence, Series
from events.rules.closing import Closing
from events.rules.planning import horizon

AT_ONCE = 200
Progress = Callable[[Sequence[list[int]]], Iterable[list[int]]]


def _behind(now: datetime) -> list[int]:
    """The series that go on and do not reach the horizon, by id."""
    query = (
        select(Series.id)
        .join(Event, Event.id == Series.event_id)
        .where(
            Series.extended_to < horizon(now.date() + timedelta(days=1)),
            or_(Series.until.is_(None), Series.until > Series.extended_to),
            Event.status.in_((EventStatus.DRAFT, EventStatus.PUBLISHED)),
        )
        .order_by(Series.id)
    )
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _hold_all(session: Session, ids: list[int]) -> list[Series]:
    """Step: hold several series at once, in order, and read them fresh."""
    session.execute(
        update(Series)
        .where(Series.id.in_(ids))
        .values(version=Series.version + 1)
        .execution_options(synchronize_session=False)
    )
    found = select(Series).where(Series.id.in_(ids)).order_by(Series.id)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _taken(session: Session, series: Sequence[Series]) -> set[tuple[int, str]]:
    """The starts that events have already beyond where their series end."""
    since = min(one.extended_to for one in series).isoformat()
    events = {one.event_id for one in series}
    query = select(Occurrence.event_id, Occurrence.key).where(
        Occurrence.event_id.in_(events), Occurrence.key > since
    )
    return {(event_id, key) for event_id, key in session.execute(query)}


def _extend(ids: list[int], now: datetime, closings: Sequence[Closing]) -> int:
    """One transaction's worth of series; how many dates are new."""
    with write() as session:
        some = _hold_all(session, ids)
        if not some:
            return 0
        taken = _taken(session, some)
        rows = []
        for series in some:
            last = horizon(local_day(now, series.timezone))
            if last <= series.extended_to:
                continue
            first = series.extended_to + timedelta(days=1)
            for row in occurrence_rows(series, first, last, now, closings):
                if (series.event_id, row["key"]) in taken:
                    series.updated_at = now  # its calendar entry excepts that day from now on
                else:
                    taken.add((series.event_id, row["key"]))
                    rows.append(row)
            series.extended_to = last
        session.flush()
        insert_dates(rows)
        if rows:
            touch()
        return len(rows)


def extend_calendar(now: datetime, progress: Progress = iter) -> int:
    """Operation: every series that goes on gets its rows up to the horizon; how many are new.

    Idempotent; a transaction for every 200 series, so that nobody waits long for it. Dates that
    came to be while a closure was made are closed, too.

    Args:
        progress: is given the portions and gives them back one by one.
    """
    ids = _behind(now)
    closings = closing.closings(db.session())
    db.session.rollback()
    portions = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    total = sum(_extend(portion, now, closings) for portion in progress(portions))
    with write() as session:
        closing.close_covered(session, closing.misfits(session, now), now)
    return total
