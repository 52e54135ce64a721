"""One person's own dates as an iCalendar file: in full, discreetly, or only that they are busy.

A date keeps the UID that it has everywhere; one of a series goes out as an instance of it without
its rule (RFC 5545, 3.8.4.4). Nothing here says where the file is from: a copy that is passed on
must not give the address away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.feeds import ical, lines
from events.feeds.entries import FeedDate, FeedEvent, Place, Words
from events.feeds.ical import Calendar, Detail, Line, needed

_HOUSE_NUMBER = re.compile(r"\d")
_DAY_MINUTES, _HOUR_MINUTES = 1440, 60


@dataclass(frozen=True, slots=True)
class Manner:
    """How much a calendar says. `busy_only` says nothing but when, whatever `full` is."""

    full: bool = False
    busy_only: bool = False
    reminder_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class OwnDate:
    """A date of somebody's own, with its event's link as far as this person may have it.

    `instance` is its original start, naive local in `rule_timezone`, when it is one of a series.
    `stamp` and `sequence` are those of everything it is part of. `waiting` says that it is no more
    than a place in line, `role` as what its person leads it.
    """

    uid: str
    instance: datetime | None
    rule_timezone: str
    rule_all_day: bool
    date: FeedDate
    event: FeedEvent
    stamp: datetime
    sequence: int
    url: str
    waiting: bool = False
    role: str = ""
    passcode: str = ""
    notes: str = ""

    @property
    def takes_place(self) -> bool:
        """Whether it stands and its person has a part in it."""
        return not (self.date.cancelled or self.waiting)


@dataclass(frozen=True)
class OwnWords:
    """The words of such a calendar, in its person's language.

    `appointment` is what a date is called when nothing is said about it, `roles` by code.
    """

    common: Words
    waiting: str
    busy: str
    passcode: str
    appointment: Callable[[FeedDate], str]
    roles: Mapping[str, str]


def street(place: Place | None) -> str:
    """Where a place is without its name, which may tell what one goes there for."""
    if place is None:
        return ""
    if place.approximate:
        return place.city
    name = place.name.casefold()
    address = place.address
    if address.casefold().startswith(name):
        address = address[len(place.name) :]
    parts = (part.strip() for part in address.split(","))
    kept = [
        part
        for part in parts
        if part and (_HOUSE_NUMBER.match(part) or name not in part.casefold())
    ]
    return ", ".join(kept) or place.city


def _title(one: OwnDate, manner: Manner, words: OwnWords) -> str:
    if manner.busy_only:
        return words.busy
    if not manner.full:
        return words.appointment(one.date)
    role = words.roles.get(one.role, "")
    return f"{one.event.title} ({role})" if role else one.event.title


def summary(one: OwnDate, manner: Manner, words: OwnWords) -> str:
    """What a date is called, and first of all whether it is cancelled or only waited for."""
    title = _title(one, manner, words)
    if one.date.cancelled:
        return words.common.cancelled + title
    return words.waiting + title if one.waiting and not manner.busy_only else title


def _standing(one: OwnDate) -> Iterator[Line]:
    status = "CONFIRMED" if one.takes_place else "TENTATIVE"
    yield from needed(
        f"STATUS:{'CANCELLED' if one.date.cancelled else status}",
        f"TRANSP:{'OPAQUE' if one.takes_place else 'TRANSPARENT'}",
        "CLASS:PRIVATE",
    )


def _joining(one: OwnDate, words: OwnWords) -> list[str]:
    """How to take part from afar."""
    event = one.event
    if one.date.cancelled or not event.online_url:
        return []
    said = [f"{words.common.join_online}: {event.online_url}"]
    if event.online_phone:
        said.append(f"{words.common.phone}: {event.online_phone}")
    if one.passcode:
        said.append(f"{words.passcode}: {one.passcode}")
    return said


def _description(one: OwnDate, manner: Manner, words: OwnWords) -> str:
    if not manner.full:
        return "\n".join(_joining(one, words))
    parts = [
        one.date.reason if one.date.cancelled else "",
        one.event.summary,
        "\n".join(_joining(one, words)),
        "" if one.date.cancelled else one.notes,
        f"{words.common.details}: {one.url}",
    ]
    return "\n\n".join(part for part in parts if part)


def _location(one: OwnDate, manner: Manner, words: OwnWords) -> str:
    if manner.full:
        return ical.place_text(one.event, one.event.place, words.common)
    return words.common.online if one.event.mode == "online" else street(one.event.place)


def _about(one: OwnDate, manner: Manner, page: str, words: OwnWords) -> Iterator[Line]:
    """Everything that one who only needs to know when need not be told."""
    yield Detail.NEEDED, lines.uri("URL", one.url if manner.full else page)
    where = _location(one, manner, words)
    if where:
        yield Detail.NEEDED, lines.text("LOCATION", where)
    said = _description(one, manner, words)
    if said:
        yield Detail.WELCOME, lines.text("DESCRIPTION", said)
    if one.event.online_url and not one.date.cancelled:
        label = lines.parameter(words.common.join_online)
        name = f"CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL={label}"
        yield Detail.USEFUL, lines.uri(name, one.event.online_url)


def _before(minutes: int) -> str:
    """A span before the start (RFC 5545, 3.3.6), in its shortest form."""
    if minutes % _DAY_MINUTES == 0:
        return f"-P{minutes // _DAY_MINUTES}D"
    if minutes % _HOUR_MINUTES == 0:
        return f"-PT{minutes // _HOUR_MINUTES}H"
    return f"-PT{minutes}M"


def _reminder(minutes: int, said: str) -> Iterator[Line]:
    yield from needed(
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:{_before(minutes)}",
        lines.text("DESCRIPTION", said),
        "END:VALARM",
    )


def _event(one: OwnDate, manner: Manner, page: str, words: OwnWords) -> Iterator[Line]:
    said = summary(one, manner, words)
    yield from ical.stamps(one.uid, one.stamp, one.date.created_at, one.sequence)
    if one.instance is not None:
        day = lines.recurrence_id(one.instance, one.rule_timezone, all_day=one.rule_all_day)
        yield Detail.NEEDED, day
    yield from ical.when(one.date)
    yield Detail.NEEDED, lines.text("SUMMARY", said)
    yield from _standing(one)
    if not manner.busy_only:
        yield from _about(one, manner, page, words)
    if manner.reminder_minutes and one.takes_place:
        yield from _reminder(manner.reminder_minutes, said)
    yield Detail.NEEDED, "END:VEVENT"


def _zones(dates: Sequence[OwnDate]) -> list[str]:
    zones = {one.date.timezone for one in dates if not one.date.all_day}
    zones |= {one.rule_timezone for one in dates if one.instance and not one.rule_all_day}
    return sorted(zones)


def render(calendar: Calendar, dates: Sequence[OwnDate], manner: Manner, words: OwnWords) -> bytes:
    """Somebody's own calendar; the same dates give the same bytes."""
    body = (line for one in dates for line in _event(one, manner, calendar.page, words))
    return ical.closed(calendar, _zones(dates), body, ical.MOST_BYTES)
