"""What a feed is made from: plain facts, without a database, a request or a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from events.rules.recurrence import Rhythm


@dataclass(frozen=True, slots=True)
class Place:
    """A venue. `approximate`: the address names no door."""

    name: str
    address: str
    city: str
    region: str
    latitude: float | None
    longitude: float | None
    approximate: bool


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A public event. The online address and phone are here only when they are public.

    `access` and `updated_at` cover the event and its venue.
    """

    slug: str
    kind: str
    title: str
    summary: str
    description: str
    mode: str
    joining: str
    online_url: str | None
    online_phone: str | None
    place: Place | None
    tags: tuple[str, ...]
    languages: tuple[str, ...]
    access: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FeedDate:
    """One occurrence. `place` is None unless it differs from its series' or the event's.

    `shown` is False when the filters leave this date out although they let its series in.
    """

    key: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    uid: str | None
    cancelled: bool
    reason: str
    place: Place | None
    sequence: int
    created_at: datetime
    updated_at: datetime
    shown: bool = True
    all_day: bool = False

    @property
    def day(self) -> date:
        """The original local date, whatever it was moved to."""
        return date.fromisoformat(self.key[:10])

    @property
    def time(self) -> time:
        """The original local time."""
        return time(int(self.key[11:13]), int(self.key[13:15]))


@dataclass(frozen=True, slots=True)
class FeedSeries:
    """A series: its rhythm, and only those of its dates that need a word of their own.

    `first` is the day of the first date there is, None when there is none. `missing` are days of
    the rhythm that have no date although the calendar has been made beyond them. `whole` is
    False when the filters want only some dates, at another place than the series'. `place` is
    None unless the series has one of its own. `turned` is the local day since when its breaks are
    known as far ahead as they are, None when it has none there.
    """

    uid: str
    timezone: str
    rhythm: Rhythm
    duration: timedelta
    end_known: bool
    first: date | None
    missing: frozenset[date]
    dates: tuple[FeedDate, ...]
    sequence: int
    created_at: datetime
    updated_at: datetime
    whole: bool = True
    all_day: bool = False
    place: Place | None = None
    turned: date | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An event with its series and its single dates."""

    event: FeedEvent
    series: tuple[FeedSeries, ...]
    dates: tuple[FeedDate, ...]


@dataclass(frozen=True)
class Links:
    """Addresses of pages. `base` is what comes before the path, language included."""

    base: str

    def event(self, slug: str) -> str:
        """The page of an event."""
        return f"{self.base}/events/{slug}/"

    def date(self, slug: str, key: str) -> str:
        """The page of one of its dates."""
        return f"{self.base}/events/{slug}/{key}/"


@dataclass(frozen=True)
class Words:
    """The words of a feed, in its language; `kinds` and `joining` by code."""

    cancelled: str
    online: str
    details: str
    join_online: str
    phone: str
    kinds: Mapping[str, str] = field(hash=False)
    joining: Mapping[str, str] = field(hash=False)
