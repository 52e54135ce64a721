"""Recurrence rules: kept as a rhythm where ours can say them, else made into single dates.

RFC 5545, section 3.3.10. What a rule means is asked of python-dateutil; a rhythm is taken only
when its dates are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrule, rrulestr

from events.imports.ical.entries import Fault, Rule
from events.imports.ical.moments import LAST_YEAR, moment_of
from events.imports.ical.zones import Zones
from events.rules.recurrence import Rhythm, Unit, local_starts

MOST_DATES = 1_000
MOST_A_DAY = 48
MOST_NUMBERS = 400
COMPARED = 60
END = datetime(LAST_YEAR, 12, 31, 23, 59)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_LISTS = (
    "BYSETPOS",
    "BYMONTH",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS = {
    "DAILY": (Unit.DAY, 1),
    "WEEKLY": (Unit.WEEK, 1),
    "MONTHLY": (Unit.MONTH, 1),
    "YEARLY": (Unit.MONTH, 12),
}


@dataclass(frozen=True)
class Asked:
    """A checked RRULE: its parts as upper-case text, and its end by the entry's wall clock."""

    frequency: str
    interval: int
    parts: Mapping[str, tuple[str, ...]]
    week_start: str
    count: int | None
    until: datetime | None

    @property
    def endless(self) -> bool:
        """Whether it goes on for ever."""
        return self.count is None and self.until is None

    def text(self) -> str:
        """The rule without its end."""
        said = [f"FREQ={self.frequency}", f"INTERVAL={self.interval}"]
        said += [f"WKST={self.week_start}"] if self.week_start else []
        return ";".join(said + [f"{name}={','.join(of)}" for name, of in self.parts.items()])


def _number(recur: Mapping[str, Any], name: str) -> int | None:
    values = recur.get(name) or []
    return int(values[0]) if values else None


def _until(recur: Mapping[str, Any], zone: str, zones: Zones) -> datetime | None:
    values = recur.get("UNTIL") or []
    if not values or values[0].year > LAST_YEAR:  # 9999-12-31 is how some say "for ever"
        return None
    value = values[0]
    if not isinstance(value, datetime):
        return datetime.combine(value, time(23, 59))
    if value.tzinfo is None:
        return value
    return moment_of(value, None, zones, "UNTIL").on(zone)


def asked_of(recur: Mapping[str, Any], zone: str, zones: Zones) -> Asked:
    """What an RRULE asks for.

    Args:
        recur: icalendar's vRecur.
        zone: that of the entry's start, whose wall clock the end is told by.

    Raises:
        Fault: it cannot be taken.
    """
    frequency = str((recur.get("FREQ") or [""])[0]).upper()
    if frequency in _TOO_OFTEN:
        raise Fault(f"it repeats {frequency.lower()}: only days, weeks, months and years do")
    if frequency not in _FREQUENCIES:
        raise Fault("its rule has no FREQ")
    if recur.get("RSCALE") or recur.get("SKIP"):
        raise Fault("its rule counts in another calendar (RSCALE)")
    interval, count = _number(recur, "INTERVAL"), _number(recur, "COUNT")
    interval = 1 if interval is None else interval
    if not 1 <= interval <= MOST_DATES or (count is not None and count < 1):
        raise Fault("its rule has an INTERVAL or COUNT that cannot be")
    parts = {name: tuple(map(str, recur[name])) for name in _LISTS if recur.get(name)}
    if sum(map(len, parts.values())) > MOST_NUMBERS:
        raise Fault(f"its rule has more than {MOST_NUMBERS} numbers")
    a_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        a_day *= len(parts.get(name, "1"))
    if a_day > MOST_A_DAY:
        raise Fault(f"it repeats more than {MOST_A_DAY} times a day")
    week_start = str((recur.get("WKST") or [""])[0]).upper()
    return Asked(frequency, interval, parts, week_start, count, _until(recur, zone, zones))


def starts_of(asked: Asked, start: datetime, last: datetime) -> Iterator[datetime]:
    """The naive wall-clock starts of a rule up to `last`, in order.

    Raises:
        Fault: the rule cannot be.
    """
    end = last if asked.until is None else min(last, asked.until)
    try:
        rule = rrulestr(asked.text(), dtstart=start)
        assert isinstance(rule, rrule)
        bounded = rule.replace(until=end)
    except (ValueError, TypeError, IndexError) as error:
        raise Fault(f"its rule cannot be read ({error})") from None
    return islice(bounded, asked.count)


def _without_own_time(asked: Asked, start: datetime) -> dict[str, tuple[str, ...]]:
    own = {"BYHOUR": start.hour, "BYMINUTE": start.minute, "BYSECOND": start.second}
    return {
        name: of for name, of in asked.parts.items() if name not in own or of != (str(own[name]),)
    }


