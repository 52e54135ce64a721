"""An entry's start, rules, exceptions and overrides to when it takes place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from events.imports.ical.component import UNTITLED, Component
from events.imports.ical.entries import Date, Fault, Rule, When
from events.imports.ical.moments import Moment, length_of, listed_moments
from events.imports.ical.rules import (
    END,
    MOST_DATES,
    Asked,
    asked_of,
    rhythm_of,
    single_dates,
    starts_of,
)
from events.imports.ical.zones import Zones
from events.rules.recurrence import local_starts

MOST_EXCEPTIONS = 5_000


@dataclass(frozen=True)
class Window:
    """The local days between which a rule that is no rhythm gets its dates."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time())

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last, time(23, 59))


@dataclass
class _Dates:
    """When an entry takes place, while it is being put together."""

    master: Component
    zone: str
    start: datetime
    rule: Rule | None = None
    extra: dict[datetime, Date] = field(default_factory=dict)
    overrides: dict[datetime, Date] = field(default_factory=dict)
    excepted: set[date] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def on_rule(self, at: datetime) -> bool:
        if self.rule is None or at.time() != self.rule.start_time:
            return False
        return next(local_starts(self.rule.rhythm, at.date(), at.date()), None) == at

    def add(self, at: datetime, minutes: int | None = None) -> None:
        length = self.master.length
        if not self.on_rule(at):
            self.extra[at] = Date(at, at, minutes or length.minutes, length.known)

    def local(self, moment: Moment) -> datetime:
        """A moment by the entry's wall clock: a day of a timed entry is its date on that day."""
        wall = moment.on(self.zone)
        if self.master.start.all_day:
            return datetime.combine(wall.date(), time())
        return datetime.combine(wall.date(), self.start.time()) if moment.all_day else wall


def _zone_of(master: Component, repeats: bool) -> str:
    """Times in UTC are told by the wall clock of the calendar, unless a rule counts in UTC."""
    if master.start.zone == "UTC" and not repeats:
        return master.zones.home
    return master.start.zone


def _asked(master: Component, name: str, zone: str, zones: Zones) -> list[Asked]:
    return [asked_of(prop, zone, zones) for prop in master.props.get(name, [])]


def _follow_rules(dates: _Dates, rules: list[Asked], window: Window, *, split: bool) -> None:
    """The dates of the rules: a rhythm when there is one rule and we can say it."""
    without = _asked(dates.master, "EXRULE", dates.zone, dates.master.zones)
    if len(rules) == 1 and not without and not split:
        dates.rule = rhythm_of(rules[0], dates.start)
    if dates.rule is None:
        starts: set[datetime] = set()
        endless = any(asked.endless for asked in rules)
        last = window.end if endless else END
        for asked in rules:
            starts.update(single_dates(asked, dates.start, window.start, last))
        for asked in without:
            starts.difference_update(starts_of(asked, dates.start, last))
        if len(starts) > MOST_DATES:
            raise Fault(f"its rules make more than {MOST_DATES:,} dates")
        for start in starts:
            dates.add(start)
        if endless:
            dates.notes.append(
                f"its rule is kept as single dates up to {window.last}: "
                "import it again later for more"
            )
    if all(asked.until is not None and asked.until < dates.start for asked in rules):
        raise Fault("its rule ends before it starts")
    dates.add(dates.start)


def _minutes_of(start: Moment, rest: Any) -> int | None:
    if isinstance(rest, timedelta):
        return length_of(start, None, rest).minutes
    if isinstance(rest, datetime):
        end = Moment(rest.replace(tzinfo=None), start.zone)
        return length_of(start, end, None).minutes
    return None


def _add_listed(dates: _Dates) -> None:
    zones = dates.master.zones
    for moment, rest in listed_moments(dates.master.props.get("RDATE", []), zones, "RDATE"):
        dates.add(dates.local(moment), _minutes_of(moment, rest))
        if len(dates.extra) > MOST_DATES:
            raise Fault(f"it has more than {MOST_DATES:,} dates")


