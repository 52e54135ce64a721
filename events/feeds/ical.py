"""Entries to an iCalendar file (RFC 5545, 7986). Same entries, same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import IntEnum
from functools import lru_cache
from itertools import chain

from events.feeds import lines
from events.feeds.entries import FeedDate, FeedEntry, FeedEvent, FeedSeries, Links, Place, Words
from events.feeds.instances import Keeping, Plan, plan, rule_end, rule_start, stands_apart
from events.feeds.rhythm import rule_parts
from events.feeds.vtimezone import vtimezone

PRODID = "-//Groundswell//Calendar//EN"
COLOR, COLOR_HEX = "teal", "#0F5C63"
KEPT_BLOCKS = 4_096
MOST_BYTES = 1_000_000  # Google reads no feed beyond about a megabyte


class Detail(IntEnum):
    """How much a line matters when a feed grows too long."""

    NEEDED = 0
    USEFUL = 1
    WELCOME = 2


Line = tuple[Detail, str]
Block = tuple[bytes, ...]  # folded lines, by the most detail among them
_SPAN = ("DTSTART", "DTEND")


@dataclass(frozen=True)
class Calendar:
    """A feed's own facts. `address` is the feed's, '' when a copy must not give it away; `page` is
    that of the page it belongs to. A `description` of '' is left out."""

    name: str
    description: str
    timezone: str
    address: str
    page: str
    updated_at: datetime
    keeping: Keeping


def needed(*found: str) -> Iterator[Line]:
    """Lines that go out whatever the length."""
    return ((Detail.NEEDED, line) for line in found)


def place_text(event: FeedEvent, place: Place | None, words: Words) -> str:
    """Where it is, in one line."""
    if place is None:
        return words.online if event.mode == "online" else ""
    if event.mode == "online":
        return f"{words.online} ({place.city})" if place.city else words.online
    if place.address.casefold().startswith(place.name.casefold()):
        return place.address
    return ", ".join(part for part in (place.name, place.address or place.city) if part)


def _position(event: FeedEvent, place: Place | None) -> Iterator[Line]:
    if place is None or place.approximate or event.mode == "online":
        return
    if place.latitude is not None and place.longitude is not None:
        at = f"{place.latitude:.6f}", f"{place.longitude:.6f}"
        yield Detail.USEFUL, f"GEO:{at[0]};{at[1]}"
        title = lines.parameter(place.name)
        name = f"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE={title}"
        yield Detail.WELCOME, lines.uri(name, f"geo:{at[0]},{at[1]}")


def _description(event: FeedEvent, one: FeedDate | None, url: str, words: Words) -> str:
    cancelled = one is not None and one.cancelled
    parts = [
        one.reason if one is not None and cancelled else "",
        event.summary,
        event.description if event.description != event.summary else "",
        "" if cancelled else words.joining.get(event.joining, ""),
        f"{words.join_online}: {event.online_url}" if event.online_url else "",
        f"{words.phone}: {event.online_phone}" if event.online_phone else "",
        f"{words.details}: {url}",
    ]
    return "\n\n".join(part for part in parts if part)


def _about(
    event: FeedEvent,
    one: FeedDate | None,
    links: Links,
    words: Words,
    base: Place | None = None,
) -> Iterator[Line]:
    """What an event, a series or one of its dates has in common; `one` is None for a series,
    `base` is the place of a series that has its own."""
    cancelled = one is not None and one.cancelled
    url = links.date(event.slug, one.key) if one else links.event(event.slug)
    place = (one.place if one else None) or base or event.place
    where = place_text(event, place, words)
    yield Detail.NEEDED, lines.text("SUMMARY", (words.cancelled if cancelled else "") + event.title)
    yield Detail.NEEDED, f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    if cancelled:
        yield Detail.NEEDED, "TRANSP:TRANSPARENT"
    else:
        yield Detail.USEFUL, "TRANSP:OPAQUE"
    yield Detail.WELCOME, "CLASS:PUBLIC"
    yield Detail.NEEDED, lines.uri("URL", url)
    if where:
        yield Detail.NEEDED, lines.text("LOCATION", where)
    yield from _position(event, place)
    yield Detail.WELCOME, lines.text("DESCRIPTION", _description(event, one, url, words))
    yield Detail.USEFUL, lines.text("CATEGORIES", words.kinds.get(event.kind, event.kind))
    if event.online_url and not cancelled:
        label = lines.parameter(words.join_online)
        yield (
            Detail.USEFUL,
            lines.uri(f"CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL={label}", event.online_url),
        )


def stamps(uid: str, stamp: datetime, created: datetime, sequence: int) -> Iterator[Line]:
    """The opening of a component: what it is, when it last changed, how often it was moved."""
    yield from needed("BEGIN:VEVENT", lines.text("UID", uid), f"DTSTAMP:{lines.utc(stamp)}")
    yield Detail.WELCOME, f"CREATED:{lines.utc(created)}"
    yield from needed(f"LAST-MODIFIED:{lines.utc(stamp)}", f"SEQUENCE:{sequence}")


def when(one: FeedDate) -> Iterator[Line]:
    """Start and end, on the date's own wall clock or as whole days."""
    if one.all_day:
        days = (lines.day(moment, one.timezone) for moment in (one.starts_at, one.ends_at))
        return needed(*(f"{name}{day}" for name, day in zip(_SPAN, days, strict=True)))
    return needed(
        lines.local("DTSTART", one.starts_at, one.timezone),
        lines.local("DTEND", one.ends_at, one.timezone),
    )


