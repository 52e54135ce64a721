"""Rows of the database to what feeds are made from.

Dates are counted against their series' rule; where the count says that all are there, the rule
speaks for them and only those that were changed are loaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from events.feeds.entries import FeedDate, FeedEntry, FeedEvent, FeedSeries, Place
from events.feeds.instances import AHEAD
from events.feeds.rhythm import count as count_days
from events.feeds.rhythm import days_between, has
from events.horizon import ends_of
from events.identity import counted_twice
from events.models import OccurrenceStatus, Venue
from events.rules.breaks import HolidayPolicy, Pause, PlannedDate
from events.rules.recurrence import Rhythm, Unit, key_of, to_utc
from events.series import SeriesPlan, planned_of

AnyRow = Row[*tuple[Any, ...]]
YEARS_BEYOND = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """How many dates a series has, the first and last day of them, and the earliest and latest
    time of day as their keys have it."""

    count: int
    first: date
    last: date
    earliest: str
    latest: str


def place_of(venue: Venue | None) -> Place | None:
    """A venue as feeds name it."""
    if venue is None:
        return None
    return Place(
        venue.name,
        venue.address,
        venue.city,
        venue.region,
        venue.latitude,
        venue.longitude,
        venue.approximate,
    )


def _place(row: AnyRow) -> Place | None:
    if row.venue_id is None:
        return None
    return Place(
        row.venue_name,
        row.address,
        row.city,
        row.region,
        row.latitude,
        row.longitude,
        row.approximate,
    )


def event_of(row: AnyRow, tags: Sequence[str], languages: Sequence[str]) -> FeedEvent:
    shown = row.online_url_public
    return FeedEvent(
        row.slug,
        row.kind,
        row.title,
        row.summary,
        row.description,
        row.mode,
        row.joining,
        row.online_url if shown else None,
        row.online_phone if shown else None,
        _place(row),
        tuple(tags),
        tuple(languages),
        tuple(sorted({*row.access, *(row.venue_access or ())})),
        row.created_at,
        max(row.updated_at, row.venue_updated_at or row.updated_at),
    )


def date_of(row: AnyRow, base_venue: int | None, *, shown: bool) -> FeedDate:
    """A date; `base_venue` is where its series, or else its event, takes place."""
    elsewhere = row.venue_id is not None and row.venue_id != base_venue
    cancelled = row.status == OccurrenceStatus.CANCELLED
    return FeedDate(
        row.key,
        row.starts_at,
        row.ends_at,
        row.timezone,
        row.uid,
        cancelled,
        row.cancel_reason,
        _place(row) if elsewhere else None,
        counted_twice(row.sequence),
        row.created_at,
        max(row.updated_at, row.venue_updated_at if elsewhere else row.updated_at),
        shown,
        row.all_day,
    )


def _rhythm(row: AnyRow) -> Rhythm:
    weekdays = tuple(sorted(row.weekdays))
    if row.unit == Unit.WEEK and not weekdays:
        weekdays = (row.starts_on.weekday(),)
    return Rhythm(
        row.starts_on,
        row.start_time,
        weekdays,
        row.interval,
        row.until,
        Unit(row.unit),
        tuple(row.nths),
        tuple(row.month_days),
    )


def follows_its_rule(row: AnyRow, counted: Counted | None) -> bool:
    """Whether the dates there are can only be those of the rule, each once."""
    at = f"{row.start_time:%H%M}"
    if counted is None or not counted.earliest == counted.latest == at:
        return False
    rhythm = _rhythm(row)
    whole = count_days(rhythm, counted.first, max(counted.last, row.extended_to))
    return has(rhythm, counted.first) and has(rhythm, counted.last) and counted.count == whole


@dataclass(frozen=True)
class Beyond:
    """What is known of a series after the last of its rows: days of the rhythm that it will not
    meet on, dates that it will move off a holiday, and the local day since when this is known."""

    missing: frozenset[date] = frozenset()
    moved: tuple[FeedDate, ...] = ()
    turned: date | None = None


def _plan_of(row: AnyRow, rhythm: Rhythm) -> SeriesPlan:
    pauses = (Pause(*(date.fromisoformat(day) for day in pause)) for pause in row.pauses)
    return SeriesPlan(
        rhythm,
        row.duration_minutes,
        row.all_day,
        tuple(pauses),
        HolidayPolicy(row.holidays),
        row.holiday_calendar,
    )


def _moved(row: AnyRow, one: PlannedDate) -> FeedDate:
    ends = ends_of(one.starts, row.duration_minutes, row.timezone, all_day=row.all_day)
    return FeedDate(
        key_of(one.original),
        to_utc(one.starts, row.timezone),
        ends,
        row.timezone,
        uid=None,
        cancelled=False,
        reason="",
        place=None,
        sequence=0,
        created_at=row.created_at,
        updated_at=row.updated_at,
        all_day=row.all_day,
    )


def _beyond(row: AnyRow, rhythm: Rhythm, last: date) -> Beyond:
    """Programs look further ahead than there are rows: to the end of the second year after `last`,
    three years from now at the least. What they show there must not be a holiday."""
    first, end = row.extended_to + timedelta(days=1), date(last.year + YEARS_BEYOND, 12, 31)
    broken = bool(row.pauses) or row.holidays in (HolidayPolicy.SKIP, HolidayPolicy.MOVE)
    if not broken or (rhythm.until is not None and rhythm.until < first):
        return Beyond()
    planned = planned_of(_plan_of(row, rhythm), first, end)
    missing = set(days_between(rhythm, first, end)) - {one.original.date() for one in planned}
    moved = tuple(_moved(row, one) for one in planned if one.starts != one.original)
    turned = date(last.year, 1, 1) - AHEAD
    return Beyond(frozenset(missing), moved, turned if missing or moved else None)


def _series(
    row: AnyRow,
    counted: Counted | None,
    loaded: Sequence[FeedDate] | None,
    exceptions: Sequence[FeedDate],
    last: date,
    *,
    whole: bool,
) -> FeedSeries:
    """A series; `loaded` are all of its dates where counting them found that some differ."""
    rhythm = _rhythm(row)
    first: date | None = None
    missing: frozenset[date] = frozenset()
    if loaded is None:
        first = counted.first if counted else None
    else:
        at = row.start_time
        days = {one.day for one in loaded if one.time == at and has(rhythm, one.day)}
        first = min(days, default=None)
        if first is not None:
            known = max(max(days), row.extended_to)
            missing = frozenset(set(days_between(rhythm, first, known)) - days)
    beyond = _beyond(row, rhythm, last) if first is not None else Beyond()
    return FeedSeries(
        row.uid,
        row.timezone,
        rhythm,
        timedelta(minutes=row.duration_minutes),
        row.end_known,
        first,
        missing | beyond.missing,
        (*(exceptions if loaded is None else loaded), *beyond.moved),
        counted_twice(row.sequence),
        row.created_at,
        max(row.updated_at, row.venue_updated_at or row.updated_at),
        whole,
        row.all_day,
        _place(row),
        beyond.turned,
    )


def _matches(row: AnyRow, event: AnyRow, dates: Sequence[FeedDate]) -> bool:
    """Whether the filters let a series in where it usually is: at its own place, when it has one,
    as they do its dates there."""
    if row.venue_id is None:
        return bool(event.matches)
    return any(one.shown for one in dates if one.place is None)


def entries_of(
    events: Sequence[AnyRow],
    series_rows: Sequence[AnyRow],
    date_rows: Iterable[AnyRow],
    counts: dict[int, Counted],
    odd: set[int],
    own_place: set[int],
    tags: dict[int, tuple[str, ...]],
    languages: dict[int, list[str]],
    last: date,
) -> list[FeedEntry]:
    by_id = {row.id: row for row in events}
    base = {row.id: row.venue_id or by_id[row.event_id].venue_id for row in series_rows}
    of_series: dict[int, list[FeedDate]] = defaultdict(list)
    single: dict[int, list[FeedDate]] = defaultdict(list)
    for row in date_rows:
        event = by_id[row.event_id]
        shown = row.id in own_place if row.own_venue_id is not None else bool(event.matches)
        one = date_of(row, base.get(row.series_id, event.venue_id), shown=shown)
        if row.series_id is None:
            single[row.event_id].append(one)
        else:
            of_series[row.series_id].append(one)
    series: dict[int, list[FeedSeries]] = defaultdict(list)
    for row in series_rows:
        dates = of_series[row.id]
        series[row.event_id].append(
            _series(
                row,
                counts.get(row.id),
                dates if row.id in odd else None,
                dates,
                last,
                whole=_matches(row, by_id[row.event_id], dates),
            )
        )
    return [
        FeedEntry(
            event_of(row, tags.get(row.id, ()), languages.get(row.id, ())),
            tuple(series[row.id]),
            tuple(single[row.id]),
        )
        for row in events
    ]
