"""Weekly groups as Meeting Guide JSON (github.com/code4recovery/spec).

The form knows weekly meetings only, a place or an open way in, and a fixed list of types. What
it cannot say is left out and counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from events.feeds.entries import FeedEntry, FeedEvent, FeedSeries, Links
from events.feeds.lines import plain
from events.models import Kind, Mode

LONGEST_SLUG = 64
LONGEST_NAME = 255
_MEETING_GUIDE_DAYS = 7  # their week begins on Sunday = 0, ours on Monday = 0


@dataclass(frozen=True)
class Listing:
    """The meetings, and how many weekly or other series could not be said."""

    meetings: tuple[dict[str, object], ...]
    left_out: int


def _sayable(event: FeedEvent, series: FeedSeries) -> bool:
    reachable = event.online_url or event.online_phone
    if event.mode == Mode.ONLINE and not reachable:
        return False
    if event.mode != Mode.ONLINE and (event.place is None or not event.place.address):
        return False
    return series.whole and series.rhythm.interval == 1 and series.first is not None


def _slug(slug: str, number: int) -> str:
    whole = slug if number == 1 else f"{slug}-{number}"
    if len(whole) <= LONGEST_SLUG:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST_SLUG - 9]}-{mark}"


def _days(series: FeedSeries) -> int | list[int]:
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


def _online(event: FeedEvent) -> dict[str, object]:
    found = {"conference_url": event.online_url, "conference_phone": event.online_phone}
    return {name: value for name, value in found.items() if value}


def _types(event: FeedEvent, codes: Mapping[str, str]) -> list[str]:
    named = (
        *event.tags,
        *(f"language:{code}" for code in event.languages),
        *(f"access:{code}" for code in event.access),
    )
    return sorted({codes[name] for name in named if name in codes})


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
        entity: who is responsible, `entity` and `entity_url`.
    """
    meetings: list[dict[str, object]] = []
    left_out = 0
    for entry in entries:
        if entry.event.kind != Kind.SUPPORT_GROUP:
            continue
        said: Sequence[FeedSeries] = [
            series for series in entry.series if _sayable(entry.event, series)
        ]
        left_out += len(entry.series) - len(said)
        for number, series in enumerate(said, 1):
            meetings.append(_meeting(entry.event, series, number, links, codes) | dict(entity))
    return Listing(tuple(meetings), left_out)