def _rule(series: FeedSeries, said: Plan) -> str:
    parts = rule_parts(series.rhythm)
    if said.until is not None:
        last = rule_start(series, said.until)
        until = f"{said.until:%Y%m%d}" if series.all_day else lines.utc(last)
        parts.append(f"UNTIL={until}")
    return "RRULE:" + ";".join(parts)


def _walls(series: FeedSeries, days: Iterable[date], at: time) -> str:
    if series.all_day:
        return ";VALUE=DATE:" + ",".join(f"{day:%Y%m%d}" for day in days)
    return f";TZID={series.timezone}:" + ",".join(f"{day:%Y%m%d}T{at:%H%M%S}" for day in days)


def _master(
    event: FeedEvent, series: FeedSeries, said: Plan, links: Links, words: Words
) -> Iterator[Line]:
    assert said.start is not None
    end = rule_end(series, said.start)
    yield from needed(
        f"DTSTART{_walls(series, [said.start], series.rhythm.start_time)}",
        f"DTEND{lines.day(end, series.timezone)}"
        if series.all_day
        else lines.local("DTEND", end, series.timezone),
        _rule(series, said),
    )
    if said.excepted:
        yield Detail.NEEDED, f"EXDATE{_walls(series, said.excepted, series.rhythm.start_time)}"
    yield from _about(event, None, links, words, series.place)


def stamp_of(event: FeedEvent, series: FeedSeries, said: Plan) -> datetime:
    """When anything in a series last changed: all its components rise together."""
    stamps = (event.updated_at, series.updated_at, *(one.updated_at for one in series.dates))
    return max(*stamps, said.turned or event.updated_at)


def sequence_of(series: FeedSeries) -> int:
    """How often a series or one of its dates was rescheduled, moved or cancelled."""
    return series.sequence + sum(one.sequence for one in series.dates)


def _override(
    event: FeedEvent,
    series: FeedSeries,
    one: FeedDate,
    stamp: datetime,
    links: Links,
    words: Words,
) -> Iterator[Line]:
    sequence = sequence_of(series) + one.cancelled
    yield from stamps(series.uid, stamp, series.created_at, sequence)
    yield Detail.NEEDED, f"RECURRENCE-ID{_walls(series, [one.day], one.time)}"
    yield from when(one)
    yield from _about(event, one, links, words, series.place)
    yield Detail.NEEDED, "END:VEVENT"


def _single(
    event: FeedEvent,
    one: FeedDate,
    links: Links,
    words: Words,
    sibling_of: FeedSeries | None = None,
) -> Iterator[Line]:
    uid, stamp = str(one.uid), max(event.updated_at, one.updated_at)
    sequence = one.sequence + one.cancelled
    if sibling_of:  # it has the place of its series, and changes with that
        uid = f"{sibling_of.uid}-{one.key}"
        stamp, sequence = max(stamp, sibling_of.updated_at), sequence + sibling_of.sequence
    yield from stamps(uid, stamp, one.created_at, sequence)
    yield from when(one)
    if sibling_of:
        yield Detail.NEEDED, lines.text("RELATED-TO;RELTYPE=SIBLING", sibling_of.uid)
    yield from _about(event, one, links, words, sibling_of.place if sibling_of else None)
    yield Detail.NEEDED, "END:VEVENT"