def _numbers(values: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sorted({int(value) for value in values}))


def _by_day(values: tuple[str, ...], positions: tuple[str, ...]) -> tuple[set[int], set[int]]:
    """Weekdays and which of them in the month; raises ValueError when they are not a grid."""
    pairs = {(int(value[:-2] or 0), _WEEKDAYS.index(value[-2:].upper())) for value in values}
    nths, weekdays = {nth for nth, _day in pairs}, {day for _nth, day in pairs}
    if positions and (nths != {0} or len(weekdays) != 1):
        raise ValueError("positions among several weekdays are no rhythm")
    if len(pairs) != len(nths) * len(weekdays):
        raise ValueError("each weekday has its own positions")
    if nths == {0}:
        nths = set(_numbers(positions)) or {1, 2, 3, 4, 5}
    return nths, weekdays


def _monthly(parts: dict[str, tuple[str, ...]], start: datetime, base: Rhythm) -> Rhythm:
    by_day, month_days = parts.get("BYDAY", ()), parts.get("BYMONTHDAY", ())
    if by_day and month_days:
        raise ValueError("a weekday on certain days is no rhythm")
    if by_day:
        nths, weekdays = _by_day(by_day, parts.get("BYSETPOS", ()))
        return replace(
            base, month_days=(), nths=tuple(sorted(nths)), weekdays=tuple(sorted(weekdays))
        )
    return replace(base, month_days=_numbers(month_days) or (start.day,))


def _weekly(parts: dict[str, tuple[str, ...]], start: datetime, base: Rhythm) -> Rhythm:
    days = {_WEEKDAYS.index(value.upper()) for value in parts.get("BYDAY", ())}
    return replace(base, unit=Unit.WEEK, weekdays=tuple(sorted(days)) or (start.weekday(),))


def _candidate(asked: Asked, start: datetime) -> Rhythm:
    """The rhythm a rule may be; raises ValueError when it is none."""
    parts = _without_own_time(asked, start)
    unit, months = _UNITS[asked.frequency]
    base = Rhythm(
        start.date(),
        start.time(),
        interval=asked.interval * months,
        unit=unit,
        month_days=(start.day,) if unit == Unit.MONTH else (),
        weekdays=(start.weekday(),) if unit == Unit.WEEK else (),
    )
    if asked.frequency == "YEARLY" and parts.pop("BYMONTH", (str(start.month),)) != (
        str(start.month),
    ):
        raise ValueError("other months are no rhythm")
    known = {"DAILY": {"BYDAY"}, "WEEKLY": {"BYDAY"}}
    if not parts.keys() <= known.get(asked.frequency, {"BYDAY", "BYMONTHDAY", "BYSETPOS"}):
        raise ValueError("a part that no rhythm has")
    if asked.frequency == "DAILY":
        return _weekly(parts, start, base) if parts and asked.interval == 1 else base
    return (_weekly if asked.frequency == "WEEKLY" else _monthly)(parts, start, base)


def _last_of(rhythm: Rhythm, asked: Asked) -> date | None:
    if asked.count is None:
        return None
    starts = local_starts(rhythm, rhythm.starts_on, END.date())
    last = next(islice(starts, asked.count - 1, None), None)
    if last is None:
        raise Fault(f"its {asked.count:,} dates run beyond {LAST_YEAR}")
    return last.date()


def rhythm_of(asked: Asked, start: datetime) -> Rule | None:
    """The rule as a rhythm, or None when ours cannot say it.

    Raises:
        Fault: it has no date, or runs beyond the calendar.
    """
    try:
        rhythm = _candidate(asked, start)
    except ValueError:
        return None
    endless = replace(asked, until=None, count=None)
    ours = local_starts(rhythm, rhythm.starts_on, END.date())
    if list(islice(ours, COMPARED)) != list(islice(starts_of(endless, start, END), COMPARED)):
        return None
    ends = [_last_of(rhythm, asked)]
    if asked.until is not None:
        early = asked.until.time() < rhythm.start_time
        ends.append(asked.until.date() - timedelta(days=early))
    until = min((end for end in ends if end is not None), default=None)
    return Rule(
        rhythm.starts_on,
        rhythm.start_time,
        rhythm.unit,
        rhythm.interval,
        rhythm.weekdays,
        rhythm.nths,
        rhythm.month_days,
        until,
    )


def single_dates(asked: Asked, start: datetime, first: datetime, last: datetime) -> list[datetime]:
    """The starts of a rule that is no rhythm, from `first` on and at most to `last`.

    Raises:
        Fault: there are more than a thousand.
    """
    found = (one for one in starts_of(asked, start, last) if one >= first)
    starts = list(islice(found, MOST_DATES + 1))
    if len(starts) > MOST_DATES:
        raise Fault(f"its rule makes more than {MOST_DATES:,} dates: split it")
    return starts