def _except(dates: _Dates) -> set[datetime]:
    """EXDATEs taken out; they are given back, since an override of one does not bring it back."""
    gone: set[datetime] = set()
    unknown = 0
    for moment, _rest in listed_moments(
        dates.master.props.get("EXDATE", []), dates.master.zones, "EXDATE"
    ):
        at = dates.local(moment)
        gone.add(at)
        if dates.on_rule(at):
            dates.excepted.add(at.date())
        elif dates.extra.pop(at, None) is None:
            unknown += 1
        if len(gone) > MOST_EXCEPTIONS:
            raise Fault(f"it has more than {MOST_EXCEPTIONS:,} exceptions")
    if unknown:
        dates.notes.append(f"{unknown} of its EXDATEs name no date of it")
    return gone


def _override(dates: _Dates, key: datetime, one: Component) -> Date:
    place = one.said.location
    own = place if place is not None and place != dates.master.said.location else None
    return Date(
        key,
        one.start.on(dates.zone),
        one.length.minutes,
        one.length.known,
        one.cancelled,
        own,
    )


def _shift_onward(dates: _Dates, key: datetime, one: Component) -> None:
    """RANGE=THISANDFUTURE: this date and all after it move by as much and last as long."""
    by = one.start.on(dates.zone) - key
    for at in [at for at in dates.extra if at >= key]:
        dates.extra[at] = Date(
            at, at + by, one.length.minutes, one.length.known, one.cancelled, one.said.location
        )


def _apply_overrides(dates: _Dates, overrides: Iterable[Component], gone: set[datetime]) -> None:
    newest: dict[datetime, Component] = {}
    for one in sorted(overrides, key=lambda one: one.newness):
        assert one.recurrence is not None
        newest[dates.local(one.recurrence)] = one
    for key, one in sorted(newest.items(), key=lambda found: found[0]):
        if key in gone:
            continue
        changed = _override(dates, key, one)
        if one.title not in {UNTITLED, dates.master.title}:
            dates.notes.append(f"the title of {key:%Y-%m-%d} ({one.title[:60]!r}) was left out")
        if one.onward:
            _shift_onward(dates, key, one)
        elif not dates.on_rule(key):
            dates.extra[key] = changed
        elif changed != Date(key, key, dates.master.length.minutes, dates.master.length.known):
            dates.overrides[key] = changed


def _sorted(dates: dict[datetime, Date]) -> tuple[Date, ...]:
    return tuple(dates[key] for key in sorted(dates))


def when_of(
    master: Component, overrides: list[Component], window: Window
) -> tuple[When, list[str]]:
    """When an entry takes place, and what there is to say about it.

    Raises:
        Fault: it cannot be taken.
    """
    ruled = bool(master.props.get("RRULE"))
    zone = _zone_of(master, ruled)
    dates = _Dates(master, zone, master.start.on(zone))
    if ruled:
        rules = _asked(master, "RRULE", zone, master.zones)
        _follow_rules(dates, rules, window, split=any(one.onward for one in overrides))
        if zone == "UTC" and master.zones.home != "UTC":
            dates.notes.append("it repeats by UTC, so its local time moves with the clocks")
        if any(asked.count and asked.until for asked in rules):
            dates.notes.append("its rule has COUNT and UNTIL: the earlier of the two ends it")
    else:
        dates.add(dates.start)
    _add_listed(dates)
    gone = _except(dates)
    _apply_overrides(dates, overrides, gone)
    length = master.length
    when = When(
        zone,
        master.start.all_day,
        length.minutes,
        length.known,
        master.cancelled,
        dates.rule,
        tuple(sorted(dates.excepted)),
        _sorted(dates.overrides),
        _sorted(dates.extra),
    )
    return when, dates.notes


def when_of_orphans(found: list[Component]) -> When:
    """Overrides whose master is not in the file: dates of their own."""
    newest = max(found, key=lambda one: one.newness)
    dates = _Dates(newest, _zone_of(newest, False), newest.start.on(_zone_of(newest, False)))
    for one in sorted(found, key=lambda one: one.newness):
        assert one.recurrence is not None
        key = one.recurrence.on(dates.zone)
        dates.extra[key] = _override(dates, key, one)
    length = newest.length
    return When(
        dates.zone,
        newest.start.all_day,
        length.minutes,
        length.known,
        extra=_sorted(dates.extra),
    )


def has_dates(when: When) -> bool:
    """Whether anything of it takes place, or is at least told as cancelled."""
    return when.rule is not None or bool(when.extra)
