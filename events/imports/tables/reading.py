"""The rows of a spreadsheet as entries, as a calendar file has them.

Rows of one title, kind and place belong together: those with dates are the dates of one event,
those with the same hours and rhythm on other weekdays are one series. Rows with other hours are
events of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import PurePath

from events.horizon import local_day
from events.imports.calendar_states import check_dates
from events.imports.ical.entries import Date, Entry, Reading, Refusal, Rule, When
from events.imports.tables.cells import Table
from events.imports.tables.columns import Column, plain
from events.imports.tables.rhythm_words import Days
from events.imports.tables.rows import Reader, Row, read_row
from events.imports.tables.values import day_comes_first
from events.models import Kind, Mode, Unit
from events.rules.planning import bounds, horizon
from events.slugs import slug_of

_COPY = re.compile(r"\s*(\(\d+\)|[-_ ]+(copy|copia))$", re.IGNORECASE)
_SPANISH = {"fecha", "fecha de inicio", "titulo", "nombre", "dia", "hora", "lugar"}


def source_of_table(file_name: str) -> str:
    """The identity of a spreadsheet: its file's name without the mark of a copy."""
    return f"table:{slug_of(_COPY.sub('', PurePath(file_name).stem), 'spreadsheet')}"[:80]


def _reader(table: Table, columns: dict[Column, int], kind: Kind, today: date) -> Reader:
    texts: list[str] = []
    for column in (Column.DATE, Column.UNTIL, Column.DAY):
        if column in columns:
            texts += [cells[columns[column]] for _number, cells in table.rows]
    spanish = bool({plain(name) for name in table.header} & _SPANISH)
    names = {column: table.header[at] for column, at in columns.items()}
    return Reader(names, day_comes_first(texts, spanish), kind, today)


def reading_of(
    table: Table, fields: list[str], kind: Kind, timezone: str, now: datetime
) -> Reading:
    """Every good row as an entry or part of one; the others are refused.

    Args:
        fields: what each column is, as `events.imports.tables.columns.Column`; '' for nothing.
        kind: what a row is that names no kind.
        timezone: the IANA zone of all times.

    Raises:
        Unreadable: the rows make more dates than a program has.
    """
    at: dict[Column, int] = {}
    for index, name in enumerate(fields[: len(table.header)]):
        if name:
            at.setdefault(Column(name), index)
    today = local_day(now, timezone)
    reader = _reader(table, at, kind, today)
    refused: list[Refusal] = []
    groups: dict[str, list[Row]] = {}
    for number, cells in table.rows:
        found = read_row(number, {column: cells[index] for column, index in at.items()}, reader)
        if isinstance(found, Row):
            groups.setdefault(_identity(found), []).append(found)
        else:
            title = cells[at[Column.TITLE]][:120] if Column.TITLE in at else ""
            refused.append(Refusal(f"row {number}", title, tuple(found)))
    entries: list[Entry] = []
    for uid, rows in groups.items():
        for made in _entries(uid, rows, timezone, today):
            (entries if isinstance(made, Entry) else refused).append(made)  # type: ignore[arg-type]
    check_dates(entries, bounds(today).first, horizon(today))
    return Reading(entries, refused, [])


def _identity(row: Row) -> str:
    place = row.location
    said = [row.title, row.kind, *([place.name, place.address] if place else [])]
    return hashlib.sha256("\x1f".join(plain(one) for one in said).encode()).hexdigest()[:32]


def _entries(uid: str, rows: list[Row], timezone: str, today: date) -> Iterator[Entry | Refusal]:
    once = [row for row in rows if row.days is None]
    series: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row.days is not None:
            series.setdefault(_alike(row), []).append(row)
    several = len(series) > 1
    if once:
        yield from _dates(f"{uid}-dates" if series else uid, once, timezone)
    for number, group in enumerate(series.values()):
        weekly = f"{uid}-{_mark(group[0], number)}" if several else uid
        yield from _weekly(weekly, group, timezone, today)


