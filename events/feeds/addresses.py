"""Addresses by which other programs subscribe to a feed, or take over one event from a link.

Google and Microsoft document neither; the forms are those in use since 2020, with times in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

MOST_LETTERS = 256  # Google refuses longer addresses of feeds without a word
MOST_WORDS = 1_000  # of a description in a link; browsers and servers cut very long addresses

GOOGLE_SUBSCRIBE = "https://calendar.google.com/calendar/r?cid="
GOOGLE_ADD = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0"
MICROSOFT_365 = "https://outlook.office.com/calendar/0"


def webcal(https: str) -> str:
    """The address that opens a calendar program instead of a browser."""
    return "webcal://" + https.split("://", 1)[-1]


def letters(https: str) -> int:
    """The length that counts: Google is given the webcal address."""
    return max(len(https), len(webcal(https)))


def google_subscribe(https: str) -> str:
    """Google Calendar's page that subscribes to a feed."""
    return GOOGLE_SUBSCRIBE + quote(webcal(https), safe="")


def outlook_subscribe(https: str, name: str, base: str = OUTLOOK) -> str:
    """Outlook's page that subscribes to a feed; `base` is OUTLOOK or MICROSOFT_365."""
    return f"{base}/addfromweb?{_query([('url', https), ('name', name)])}"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a link hands over. `rule` are the parts of an RRULE, empty for a single date."""

    title: str
    words: str
    place: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    all_day: bool = False
    rule: Sequence[str] = ()


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode([pair for pair in pairs if pair[1]], quote_via=quote)  # Outlook shows a plus


def _cut(words: str) -> str:
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…"


def _span(one: Copied, pattern: str, *, local: bool = False) -> tuple[str, str]:
    zone = ZoneInfo(one.timezone) if local or one.all_day else UTC
    starts, ends = (moment.astimezone(zone) for moment in (one.starts_at, one.ends_at))
    return starts.strftime(pattern), ends.strftime(pattern)


def google_add(one: Copied) -> str:
    """Google Calendar's form for a new entry, filled in.

    A repeating entry is given in local time with its zone, so that it stays at its wall-clock
    time across a change of the clocks.
    """
    if one.all_day:
        span = _span(one, "%Y%m%d")
    elif one.rule:
        span = _span(one, "%Y%m%dT%H%M%S", local=True)
    else:
        span = _span(one, "%Y%m%dT%H%M%SZ")
    pairs = [
        ("action", "TEMPLATE"),
        ("text", one.title),
        ("dates", "/".join(span)),
        ("ctz", one.timezone if one.rule and not one.all_day else ""),
        ("recur", "RRULE:" + ";".join(one.rule) if one.rule else ""),
        ("details", _cut(one.words)),
        ("location", one.place),
    ]
    return f"{GOOGLE_ADD}?{_query(pairs)}"


def outlook_add(one: Copied, base: str = OUTLOOK) -> str:
    """Outlook's form for a new entry, filled in; it knows single dates only."""
    starts, ends = _span(one, "%Y-%m-%d" if one.all_day else "%Y-%m-%dT%H:%M:%SZ")
    pairs = [
        ("path", "/calendar/action/compose"),
        ("rru", "addevent"),
        ("subject", one.title),
        ("startdt", starts),
        ("enddt", ends),
        ("allday", "true" if one.all_day else ""),
        ("body", _cut(one.words)),
        ("location", one.place),
    ]
    return f"{base}/deeplink/compose?{_query(pairs)}"