def _series(
    event: FeedEvent, series: FeedSeries, keeping: Keeping, links: Links, words: Words
) -> Iterator[Line]:
    said = plan(series, keeping)
    stamp = stamp_of(event, series, said)
    if said.start is not None:
        yield from stamps(series.uid, stamp, series.created_at, sequence_of(series))
        yield from _master(event, series, said, links, words)
        yield Detail.NEEDED, "END:VEVENT"
    for one in said.overrides:
        yield from _override(event, series, one, stamp, links, words)
    for one in said.apart:
        yield from _single(event, one, links, words, sibling_of=series)


def _entry(entry: FeedEntry, keeping: Keeping, links: Links, words: Words) -> Iterator[Line]:
    for series in entry.series:
        yield from _series(entry.event, series, keeping, links, words)
    for one in entry.dates:
        if keeping.keeps_single(one):
            yield from _single(entry.event, one, links, words)


def _header(calendar: Calendar) -> Iterator[Line]:
    said = calendar.description
    yield from needed(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        lines.text("PRODID", PRODID),
        "CALSCALE:GREGORIAN",
        lines.text("NAME", calendar.name),
        lines.text("X-WR-CALNAME", calendar.name),
        *((lines.text("DESCRIPTION", said), lines.text("X-WR-CALDESC", said)) if said else ()),
        lines.text("X-WR-TIMEZONE", calendar.timezone),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        f"COLOR:{COLOR}",
        f"X-APPLE-CALENDAR-COLOR:{COLOR_HEX}",
        *((lines.uri("SOURCE;VALUE=URI", calendar.address),) if calendar.address else ()),
        lines.uri("URL", calendar.page),
        f"LAST-MODIFIED:{lines.utc(calendar.updated_at)}",
    )


def zones_of(entries: Iterable[FeedEntry]) -> list[str]:
    """The zones a feed names, in alphabetical order."""
    found: set[str] = set()
    for entry in entries:
        found.update(series.timezone for series in entry.series if not series.all_day)
        dates = chain(entry.dates, *(series.dates for series in entry.series))
        found.update(one.timezone for one in dates if not one.all_day)
    return sorted(found)


def _block(said: Iterable[Line]) -> Block:
    encoded = [(detail, lines.folded(line)) for detail, line in said]
    return tuple(b"".join(line for detail, line in encoded if detail <= limit) for limit in Detail)


@lru_cache(maxsize=KEPT_BLOCKS)
def _entry_block(entry: FeedEntry, keeping: Keeping, links: Links, words: Words) -> Block:
    return _block(_entry(entry, keeping, links, words))


def _fitting(blocks: Sequence[Block], most: int) -> bytes:
    """As much of each as fits; what is needed goes out whatever its length."""
    for limit in reversed(Detail):
        if sum(len(block[limit]) for block in blocks) <= most:
            break
    return b"".join(block[limit] for block in blocks)


def _whole(calendar: Calendar, zones: Iterable[str], blocks: Iterable[Block], most: int) -> bytes:
    head = [*_header(calendar), *(line for zone in zones for line in needed(*vtimezone(zone)))]
    return _fitting([_block(head), *blocks, _block(needed("END:VCALENDAR"))], most)


def closed(calendar: Calendar, zones: Iterable[str], body: Iterable[Line], most: int) -> bytes:
    """A whole file: header, zones, body, and as much of it as fits."""
    return _whole(calendar, zones, [_block(body)], most)


def render(
    calendar: Calendar,
    entries: Sequence[FeedEntry],
    links: Links,
    words: Words,
    most_bytes: int = MOST_BYTES,
) -> bytes:
    """A whole feed, series as rules. Beyond `most_bytes` descriptions and the like are left out.

    What an entry became is kept and used again while nothing of it changes, so that one edit
    among thousands of series costs little.
    """
    blocks = (_entry_block(entry, calendar.keeping, links, words) for entry in entries)
    return _whole(calendar, zones_of(entries), blocks, most_bytes)


def render_date(
    calendar: Calendar,
    event: FeedEvent,
    series: FeedSeries | None,
    one: FeedDate,
    links: Links,
    words: Words,
) -> bytes:
    """One date as a file of its own, with the UID it has in every feed."""
    if series is None or stands_apart(series, one):
        body = _single(event, one, links, words, sibling_of=series)
    else:
        stamp = stamp_of(event, series, plan(series, calendar.keeping))
        body = _override(event, series, one, stamp, links, words)
    zones = set() if one.all_day else {one.timezone}
    if series and not series.all_day:
        zones.add(series.timezone)
    return closed(calendar, sorted(zones), body, MOST_BYTES)
