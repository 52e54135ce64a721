"""What a date of a calendar file should be, and what it is here: values to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from events.horizon import ends_of, local_day
from events.imports.files import Unreadable
from events.imports.ical.entries import Date, Entry, Rule, When
from events.imports.places import Places
from events.models import Occurrence, OccurrenceStatus, Series, Unit
from events.rules.recurrence import key_of, local_starts, to_utc

DAY_MINUTES = 24 * 60
MOST_DATES = 200_000
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28}


@dataclass(frozen=True)
class State:
    """How a date stands. `place` is a venue's id, or what a venue to be made is known by; None is
    the event's. `ruled` says whether the series' rhythm makes it."""

    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    place: int | str | None
    ruled: bool = True
    end_known: bool = True

    def same(self, other: State) -> bool:
        """Whether both stand alike for people."""
        return self._seen() == other._seen()

    def _seen(self) -> tuple[object, ...]:
        return self.starts_at, self.ends_at, self.cancelled, self.place


def _state(when: When, one: Date, places: Places, *, ruled: bool) -> State:
    return State(
        to_utc(one.starts, when.timezone),
        ends_of(one.starts, one.minutes, when.timezone, all_day=when.all_day),
        when.cancelled or one.cancelled,
        places.known_as(one.place),
        ruled,
        one.end_known,
    )


def _dates(when: When, first: date, last: date) -> Iterator[tuple[Date, bool]]:
    """(date, whether the rhythm makes it)."""
    if when.rule is not None:
        gone, moved = set(when.excepted), {one.key: one for one in when.overrides}
        for start in local_starts(when.rule.rhythm, first, last):
            if start.date() not in gone and start not in moved:
                yield Date(start, start, when.minutes, when.end_known), True
    yield from ((one, True) for one in when.overrides)
    yield from ((one, False) for one in when.extra)


def states_of(when: When, first: date, last: date, places: Places) -> dict[str, State]:
    """How the dates of an entry should stand, by key: those of its rhythm between two local days,
    and all that it names singly."""
    return {
        key_of(one.key): _state(when, one, places, ruled=ruled)
        for one, ruled in _dates(when, first, last)
    }


def state_of(one: Occurrence) -> State:
    """How a date stands here. What a closure cancelled takes place as far as its source goes."""
    cancelled = one.status == OccurrenceStatus.CANCELLED and one.closure_id is None
    return State(one.starts_at, one.ends_at, cancelled, one.venue_id, one.series_id is not None)


def roughly(when: When, first: date, last: date) -> int:
    """About how many dates an entry makes between two days, without making them."""
    single = len(when.extra) + len(when.overrides)
    if when.rule is None:
        return single
    rule = when.rule
    start, end = max(first, rule.starts_on), min(last, rule.until or last)
    a_turn = len(rule.month_days) or len(rule.weekdays) * (len(rule.nths) or 1) or 1
    return single + a_turn * max(0, (end - start).days // (_DAYS[rule.unit] * rule.interval) + 1)


def check_dates(entries: Iterable[Entry], first: date, last: date) -> None:
    """A file may not make more dates than a program has.

    Raises:
        Unreadable: it does.
    """
    if sum(roughly(one.when, first, last) for one in entries) > MOST_DATES:
        raise Unreadable(f"The file makes more than {MOST_DATES:,} dates: split it.")


def frame_of(when: When) -> tuple[Any, ...]:
    """What makes a series another one, apart from where it begins and ends."""
    if when.rule is None:
        return (when.timezone, when.all_day, None)
    rule = when.rule
    days = (sorted(rule.weekdays), sorted(rule.nths), sorted(rule.month_days))
    return (when.timezone, when.all_day, rule.start_time, Unit(rule.unit), rule.interval, *days)


def frame_here(series: Series) -> tuple[Any, ...]:
    """The same of a series here."""
    days = (sorted(series.weekdays), sorted(series.nths), sorted(series.month_days))
    unit = Unit(series.unit)
    return (
        series.timezone,
        series.all_day,
        series.start_time,
        unit,
        series.interval,
        *days,
    )


def pauses_of(days: tuple[date, ...]) -> list[list[str]]:
    """Days without a date as spans, as a series keeps them."""
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [[first.isoformat(), last.isoformat()] for first, last in spans]


def row_of(
    event_id: int, series_id: int | None, uid: str | None, key: str, when: When, state: State
) -> dict[str, Any]:
    """The columns of a date that stand in its state; its place is the caller's."""
    return {
        "event_id": event_id,
        "series_id": series_id if state.ruled else None,
        "uid": None if state.ruled else uid,
        "key": key,
        "local_date": local_day(state.starts_at, when.timezone),
        "starts_at": state.starts_at,
        "ends_at": state.ends_at,
        "end_known": state.end_known,
        "all_day": when.all_day,
        "timezone": when.timezone,
        "status": OccurrenceStatus.CANCELLED if state.cancelled else OccurrenceStatus.SCHEDULED,
    }


def rule_values(rule: Rule) -> dict[str, Any]:
    """The columns of a series that its rule decides, apart from where it begins and ends."""
    return {
        "start_time": rule.start_time,
        "unit": rule.unit,
        "interval": rule.interval,
        "weekdays": list(rule.weekdays),
        "nths": list(rule.nths),
        "month_days": list(rule.month_days),
    }