def _mark(row: Row, number: int) -> str:
    """What tells apart the series of one title at one place: the weekdays they are held on."""
    assert row.days is not None
    days = (*row.days.weekdays, *row.days.nths, *row.days.month_days)
    return "".join(str(day) for day in days) + f"-{row.start:%H%M}" if days else str(number)


def _alike(row: Row) -> tuple[object, ...]:
    """Equal for rows that may be one series on several weekdays."""
    days = row.days
    assert days is not None
    by_week = days.unit == Unit.WEEK
    apart = () if by_week else (days.weekdays, days.nths, days.month_days)
    first = row.day if days.interval > 1 else None
    return (days.unit, days.interval, apart, row.start, row.minutes, row.until, first)


def _place_of(rows: Iterable[Row]) -> str:
    numbers = [row.number for row in rows]
    shown = ", ".join(str(one) for one in numbers[:6]) + (" …" if len(numbers) > 6 else "")
    return f"row {shown}" if len(numbers) == 1 else f"rows {shown}"


def _entry(uid: str, rows: list[Row], when: When, *, floating: bool = False) -> Entry:
    row = rows[0]
    mode = Mode.IN_PERSON if row.link is None else Mode.HYBRID if row.location else Mode.ONLINE
    return Entry(
        place=_place_of(rows),
        uid=uid,
        title=row.title,
        when=when,
        description=row.description,
        private=row.private,
        online_url=row.link,
        mode=str(mode),
        public=row.kind != Kind.ONE_TO_ONE,
        tags=row.tags,
        location=row.location,
        kind=str(row.kind),
        capacity=row.capacity,
        languages=row.languages,
        floating=floating,
    )


def _dates(uid: str, rows: list[Row], timezone: str) -> Iterator[Entry | Refusal]:
    """Rows that are held once each: the dates of one event."""
    found: dict[datetime, tuple[Row, Date]] = {}
    for row in rows:
        assert row.day is not None
        start = datetime.combine(row.day, row.start)
        if start in found:
            reason = f"it says the same date as row {found[start][0].number}"
            yield Refusal(f"row {row.number}", row.title, (reason,))
        else:
            found[start] = (row, Date(start, start, row.minutes, row.end_known))
    kept = [row for row, _date in found.values()]
    dates = tuple(one for _row, one in found.values())
    when = When(timezone, False, kept[0].minutes, kept[0].end_known, extra=dates)
    yield _entry(uid, kept, when)


def _starts_on(days: Days, first: date | None, today: date) -> date:
    """The first day of a rhythm; without one the Monday of this week, or the month's first."""
    if first is not None:
        return first
    if days.unit == Unit.MONTH:
        return today.replace(day=1)
    return today - timedelta(days=today.weekday())


def _weekly(uid: str, rows: list[Row], timezone: str, today: date) -> Iterator[Entry | Refusal]:
    """Rows of one rhythm: a series on all of their weekdays."""
    kept: list[Row] = []
    weekdays: dict[int, int] = {}
    for row in rows:
        assert row.days is not None
        again = [weekdays[day] for day in row.days.weekdays if day in weekdays]
        if again or (kept and row.days.unit != Unit.WEEK):
            reason = f"it says the same as row {(again or [kept[0].number])[0]}"
            yield Refusal(f"row {row.number}", row.title, (reason,))
            continue
        weekdays |= dict.fromkeys(row.days.weekdays, row.number)
        kept.append(row)
    first, days = kept[0], kept[0].days
    assert days is not None
    given = [row.day for row in kept if row.day is not None]
    rule = Rule(
        starts_on=_starts_on(days, min(given) if given else None, today),
        start_time=first.start,
        unit=days.unit,
        interval=days.interval,
        weekdays=tuple(sorted(weekdays)),
        nths=days.nths,
        month_days=days.month_days,
        until=first.until,
    )
    when = When(timezone, False, first.minutes, first.end_known, rule=rule)
    yield _entry(uid, kept, when, floating=not given)
