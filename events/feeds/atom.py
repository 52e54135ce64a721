"""What is new, as an Atom feed (RFC 4287), each event with its next time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from events.feeds.entries import FeedEvent, Links, Words
from events.feeds.lines import plain

_ATOM = "http://www.w3.org/2005/Atom"
_PATTERNS = {
    "en": ("en_US", "EEEE, MMMM d", "h:mm a"),
    "es": ("es_MX", "EEEE d 'de' MMMM", "HH:mm"),
}


@dataclass(frozen=True)
class News:
    """An event that was added or changed. `next_at` is its next date, None when there is none."""

    event: FeedEvent
    next_at: datetime | None
    timezone: str


@dataclass(frozen=True)
class Channel:
    """The feed's own facts. `tag` is the beginning of every id (RFC 4151)."""

    title: str
    address: str
    page: str
    tag: str
    language: str
    updated_at: datetime


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _when(news: News, language: str) -> str:
    if news.next_at is None:
        return ""
    locale, day, time = _PATTERNS[language]
    local = news.next_at.astimezone(ZoneInfo(news.timezone))
    clock = format_datetime(local, time, locale=locale).lower()
    return f"{format_datetime(local, day, locale=locale)}, {clock}"


def _put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = plain(text) or None


def _entry(parent: ET.Element, news: News, channel: Channel, links: Links, words: Words) -> None:
    event, when = news.event, _when(news, channel.language)
    entry = ET.SubElement(parent, "entry")
    place = event.place.name if event.place and event.mode != "online" else words.online
    body = [when, place if event.place or event.mode == "online" else "", event.summary]
    _put(entry, "title", f"{event.title} ({when})" if when else event.title)
    _put(entry, "id", f"{channel.tag}:{event.slug}")
    _put(entry, "link", rel="alternate", type="text/html", href=links.event(event.slug))
    _put(entry, "published", _stamp(event.created_at))
    _put(entry, "updated", _stamp(max(event.created_at, event.updated_at)))
    _put(entry, "category", term=event.kind, label=words.kinds.get(event.kind, event.kind))
    _put(entry, "content", "\n".join([*filter(None, body), event.description]).strip(), type="text")


def render(channel: Channel, news: Iterable[News], links: Links, words: Words) -> bytes:
    """The feed, newest first as given."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": channel.language})
    _put(feed, "title", channel.title)
    _put(feed, "id", f"{channel.tag}:events")
    _put(feed, "link", rel="self", type="application/atom+xml", href=channel.address)
    _put(feed, "link", rel="alternate", type="text/html", href=channel.page)
    _put(feed, "updated", _stamp(channel.updated_at))
    author = ET.SubElement(feed, "author")
    _put(author, "name", channel.title)
    for one in news:
        _entry(feed, one, channel, links, words)
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
