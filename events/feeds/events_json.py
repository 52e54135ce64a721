"""Dates as JSON, for the API and for other sites to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from events.feeds.entries import Links
from events.models import Joining, OccurrenceStatus
from events.queries import CalendarDate

SIGNUP_OPEN = frozenset({"open", "few", "full"})


@dataclass(frozen=True)
class JsonLinks:
    """How addresses are made; `signups` is where an occurrence's sign-ups are posted as JSON."""

    pages: Links
    venue: Callable[[str], str]
    signups: Callable[[int], str]


def _moment(moment: datetime, timezone: str) -> str:
    return moment.astimezone(ZoneInfo(timezone)).isoformat()


def _venue(one: CalendarDate, links: JsonLinks) -> dict[str, object] | None:
    if one.venue_slug is None:
        return None
    return {
        "slug": one.venue_slug,
        "name": one.venue_name,
        "city": one.city,
        "url": links.venue(one.venue_slug),
    }


def occurrence(one: CalendarDate, availability: str, links: JsonLinks) -> dict[str, object]:
    """One date. `signup_url` is null where there is nothing to sign up for, or no longer."""
    open_now = one.joining == Joining.PER_DATE and availability in SIGNUP_OPEN
    takes_place = one.status == OccurrenceStatus.SCHEDULED
    return {
        "id": one.id,
        "event": one.slug,
        "key": one.key,
        "title": one.title,
        "kind": one.kind,
        "starts_at": _moment(one.starts_at, one.timezone),
        "ends_at": _moment(one.ends_at, one.timezone),
        "end_known": one.end_known,
        "all_day": one.all_day,
        "timezone": one.timezone,
        "venue": _venue(one, links),
        "mode": one.mode,
        "tags": list(one.tags),
        "status": one.status,
        "availability": availability,
        "url": links.pages.date(one.slug, one.key),
        "signup_url": links.signups(one.id) if open_now and takes_place else None,
    }


def occurrences(
    dates: Iterable[CalendarDate],
    availability: Callable[[CalendarDate], str],
    links: JsonLinks,
    following: str | None,
) -> dict[str, object]:
    """A page of dates; `following` is the address of the next one."""
    return {
        "occurrences": [occurrence(one, availability(one), links) for one in dates],
        "next": following,
    }
