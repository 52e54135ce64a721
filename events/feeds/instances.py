"""How a series and its odd dates are said in iCalendar: one rule, exceptions and overrides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.feeds import clock_changes, rhythm
from events.feeds.entries import FeedDate, FeedSeries
from events.rules.recurrence import key_of, to_utc

BACK = timedelta(days=90)
AHEAD = timedelta(days=548)  # 18 months
CANCELLED_STAY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """A series as said in iCalendar.

    `start` and `until` are the first and last day of the rule (no `start`: nothing is left of
    it; no `until`: it goes on), `excepted` its days that do not take place, `overrides` those
    that differ, `apart` the dates that the rule cannot hold. `turned` is when the passing of time
    alone last changed any of it, None when it never did.
    """

    start: date | None
    until: date | None
    excepted: tuple[date, ...]
    overrides: tuple[FeedDate, ...]
    apart: tuple[FeedDate, ...]
    turned: datetime | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Which dates a feed keeps; days are local to the program, both included.

    Single dates from `first` to `last`, cancelled dates from `cancelled_from`, or none of those
    when `hide_cancelled`.
    """

    first: date
    last: date
    cancelled_from: date
    hide_cancelled: bool = False

    @classmethod
    def on(cls, today: date, *, hide_cancelled: bool = False) -> Keeping:
        """What feeds keep on a local day."""
        return cls(today - BACK, today + AHEAD, today - CANCELLED_STAY, hide_cancelled)

    def keeps(self, one: FeedDate) -> bool:
        """Whether a date may be in the feed at all."""
        if not one.shown:
            return False
        if not one.cancelled:
            return True
        return not self.hide_cancelled and local_day(one) >= self.cancelled_from

    def keeps_single(self, one: FeedDate) -> bool:
        """Whether a date outside any rule is in the feed."""
        return self.keeps(one) and self.first <= local_day(one) <= self.last


def local_day(one: FeedDate) -> date:
    """The local date on which an occurrence now starts."""
    return one.starts_at.astimezone(ZoneInfo(one.timezone)).date()


def rule_start(series: FeedSeries, day: date) -> datetime:
    """When the rule has a series start on a day, in UTC."""
    return to_utc(datetime.combine(day, series.rhythm.start_time), series.timezone)


def rule_end(series: FeedSeries, day: date) -> datetime:
    """When the date on a day ends, in UTC: after its length, or whole days at midnight."""
    if series.all_day:
        starts = datetime.combine(day, series.rhythm.start_time)
        return to_utc(starts + series.duration, series.timezone)
    return rule_start(series, day) + series.duration


def _on_rule(series: FeedSeries, one: FeedDate) -> bool:
    return one.time == series.rhythm.start_time and rhythm.has(series.rhythm, one.day)


def _as_ruled(series: FeedSeries, one: FeedDate) -> bool:
    return (
        not one.cancelled
        and one.place is None
        and one.starts_at == rule_start(series, one.day)
        and one.all_day == series.all_day
        and one.ends_at == rule_end(series, one.day)
    )


def stands_apart(series: FeedSeries, one: FeedDate) -> bool:
    """Whether a date of a series cannot be said as an exception of its rule."""
    return not _on_rule(series, one) or _passes_a_neighbour(series, one)


def _passes_a_neighbour(series: FeedSeries, one: FeedDate) -> bool:
    """Moved to or past another date of its series: Outlook cannot store that as an override."""
    before, after = rhythm.before(series.rhythm, one.day), rhythm.after(series.rhythm, one.day)
    day = local_day(one)
    return (before is not None and day <= before) or (after is not None and day >= after)


def _across_changes(
    series: FeedSeries, said: set[date], start: date | None, until: date | None, last: date
) -> Iterator[FeedDate]:
    """The dates that are as the rule has them, but lie across a change of the clocks."""
    if start is None or not series.whole:
        return
    for day in clock_changes.across(series, start, min(last, until or last)):
        if day not in said:
            yield FeedDate(
                key_of(datetime.combine(day, series.rhythm.start_time)),
                rule_start(series, day),
                rule_end(series, day),
                series.timezone,
                uid=None,
                cancelled=False,
                reason="",
                place=None,
                sequence=0,
                created_at=series.created_at,
                updated_at=series.updated_at,
            )


def _turned(series: FeedSeries, across: list[FeedDate], keeping: Keeping) -> datetime | None:
    """When a cancelled date last left for its age, or one across a change came in reach."""
    days = [series.turned] if series.turned else []
    days += [one.day - AHEAD for one in across if one.day > series.created_at.date() + AHEAD]
    for one in series.dates:
        if one.cancelled and one.shown and local_day(one) < keeping.cancelled_from:
            days.append(local_day(one) + CANCELLED_STAY + timedelta(days=1))
    if not days:
        return None
    return to_utc(datetime.combine(max(days), time(0)), series.timezone)


def _span(series: FeedSeries, overrides: list[FeedDate]) -> tuple[date | None, date | None]:
    if series.whole:
        return series.first, series.rhythm.until
    days = [one.day for one in overrides]
    return (min(days), max(days)) if days else (None, None)


def plan(series: FeedSeries, keeping: Keeping) -> Plan:
    """Say a series whole; or, when only some of its dates are wanted, as far as these reach."""
    excepted = set(series.missing)
    overrides: list[FeedDate] = []
    apart: list[FeedDate] = []
    for one in series.dates:
        if not _on_rule(series, one):
            apart.append(one)
        elif not keeping.keeps(one):
            excepted.add(one.day)
        elif _as_ruled(series, one):
            continue
        elif _passes_a_neighbour(series, one):
            excepted.add(one.day)
            apart.append(one)
        else:
            overrides.append(one)
    start, until = _span(series, overrides)
    if not series.whole and start is not None and until is not None:
        wanted = {one.day for one in overrides}
        excepted |= set(rhythm.days_between(series.rhythm, start, until)) - wanted
    while start is not None and start in excepted:
        start = rhythm.after(series.rhythm, start)  # DTSTART is the first date there really is
    if start is not None and until is not None and start > until:
        start = None
    said = excepted | {one.day for one in overrides}
    across = list(_across_changes(series, said, start, until, keeping.last))
    overrides = sorted([*overrides, *across], key=lambda one: one.key)
    return Plan(
        start,
        until,
        tuple(sorted(day for day in excepted if start and start < day <= (until or date.max))),
        tuple(overrides) if start else (),
        tuple(one for one in apart if keeping.keeps_single(one)),
        _turned(series, across, keeping),
    )
