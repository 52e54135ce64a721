"""One row of a meeting list to a meeting, or to what is wrong with it.

The Meeting Guide format is github.com/code4recovery/spec; the quirks are those of real feeds:
days as text, as lists or missing, times in words, no end, an end past midnight.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nh3

from events.imports.files import Row
from events.imports.passcodes import part_link, part_phone, part_text
from events.imports.type_codes import TypeFacts, facts_of
from events.models import Mode
from events.slugs import slug_of
from people.names import clean_name

ASSUMED_MINUTES = 60
DAY_MINUTES = 24 * 60
NO_DAYS: tuple[int, ...] = ()
LONGEST_PRIVATE = 500
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MODES = {"in_person": Mode.IN_PERSON, "online": Mode.ONLINE, "hybrid": Mode.HYBRID}
TIME_FORMATS = ("%H:%M", "%I:%M %p", "%I:%M%p", "%H:%M:%S")
Value = TypeVar("Value")


class Fault(ValueError):  # noqa: N818 - a row has faults
    """What is wrong with one field of a row."""


@dataclass(frozen=True)
class Place:
    """Where a meeting is; `source_id` is the same for all meetings at one place."""

    source_id: str
    name: str
    address: str
    city: str
    region: str
    latitude: float | None
    longitude: float | None
    approximate: bool
    directions: str


@dataclass(frozen=True)
class Meeting:
    """A weekly meeting. Weekdays count from Monday = 0; without any it is by appointment.

    `meets` is False for a meeting that its source lists as not meeting at present.
    """

    row: int
    source_id: str
    name: str
    weekdays: tuple[int, ...]
    start: time | None
    minutes: int
    end_known: bool
    mode: Mode
    meets: bool
    timezone: str
    place: Place | None
    online_url: str | None
    online_phone: str | None
    online_notes: str
    description: str
    types: TypeFacts

    def fingerprint(self) -> str:
        """The same for the same meeting, wherever it stands in the file."""
        said = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return hashlib.sha256(repr(said[1:]).encode()).hexdigest()


def _text(row: Row, name: str, longest: int) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Fault(f"{name} is not text")
    given = str(value).encode("utf-8", "ignore").decode()  # halves of letters cannot be kept
    plain = nh3.clean(given, tags=set()) if "<" in given else given
    plain = html.unescape(plain)
    lines = (" ".join(line.split()) for line in plain.replace("\r", "\n").split("\n"))
    text = "\n".join(line for line in lines if line)
    text = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    if len(text) > longest:
        raise Fault(f"{name} is longer than {longest:,} letters")
    return text


def weekday_of(value: object) -> int:
    """Monday = 0, from the spec's 0–6 from Sunday, as a number or text, or a day's English name.

    Raises:
        Fault: it is no day.
    """
    text = str(value).strip().lower()
    if text in WEEKDAYS:
        return (WEEKDAYS.index(text) - 1) % 7
    if isinstance(value, bool) or text not in {"0", "1", "2", "3", "4", "5", "6"}:
        raise Fault(f"day {value!r} is not 0 (Sunday) to 6 (Saturday)")
    return (int(text) - 1) % 7


def _weekdays(row: Row) -> tuple[int, ...]:
    value = row.get("day")
    if value is None or value == "" or value == []:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(sorted({weekday_of(one) for one in values}))


def time_of(row: Row, name: str) -> time | None:
    """A wall-clock time, `19:30` or `7:30 PM`, or None when there is none.

    Raises:
        Fault: it is no time.
    """
    value = row.get(name)
    if value is None or value == "":
        return None
    text = " ".join(str(value).split()).upper()
    text = {"NOON": "12:00", "MIDNIGHT": "00:00"}.get(text, text)
    for pattern in TIME_FORMATS:
        try:
            return datetime.strptime(text, pattern).time()
        except ValueError:
            continue
    raise Fault(f"{name} {str(value)[:40]!r} is not a time")


def _minutes(start: time | None, end: time | None) -> tuple[int, bool]:
    if start is None or end is None:
        return ASSUMED_MINUTES, False
    length = (end.hour - start.hour) * 60 + end.minute - start.minute
    return (length + DAY_MINUTES if length <= 0 else length), True


def _url(row: Row) -> str | None:
    text = _text(row, "conference_url", 500)
    if not text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Fault(f"conference_url {text[:60]!r} is not a web address")
    return text


def _number(row: Row, name: str, most: float) -> float | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        number = float(str(value))
    except ValueError:
        raise Fault(f"{name} {str(value)[:40]!r} is not a number") from None
    if not -most <= number <= most:
        raise Fault(f"{name} {number} is off the map")
    return number


def city_of(address: str) -> str:
    """The city of `1 Pier Rd, Huntington Beach, CA 92648, USA`."""
    parts = [part.strip() for part in address.split(",") if part.strip()]
    if parts and parts[-1].upper() in {"USA", "US", "UNITED STATES"}:
        parts = parts[:-1]
    if parts and re.fullmatch(r"[A-Z]{2}( \d{5}(-\d{4})?)?", parts[-1]):
        parts = parts[:-1]
    return parts[-1][:100] if parts else ""


def is_vague(address: str) -> bool:
    """Whether an address names no door: fewer than four parts and no house number."""
    parts = [part for part in address.split(",") if part.strip()]
    return len(parts) < 4 and not any(sign.isdigit() for sign in (parts or [""])[0])


def _place(row: Row) -> Place | None:
    address = _text(row, "formatted_address", 300)
    name = _text(row, "location", 200)
    if not address and not name:
        return None
    said = str(row.get("approximate") or "").lower()
    city = city_of(address) or _text(row, "region", 100).title()
    given = _text(row, "location_id", 60)
    digest = hashlib.sha256(f"{name}\x1f{address}".encode()).hexdigest()[:24]
    return Place(
        source_id=given or digest,
        name=name or address.split(",")[0] or city,
        address=address,
        city=city,
        region=_text(row, "region", 100),
        latitude=_number(row, "latitude", 90),
        longitude=_number(row, "longitude", 180),
        approximate=said == "yes" if said in {"yes", "no"} else is_vague(address),
        directions=part_text(_text(row, "location_notes", 2000))[0],
    )


def _mode(row: Row, place: Place | None, online: bool, types: TypeFacts) -> tuple[Mode, bool]:
    said = str(row.get("attendance_option") or "").lower()
    if said == "inactive":
        return (Mode.ONLINE if online else Mode.IN_PERSON), False
    if said in MODES:
        return MODES[said], True
    if said:
        raise Fault(f"attendance_option {said[:40]!r} is not in_person, online, hybrid or inactive")
    findable = place is not None and not place.approximate and not types.place_closed
    if online or types.online:
        return (Mode.HYBRID if findable else Mode.ONLINE), True
    if types.place_closed:
        return Mode.IN_PERSON, False
    if not findable:
        where = f"the address {place.address!r} names no street" if place else "no address"
        raise Fault(f"{where} and there is no way to join online: nobody could find it")
    return Mode.IN_PERSON, True


def _timezone(row: Row, otherwise: str) -> str:
    name = _text(row, "timezone", 64)
    if not name:
        return otherwise
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"timezone {name!r} is not an IANA time zone") from None
    return name


def _types(row: Row) -> TypeFacts:
    value = row.get("types") or []
    names = value if isinstance(value, list) else str(value).split(",")
    if len(names) > 100:
        raise Fault("types are more than a hundred")
    return facts_of(str(name).strip() for name in names)


def _join(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def parse_meeting(number: int, row: Row, timezone: str) -> Meeting | list[str]:
    """The meeting of a row, or everything that is wrong with it.

    Args:
        timezone: the IANA zone of rows that name none.
    """
    faults: list[str] = []

    def take(read: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return read()
        except Fault as fault:
            faults.append(str(fault))
            return otherwise

    if "not_a_row" in row:
        return ["this is not a meeting but " + type(row["not_a_row"]).__name__]
    name = take(lambda: clean_name(_text(row, "name", 120)), "?")
    if not name:
        faults.append("name is missing")
    weekdays = take(lambda: _weekdays(row), NO_DAYS)
    start = take(lambda: time_of(row, "time"), None)
    end = take(lambda: time_of(row, "end_time"), None)
    if weekdays and start is None and not faults:
        faults.append("time is missing although there is a day")
    if start is not None and not weekdays and not faults:
        faults.append("day is missing although there is a time")
    types = take(lambda: _types(row), TypeFacts())
    place = take(lambda: _place(row), None)
    url = take(lambda: _url(row), None)
    phone = take(lambda: _text(row, "conference_phone", 100), "") or None
    slug = take(lambda: _text(row, "slug", 140), "")
    notes = take(lambda: _text(row, "notes", 5000), "")
    group = take(lambda: _text(row, "group_notes", 5000), "")
    directions = take(lambda: _text(row, "location_notes", 2000), "")
    ident = take(lambda: _text(row, "id", 140), "")
    shown_notes, secret_notes = part_text(notes)
    shown_group, secret_group = part_text(group)
    shown_url, secret_url = part_link(url) if url else (None, "")
    shown_phone, secret_phone = part_phone(phone) if phone else (None, "")
    secrets = (secret_url, secret_phone, secret_notes, secret_group, part_text(directions)[1])
    private = _join(take(lambda: _text(row, "conference_url_notes", 500), ""), *secrets)
    if len(private) > LONGEST_PRIVATE:
        faults.append(f"its conference notes are longer than {LONGEST_PRIVATE} letters together")
    zone = take(lambda: _timezone(row, timezone), timezone)
    mode, meets = (Mode.IN_PERSON, True)
    if not faults:
        mode, meets = take(lambda: _mode(row, place, bool(url or phone), types), (mode, True))
    if faults:
        return list(dict.fromkeys(faults))
    minutes, end_known = _minutes(start, end)
    fallback: Any = f"{name}-{weekdays}-{start}"
    return Meeting(
        row=number,
        source_id=slug or ident or slug_of(fallback, "meeting"),
        name=name,
        weekdays=weekdays,
        start=start,
        minutes=minutes,
        end_known=end_known,
        mode=mode,
        meets=meets,
        timezone=zone,
        place=place,
        online_url=shown_url,
        online_phone=shown_phone,
        online_notes=private,
        description=_join(shown_notes, shown_group),
        types=types,
    )
