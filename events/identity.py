"""What a stored date is called in every calendar: in feeds, files and mail alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from events.feeds.entries import FeedDate, FeedSeries
from events.feeds.instances import stands_apart
from events.horizon import rhythm_of
from events.models import Occurrence, Series
from events.rules.recurrence import parse_key


@dataclass(frozen=True, slots=True)
class Identity:
    """A date's permanent UID. `instance` is its original start, naive local in `timezone`, when it
    is one of a series said by a rule; None when it stands by itself."""

    uid: str
    instance: datetime | None = None
    timezone: str = ""
    all_day: bool = False


def counted_twice(sequence: int) -> int:
    """A stored sequence as calendars get it: being cancelled counts for one in between, so that it
    rises when a date is made cancelled, and again when it takes place after all."""
    return 2 * sequence


def feed_date(one: Occurrence) -> FeedDate:
    """A stored date as feeds take it, with nothing on where it is or whether it takes place."""
    return FeedDate(
        key=one.key,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=one.timezone,
        uid=one.uid,
        cancelled=False,
        reason="",
        place=None,
        sequence=one.sequence,
        created_at=one.created_at,
        updated_at=one.updated_at,
        all_day=one.all_day,
    )


def _apart(series: Series, one: Occurrence) -> bool:
    """Whether feeds say a date of a series on its own, with a UID of its own."""
    said = FeedSeries(
        uid=series.uid,
        timezone=series.timezone,
        rhythm=rhythm_of(series),
        duration=one.ends_at - one.starts_at,
        end_known=True,
        first=None,
        missing=frozenset(),
        dates=(),
        sequence=0,
        created_at=series.created_at,
        updated_at=series.updated_at,
        all_day=series.all_day,
    )
    return stands_apart(said, feed_date(one))


def identity_of(one: Occurrence) -> Identity:
    """What a date is called; its series, if any, is read with it."""
    series = one.series
    if series is None:
        return Identity(str(one.uid))
    if _apart(series, one):
        return Identity(f"{series.uid}-{one.key}")
    return Identity(series.uid, parse_key(one.key), series.timezone, series.all_day)
