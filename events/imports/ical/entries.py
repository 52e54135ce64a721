"""What a calendar file says, as plain values that travel between two processes as JSON."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from typing import Any

import msgspec
from msgspec import Struct

from events.rules.recurrence import Rhythm, Unit


class Fault(ValueError):  # noqa: N818 - an entry has faults
    """Why an entry cannot be taken, in a few words for people."""


class Rule(Struct, frozen=True):
    """A rhythm (`events.rules.recurrence.Rhythm`) as data."""

    starts_on: date
    start_time: time
    unit: Unit
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nths: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    until: date | None = None

    @property
    def rhythm(self) -> Rhythm:
        """The rhythm it says."""
        return Rhythm(
            self.starts_on,
            self.start_time,
            self.weekdays,
            self.interval,
            self.until,
            self.unit,
            self.nths,
            self.month_days,
        )


class Location(Struct, frozen=True):
    """A place as a file gives it: `name` is its first line, `address` the rest."""

    name: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


class Date(Struct, frozen=True):
    """One date: `key` is its original local start, `starts` when it now starts, both naive in the
    entry's zone. `place` is None unless it differs from the entry's."""

    key: datetime
    starts: datetime
    minutes: int
    end_known: bool = True
    cancelled: bool = False
    place: Location | None = None


class When(Struct, frozen=True):
    """When an entry takes place.

    With a `rule`, `excepted` are its days without a date, `overrides` its dates that differ, and
    `extra` those that the rule has not. Without one all dates are `extra`.
    """

    timezone: str
    all_day: bool
    minutes: int
    end_known: bool
    cancelled: bool = False
    rule: Rule | None = None
    excepted: tuple[date, ...] = ()
    overrides: tuple[Date, ...] = ()
    extra: tuple[Date, ...] = ()


class Entry(Struct, frozen=True):
    """An event of the file. `place` is where it stands there, `uid` what the file knows it by.

    `kind`, `capacity` and `languages` are empty when the file does not say. The rule of a
    `floating` one names no first day.
    """

    place: str
    uid: str
    title: str
    when: When
    description: str = ""
    private: str = ""
    online_url: str | None = None
    mode: str = "in-person"
    public: bool = True
    tags: tuple[str, ...] = ()
    location: Location | None = None
    notes: tuple[str, ...] = ()
    kind: str = ""
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    floating: bool = False

    def values(self) -> dict[str, Any]:
        """What it says, as JSON can hold it: equal when two entries say the same."""
        return dict(msgspec.to_builtins(msgspec.structs.replace(self, place="", notes=())))

    def fingerprint(self) -> str:
        """Equal when two entries say the same, wherever they stand in their files."""
        return hashlib.sha256(msgspec.json.encode(self.values())).hexdigest()


class Refusal(Struct, frozen=True):
    """An entry that cannot be taken."""

    place: str
    title: str
    reasons: tuple[str, ...]


class Reading(Struct):
    """All that was read: entries in the order of the file, refusals, and notes on the whole."""

    entries: list[Entry]
    refused: list[Refusal]
    notes: list[str]


class Question(Struct):
    """What the child is asked: bounds and the program's own zone; the file follows behind it."""

    timezone: str
    first: date
    last: date
    most_entries: int


class Answer(Struct):
    """What the child says: a reading, or why the file as a whole cannot be read."""

    reading: Reading | None = None
    unreadable: str = ""
