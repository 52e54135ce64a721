"""One VEVENT to its facts, read by icalendar; what is wrong with it is said, never raised."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from icalendar import Event
from icalendar.prop import vBroken

from events.imports.ical.blocks import Block
from events.imports.ical.entries import Fault
from events.imports.ical.moments import Length, Moment, length_of, moment
from events.imports.ical.words import Said, plain, said_of, tags_of, title_of
from events.imports.ical.zones import Zones

NEEDED = frozenset({"DTSTART", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
UNTITLED = "Untitled"


@dataclass
class Component:
    """A VEVENT. `uid` is '' when it has none; `recurrence` its RECURRENCE-ID, and `onward` when
    that means this and all following dates. `newness` tells which of two is the later."""

    number: int
    uid: str
    title: str
    zones: Zones
    start: Moment
    length: Length
    said: Said
    cancelled: bool
    public: bool
    tags: tuple[str, ...]
    newness: tuple[int, str]
    recurrence: Moment | None = None
    onward: bool = False
    props: dict[str, list[Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _all(event: Event, name: str) -> list[Any]:
    value = event.get(name)
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one is not None and not isinstance(one, vBroken)]


def _first(event: Event, name: str) -> Any:
    return next(iter(_all(event, name)), None)


def _text(event: Event, name: str) -> str:
    value = _first(event, name)
    return "" if value is None else str(value)


def _categories(event: Event) -> Iterator[str]:
    for value in _all(event, "CATEGORIES"):
        yield from (str(one) for one in getattr(value, "cats", [value]))


def _geo(event: Event) -> tuple[float, float] | None:
    value = _first(event, "GEO")
    latitude, longitude = getattr(value, "latitude", None), getattr(value, "longitude", None)
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None
    fits = -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude or longitude)
    return (latitude, longitude) if fits else None


def _errors(event: Event) -> list[str]:
    """What the library could not read; what we cannot do without is a fault."""
    notes = []
    for name, error in event.errors:
        said = f"{name or 'a line'} cannot be read: {plain(str(error), 120)}"
        if name in NEEDED:
            raise Fault(said)
        notes.append(said)
    return notes


def _length(event: Event, start: Moment, zones: Zones) -> Length:
    end, duration = _first(event, "DTEND"), getattr(_first(event, "DURATION"), "dt", None)
    try:
        ends = moment(end, zones, "DTEND") if end is not None else None
    except Fault as fault:
        return Length(length_of(start, None, None).minutes, start.all_day, str(fault))
    return length_of(start, ends, duration if isinstance(duration, timedelta) else None)


def title_in(lines: list[str]) -> str:
    """The title of an entry that cannot be read, for people to find it by."""
    summary = next((line for line in lines if line.upper().startswith("SUMMARY")), "")
    return plain(summary.partition(":")[2], 100)


def read_component(block: Block, zones: Zones, *, cancels: bool) -> Component:
    """The facts of a VEVENT.

    Args:
        cancels: its VCALENDAR says METHOD:CANCEL.

    Raises:
        Fault: it cannot be taken.
    """
    if block.fault:
        raise Fault(block.fault)
    try:
        with warnings.catch_warnings():  # zones are our own affair: events.imports.ical.zones
            warnings.simplefilter("ignore")
            event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *block.lines, "END:VEVENT", ""]))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise Fault(f"it cannot be read: {plain(str(error), 120)}") from None
    assert isinstance(event, Event)
    notes = _errors(event)
    if _first(event, "DTSTART") is None:
        raise Fault("it has no DTSTART")
    start = moment(_first(event, "DTSTART"), zones, "DTSTART")
    length = _length(event, start, zones)
    cancelled = cancels or _text(event, "STATUS").strip().upper() == "CANCELLED"
    links = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
    said = said_of(
        _text(event, "DESCRIPTION"),
        _text(event, "LOCATION"),
        _geo(event),
        [str(one) for name in links for one in _all(event, name)],
        _text(event, "URL").strip(),
    )
    at = _first(event, "RECURRENCE-ID")
    sequence = _first(event, "SEQUENCE")
    return Component(
        number=block.number,
        uid=" ".join(_text(event, "UID").split()),
        title=title_of(_text(event, "SUMMARY"), UNTITLED, cancelled=cancelled),
        zones=zones,
        start=start,
        length=length,
        said=said,
        cancelled=cancelled,
        public=_text(event, "CLASS").strip().upper() not in {"PRIVATE", "CONFIDENTIAL"},
        tags=tags_of(_categories(event)),
        newness=(sequence if isinstance(sequence, int) else 0, _stamp(event)),
        recurrence=None if at is None else moment(at, zones, "RECURRENCE-ID"),
        onward=at is not None and at.params.get("RANGE", "").upper() == "THISANDFUTURE",
        props={name: _all(event, name) for name in ("RRULE", "RDATE", "EXDATE", "EXRULE")},
        notes=[*notes, *([length.note] if length.note else []), *said.notes],
    )


def _stamp(event: Event) -> str:
    value = _first(event, "LAST-MODIFIED") or _first(event, "DTSTAMP")
    stamp = getattr(value, "dt", None)
    return stamp.isoformat() if stamp is not None and hasattr(stamp, "isoformat") else ""
