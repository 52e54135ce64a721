"""One row of a spreadsheet to what it says, or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar

from events.imports.ical.entries import Fault, Location
from events.imports.passcodes import part_link, part_text
from events.imports.tables.columns import Column
from events.imports.tables.rhythm_words import Days, days_of, every_of
from events.imports.tables.values import (
    day_of,
    kind_of,
    languages_of,
    link_of,
    looks_like_day,
    seats_of,
    time_of,
    times_of,
)
from events.models import Kind, Unit
from events.rules.planning import day_fault
from people.names import clean_name

ASSUMED_MINUTES = 60
DAY_MINUTES = 24 * 60
LONGEST_TEXT = 5_000
NONE: tuple[str, ...] = ()
Value = TypeVar("Value")


@dataclass(frozen=True)
class Row:
    """What a row says. With `days` it repeats from `day` on, if that is given; else it is held once
    on `day`."""

    number: int
    title: str
    kind: Kind
    day: date | None
    days: Days | None
    start: time
    minutes: int
    end_known: bool
    until: date | None
    location: Location | None
    capacity: int | None
    description: str
    private: str
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    link: str | None


@dataclass(frozen=True)
class Reader:
    """How the rows of a table are read. `names` are its columns' headings."""

    names: Mapping[Column, str]
    day_first: bool
    kind: Kind
    today: date


class _Cells:
    """The cells of a row, and the faults found in them."""

    def __init__(self, cells: Mapping[Column, str], reader: Reader) -> None:
        self.cells, self.reader = cells, reader
        self.faults: list[str] = []

    def text(self, column: Column, most: int = 300) -> str:
        """A cell's text without markup of its own."""
        found = "".join(c for c in self.cells.get(column, "") if c == "\n" or c.isprintable())
        if len(found) > most:
            self.faults.append(f"{self.name(column)} is longer than {most:,} letters")
            return ""
        return found.strip()

    def name(self, column: Column) -> str:
        return self.reader.names.get(column) or str(column)

    def take(self, column: Column, read: Callable[[str, str], Value], otherwise: Value) -> Value:
        """A cell's value; `otherwise` when it is empty or faulty."""
        text = self.text(column)
        if not text:
            return otherwise
        try:
            return read(text, self.name(column))
        except Fault as fault:
            self.faults.append(str(fault))
            return otherwise

    def day(self, column: Column) -> date | None:
        """A cell that holds a day within reach."""

        def read(text: str, name: str) -> date:
            found = day_of(text, name, day_first=self.reader.day_first)
            if day_fault(found, self.reader.today):
                raise Fault(f"{name} {text[:40]!r} is too far away")
            return found

        return self.take(column, read, None)

    def need(self, column: Column) -> None:
        """Note that a cell is missing."""
        self.faults.append(f"{self.name(column)} is missing")


def _when(cells: _Cells) -> tuple[date | None, Days | None]:
    """The day and the rhythm; either column may hold either."""
    day_text, date_text = cells.text(Column.DAY), cells.text(Column.DATE)
    date_holds_rhythm = bool(date_text) and not day_text and not looks_like_day(date_text)
    if date_holds_rhythm and any(one.isalpha() for one in date_text):
        return None, _every(cells, cells.take(Column.DATE, days_of, None))
    if day_text and looks_like_day(day_text) and not date_text:
        return cells.day(Column.DAY), None
    first = cells.day(Column.DATE)
    plain_weekday = first is not None and not cells.text(Column.UNTIL)
    if first is not None and plain_weekday and not cells.text(Column.EVERY):
        days = cells.take(Column.DAY, days_of, None) if day_text else None
        return first, None if _only_names(days, first, day_text) else days
    days = cells.take(Column.DAY, days_of, None) if day_text else None
    if (
        days is None
        and first is not None
        and (cells.text(Column.EVERY) or cells.text(Column.UNTIL))
    ):
        days = Days(Unit.WEEK, 1, (first.weekday(),))
    if days is None and first is None and not cells.faults:
        cells.faults.append("there is no date and no weekday")
    return first, _every(cells, days)


def _only_names(days: Days | None, first: date, text: str) -> bool:
    """Whether a weekday beside a date is only the name of that day: `Tuesday`, 1 December 2026."""
    return days == Days(Unit.WEEK, 1, (first.weekday(),)) and len(text.split()) == 1


def _every(cells: _Cells, days: Days | None) -> Days | None:
    every = cells.take(Column.EVERY, every_of, None)
    if days is None or every is None or every == days.interval:
        return days
    if days.unit != Unit.WEEK:
        cells.faults.append(f"{cells.name(Column.EVERY)} goes with weekdays alone")
        return days
    return Days(Unit.WEEK, every, days.weekdays)


def _hours(cells: _Cells) -> tuple[time, int, bool]:
    unknown: tuple[time | None, time | None] = (None, None)
    start, end = cells.take(Column.START, times_of, unknown)
    end = cells.take(Column.END, time_of, end)
    if start is None:
        if not cells.text(Column.START):
            cells.need(Column.START)
        return time(0), ASSUMED_MINUTES, False
    if end is None:
        return start, ASSUMED_MINUTES, False
    length = (end.hour - start.hour) * 60 + end.minute - start.minute
    return start, length + DAY_MINUTES if length <= 0 else length, True


def _location(cells: _Cells) -> Location | None:
    name, address = cells.text(Column.PLACE, 200), cells.text(Column.ADDRESS)
    city = cells.text(Column.CITY, 100)
    whole = ", ".join(
        one
        for one in (address, city)
        if one and not (one == city and city.casefold() in address.casefold())
    )
    if not name and not whole:
        return None
    return Location(name or whole.split(",")[0], whole)


def read_row(number: int, texts: Mapping[Column, str], reader: Reader) -> Row | list[str]:
    """What a row says, or everything that is wrong with it."""
    cells = _Cells(texts, reader)
    title = clean_name(cells.text(Column.TITLE, 120))
    if not title and not cells.faults:
        cells.need(Column.TITLE)
    day, days = _when(cells)
    start, minutes, end_known = _hours(cells)
    until = cells.day(Column.UNTIL)
    if until and day and until < day:
        cells.faults.append(f"{cells.name(Column.UNTIL)} is before the first date")
    link = cells.take(Column.LINK, link_of, None)
    shown_link, secret_link = part_link(link) if link else (None, "")
    description, secret = part_text(cells.text(Column.DESCRIPTION, LONGEST_TEXT))
    kind = cells.take(Column.KIND, kind_of, reader.kind)
    capacity = cells.take(Column.CAPACITY, seats_of, None)
    languages = cells.take(Column.LANGUAGE, languages_of, NONE)
    tags = tuple(one.strip() for one in cells.text(Column.TAGS).replace(";", ",").split(","))
    location = _location(cells)
    private = "\n".join(one for one in (secret_link, secret) if one)
    if len(private) > 500:
        cells.faults.append("its passcodes and their notes are longer than 500 letters")
    if cells.faults:
        return list(dict.fromkeys(cells.faults))
    return Row(
        number=number,
        title=title,
        kind=kind,
        day=day,
        days=days,
        start=start,
        minutes=minutes,
        end_known=end_known,
        until=until,
        location=location,
        capacity=capacity,
        description=description,
        private=private,
        languages=languages,
        tags=tuple(one for one in tags if one),
        link=shown_link,
    )
