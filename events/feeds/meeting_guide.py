"""Weekly groups as Meeting Guide JSON (github.com/code4recovery/spec).

The form knows weekly meetings only, a place or an open way in, and a fixed list of types. What
it cannot say is left out and counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from events.feeds.entries import FeedEntry, FeedEvent, FeedSeries, Links
from events.feeds.lines import plain
from events.models import Kind, Mode
from events.rules.recurrence import Unit

LONGEST_SLUG = 64
LONGEST_NAME = 255
ONLINE = "ONL"
_NOT_DIALLED = re.compile(r"[\s().\-]")
_DIALLED = re.compile(r"\+?\d{1,15}(?:[,*#]+\d+)*#?")
_ATTENDANCE = {Mode.IN_PERSON: "in_person", Mode.ONLINE: "online", Mode.HYBRID: "hybrid"}
_MEETING_GUIDE_DAYS = 7  # their week begins on Sunday = 0, ours on Monday = 0


class LeftOutReason(StrEnum):
    """Why the form cannot say a group, or one of its series."""

    NOT_WEEKLY = "not-weekly"
    NO_DATES = "no-dates"
    NO_ADDRESS = "no-address"
    NO_PUBLIC_WAY_IN = "no-public-way-in"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class LeftOut:
    """A group of which something is left out, and why."""

    slug: str
    title: str
    reason: LeftOutReason


@dataclass(frozen=True)
class Listing:
    """The meetings, and what could not be said."""

    meetings: tuple[dict[str, object], ...]
    left_out: tuple[LeftOut, ...]


def _unsayable(event: FeedEvent, series: FeedSeries) -> LeftOutReason | None:
    reachable = event.online_url or _phone(event.online_phone)
    if event.mode == Mode.ONLINE and not reachable:
        return LeftOutReason.NO_PUBLIC_WAY_IN
    if event.mode != Mode.ONLINE and (event.place is None or not event.place.address):
        return LeftOutReason.NO_ADDRESS
    if series.rhythm.interval != 1 or series.rhythm.unit not in (Unit.WEEK, Unit.DAY):
        return LeftOutReason.NOT_WEEKLY
    if not series.whole:
        return LeftOutReason.ELSEWHERE
    return LeftOutReason.NO_DATES if series.first is None else None


def _slug(slug: str, number: int) -> str:
    whole = slug if number == 1 else f"{slug}-{number}"
    if len(whole) <= LONGEST_SLUG:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST_SLUG - 9]}-{mark}"


def _days(series: FeedSeries) -> int | list[int]:
    if series.rhythm.unit == Unit.DAY:
        return list(range(_MEETING_GUIDE_DAYS))
    days = sorted((day + 1) % _MEETING_GUIDE_DAYS for day in series.rhythm.weekdays)
    return days[0] if len(days) == 1 else days


def _place(event: FeedEvent) -> dict[str, object]:
    place = event.place
    if place is None:
        return {}
    found: dict[str, object] = {
        "location": place.name,
        "formatted_address": place.address or place.city,
        "approximate": "yes" if place.approximate else "no",
        "region": place.city,
    }
    if place.latitude is not None and place.longitude is not None:
        found |= {"latitude": round(place.latitude, 5), "longitude": round(place.longitude, 5)}
    return {name: value for name, value in found.items() if value != ""}


def _phone(number: str | None) -> str | None:
    """A number as it can be dialled: digits, a plus before them, and pauses or codes after them."""
    digits = _NOT_DIALLED.sub("", number or "")
    return digits if _DIALLED.fullmatch(digits) else None


def _online(event: FeedEvent) -> dict[str, object]:
    found = {"conference_url": event.online_url, "conference_phone": _phone(event.online_phone)}
    return {name: value for name, value in found.items() if value}


def _types(event: FeedEvent, codes: Mapping[str, str]) -> list[str]:
    named = (
        *event.tags,
        *(f"language:{code}" for code in event.languages),
        *(f"access:{code}" for code in event.access),
    )
    online = {ONLINE} if event.mode != Mode.IN_PERSON else set()
    return sorted({codes[name] for name in named if name in codes} | online)


def _meeting(
    event: FeedEvent, series: FeedSeries, number: int, links: Links, codes: Mapping[str, str]
) -> dict[str, object]:
    updated = max(event.updated_at, series.updated_at)
    meeting: dict[str, object] = {
        "name": plain(event.title)[:LONGEST_NAME],
        "slug": _slug(event.slug, number),
        "day": _days(series),
        "time": f"{series.rhythm.start_time:%H:%M}",
    }
    if series.end_known:
        end = datetime.combine(datetime.min, series.rhythm.start_time) + series.duration
        meeting["end_time"] = f"{end:%H:%M}"
    meeting |= {
        "timezone": series.timezone,
        "updated": f"{updated.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "url": links.event(event.slug),
        "attendance_option": _ATTENDANCE[Mode(event.mode)],
        "types": _types(event, codes),
        **_place(event),
        **_online(event),
    }
    notes = "\n\n".join(part for part in (event.summary, event.description) if part)
    return meeting | ({"notes": plain(notes)} if notes else {})


def listing(
    entries: Iterable[FeedEntry],
    links: Links,
    codes: Mapping[str, str],
    entity: Mapping[str, str],
) -> Listing:
    """The weekly support groups.

    Args:
        codes: type codes by our tag, by `language:xx` and by `access:code`.
        entity: who is responsible, `entity` and `entity_website_url`.
    """
    meetings: list[dict[str, object]] = []
    left_out: list[LeftOut] = []
    for entry in entries:
        event = entry.event
        if event.kind != Kind.SUPPORT_GROUP:
            continue
        reasons = [_unsayable(event, series) for series in entry.series]
        said = [one for one, reason in zip(entry.series, reasons, strict=True) if reason is None]
        if not entry.series:
            reasons = [LeftOutReason.NOT_WEEKLY if entry.dates else LeftOutReason.NO_DATES]
        left_out += [LeftOut(event.slug, event.title, reason) for reason in reasons if reason]
        for number, series in enumerate(said, 1):
            meetings.append(_meeting(event, series, number, links, codes) | dict(entity))
    return Listing(tuple(meetings), tuple(left_out))
