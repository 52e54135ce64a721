"""Dates as the templates show them: every fact already in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from core import display, web
from events.meeting_words import tag_label
from events.models import Mode
from events.queries import CalendarDate
from events.rules import seating
from events.rules.calendar_span import part_of_day
from events.views import words

SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date for `parts/events.html`."""

    url: str
    title: str
    kind: str
    kind_label: str
    starts_iso: str
    date_text: str
    time_text: str
    end_text: str
    place: str
    city: str
    mode: str
    mode_label: str
    tags: list[str]
    availability: str
    availability_label: str
    status: str
    joining_label: str
    soon_label: str
    zone: str
    zone_label: str


@dataclass(frozen=True, slots=True)
class DayPart:
    """A part of a day for `parts/calendar.html`."""

    key: str
    label: str
    count: int
    count_label: str
    rows: list[DateRow]


@dataclass(frozen=True, slots=True)
class Day:
    """A day for `parts/calendar.html`."""

    iso: str
    number: int
    weekday_text: str
    label: str
    url: str
    is_today: bool
    is_past: bool
    in_month: bool
    count: int
    count_label: str
    items: list[DateRow]
    more_label: str


def availability_of(one: CalendarDate, now: datetime) -> str:
    """Whether there is room: open, few, full, closed or drop-in."""
    return seating.availability(
        joining=one.joining,
        capacity=one.capacity,
        taken=one.taken,
        waiting=one.waiting,
        closes_at=one.starts_at - timedelta(minutes=one.closes_minutes),
        cancelled=one.status == "cancelled",
        now=now,
    )


def soon_label(one: CalendarDate, now: datetime) -> str:
    """`Starts in 20 minutes`, `Happening now`, or nothing."""
    if one.status == "cancelled" or not now - (one.ends_at - one.starts_at) < one.starts_at:
        return ""
    if one.starts_at <= now:
        return _("Happening now")
    if one.starts_at - now > SOON:
        return ""
    minutes = int((one.starts_at - now).total_seconds() // 60)
    if minutes < 1:
        return _("Starts now")
    if minutes < 90:
        return str(ngettext("Starts in %(num)s minute", "Starts in %(num)s minutes", minutes))
    return _("Starts within two hours")


def _end_text(one: CalendarDate, starts: datetime, ends: datetime) -> str:
    """When it ends; the last day of several whole ones."""
    if one.all_day:
        last = ends.date() - timedelta(days=1)
        return display.short_day(last) if last > starts.date() else ""
    return display.clock(ends) if one.end_known else ""


def zone_of(mode: str, timezone: str, *, all_day: bool) -> str:
    """The zone to name where one can take part from another one, else nothing."""
    return "" if mode == Mode.IN_PERSON or all_day else timezone


def row_for(one: CalendarDate, now: datetime, *, soon: bool = False) -> DateRow:
    """A date in words; `soon` also says how soon it starts, which holds for a minute only."""
    starts = display.local(one.starts_at, one.timezone)
    ends = display.local(one.ends_at, one.timezone)
    availability = availability_of(one, now)
    zone = zone_of(one.mode, one.timezone, all_day=one.all_day)
    return DateRow(
        url=web.path(f"/events/{one.slug}/{one.key}/"),
        title=one.title,
        kind=one.kind,
        kind_label=words.kind(one.kind),
        starts_iso=starts.isoformat(),
        date_text=display.short_day(starts.date()),
        time_text=_("All day") if one.all_day else display.clock(starts),
        end_text=_end_text(one, starts, ends),
        place=(one.venue_name or "") if one.mode != "online" or not one.approximate else "",
        city=one.city or "",
        mode=one.mode,
        mode_label=words.mode(one.mode),
        tags=[tag_label(tag) for tag in one.tags],
        availability=availability,
        availability_label=words.availability(availability),
        status=one.status,
        joining_label=words.joining(one.joining),
        soon_label=soon_label(one, now) if soon else "",
        zone=zone,
        zone_label=display.zone_words(zone) if zone else "",
    )


def time_span(row: DateRow) -> str:
    """`6:30 pm–8:00 pm`, or the start alone when the end is not known."""
    return f"{row.time_text}–{row.end_text}" if row.end_text else row.time_text


def rows_for(dates: Iterable[CalendarDate], now: datetime) -> list[DateRow]:
    """Dates in words."""
    return [row_for(one, now) for one in dates]


def parts_for(dates: Iterable[CalendarDate], now: datetime) -> list[DayPart]:
    """A day's dates by part of the day; parts without any are left out."""
    by_part: dict[str, list[DateRow]] = {key: [] for key in words.parts_of_day()}
    for one in dates:
        hour = display.local(one.starts_at, one.timezone).hour
        by_part[part_of_day(hour)].append(row_for(one, now))
    return [
        DayPart(key, label, len(by_part[key]), words.meetings(len(by_part[key])), by_part[key])
        for key, label in words.parts_of_day().items()
        if by_part[key]
    ]


def day_url(day: date, query: str = "") -> str:
    """The address of a day's page."""
    return web.path(f"/calendar/{day:%Y/%m/%d}/{query}")


def day_for(
    day: date,
    items: list[DateRow],
    count: int,
    *,
    today: date,
    query: str = "",
    month: int | None = None,
) -> Day:
    """A day with its first dates and how many more there are."""
    more = count - len(items)
    return Day(
        iso=day.isoformat(),
        number=day.day,
        weekday_text=display.weekday_name(day, "EEE"),
        label=display.day_and_month(day),
        url=day_url(day, query),
        is_today=day == today,
        is_past=day < today,
        in_month=month is None or day.month == month,
        count=count,
        count_label=words.meetings(count),
        items=items,
        more_label=_("+%(num)s more", num=more) if more > 0 else "",
    )
