"""What feeds read: events whole, with only those dates that their series' rule does not say.

A county's meetings have a hundred thousand dates and a few dozen exceptions. So dates are
counted against their rule and loaded only where they differ from it. Every function sends a
fixed number of statements, and nothing here can reach a person.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    cast,
    func,
    or_,
    select,
    true,
)

from core.db import db
from events.feed_rows import Counted, date_of, entries_of, event_of, follows_its_rule
from events.feeds.atom import News
from events.feeds.entries import FeedDate, FeedEntry
from events.filters import Filters
from events.models import (
    Event,
    EventLanguage,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Series,
    Venue,
)
from events.queries import PLACE, PUBLIC, conditions, public_dates, tags_of

NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)
_PLACE_COLUMNS = (
    Venue.id.label("venue_id"),
    Venue.name.label("venue_name"),
    Venue.address,
    Venue.city,
    Venue.region,
    Venue.latitude,
    Venue.longitude,
    Venue.approximate,
    Venue.access.label("venue_access"),
    Venue.updated_at.label("venue_updated_at"),
)
_EVENT_COLUMNS = (
    Event.id,
    Event.slug,
    Event.kind,
    Event.title,
    Event.summary,
    Event.description,
    Event.mode,
    Event.joining,
    Event.online_url,
    Event.online_phone,
    Event.online_url_public,
    Event.access,
    Event.created_at,
    Event.updated_at,
    *_PLACE_COLUMNS,
)
_SERIES_COLUMNS = (
    Series.id,
    Series.event_id,
    Series.uid,
    Series.timezone,
    Series.starts_on,
    Series.start_time,
    Series.duration_minutes,
    Series.end_known,
    Series.interval,
    Series.weekdays,
    Series.unit,
    Series.nths,
    Series.month_days,
    Series.until,
    Series.extended_to,
    Series.sequence,
    Series.created_at,
    Series.updated_at,
    Series.all_day,
    Series.pauses,
    Series.holidays,
    Series.holiday_calendar,
    *_PLACE_COLUMNS,
)
_DATE_COLUMNS = (
    Occurrence.id,
    Occurrence.event_id,
    Occurrence.series_id,
    Occurrence.uid,
    Occurrence.key,
    Occurrence.starts_at,
    Occurrence.ends_at,
    Occurrence.timezone,
    Occurrence.status,
    Occurrence.cancel_reason,
    Occurrence.sequence,
    Occurrence.created_at,
    Occurrence.updated_at,
    Occurrence.all_day,
    Occurrence.venue_id.label("own_venue_id"),
    *_PLACE_COLUMNS,
)
# A date that may differ from its rule. Unchanged dates have equal stamps and no sequence.
_CHANGED = or_(
    Occurrence.status != OccurrenceStatus.SCHEDULED,
    Occurrence.sequence > 0,
    Occurrence.updated_at > Occurrence.created_at,
    Occurrence.venue_id.is_not(None),
    cast(Occurrence.local_date, String) != func.substr(Occurrence.key, 1, 10),
)
_KEY_TIME = func.substr(Occurrence.key, 12, 4)


def _elsewhere(filters: Filters, slug: str | None, column: object) -> Select[Any]:
    """Dates with a place of their own that match by it."""
    found = public_dates(filters, column).where(Occurrence.venue_id > 0)  # finds by the index
    return found if slug is None else found.where(Event.slug == slug)


def _languages_of(events: Select[tuple[int]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(EventLanguage.event_id, EventLanguage.language)
        .where(EventLanguage.event_id.in_(events))
        .order_by(EventLanguage.language)
    )
    for event_id, language in db.session.execute(query):
        found[event_id].append(language)
    return found


def _counts(events: Select[tuple[int]]) -> dict[int, Counted]:
    rows = db.session.execute(
        select(
            Occurrence.series_id,
            func.count(),
            func.min(Occurrence.key),
            func.max(Occurrence.key),
            func.min(_KEY_TIME),
            func.max(_KEY_TIME),
        )
        .where(Occurrence.series_id.in_(select(Series.id).where(Series.event_id.in_(events))))
        .group_by(Occurrence.series_id)
    )
    return {
        series_id: Counted(
            count, date.fromisoformat(first[:10]), date.fromisoformat(last[:10]), earliest, latest
        )
        for series_id, count, first, last, earliest, latest in rows
    }


def load(filters: Filters, *, first: date, last: date, slug: str | None = None) -> list[FeedEntry]:
    """Public events that match, in order of slug, with their series and single dates.

    Args:
        first: the first local day of single dates; series that ended before it are left out.
        last: the last local day of single dates.
        slug: only this event.
    """
    itself = and_(true(), *conditions(filters))
    own_place = set(db.session.scalars(_elsewhere(filters, slug, Occurrence.id)))
    wanted = [PUBLIC, or_(itself, Event.id.in_(_elsewhere(filters, slug, Occurrence.event_id)))]
    if slug is not None:
        wanted.append(Event.slug == slug)

    def chosen(*columns: Any) -> Select[Any]:
        return (
            select(*columns)
            .select_from(Event)
            .outerjoin(Venue, Venue.id == Event.venue_id)
            .where(*wanted)
        )

    ids = chosen(Event.id)
    events = db.session.execute(
        chosen(*_EVENT_COLUMNS, itself.label("matches")).order_by(Event.slug)
    ).all()
    series_rows = db.session.execute(
        select(*_SERIES_COLUMNS)
        .select_from(Series)
        .outerjoin(Venue, Venue.id == Series.venue_id)
        .where(Series.event_id.in_(ids), or_(Series.until.is_(None), Series.until >= first))
        .order_by(Series.id)
    ).all()
    counts = _counts(ids)
    odd = {row.id for row in series_rows if not follows_its_rule(row, counts.get(row.id))}
    singles = and_(Occurrence.series_id.is_(None), Occurrence.local_date.between(first, last))
    date_rows = db.session.execute(
        select(*_DATE_COLUMNS)
        .select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == PLACE)
        .where(
            Occurrence.event_id.in_(ids),
            or_(
                singles,
                and_(
                    Occurrence.series_id.is_not(None),
                    or_(_CHANGED, Occurrence.series_id.in_(odd)),
                ),
            ),
        )
        .order_by(Occurrence.key, Occurrence.id)
    ).all()
    tags = tags_of(row.id for row in events)
    languages = _languages_of(ids)
    return entries_of(events, series_rows, date_rows, counts, odd, own_place, tags, languages, last)


def load_date(slug: str, key: str) -> tuple[FeedDate, str | None] | None:
    """A public date with the UID of its series (None for a single date), or None."""
    row = db.session.execute(
        public_dates(
            Filters(),
            *_DATE_COLUMNS,
            Series.uid.label("series_uid"),
            func.coalesce(Series.venue_id, Event.venue_id).label("base"),
        )
        .outerjoin(Series, Series.id == Occurrence.series_id)
        .where(Event.slug == slug, Occurrence.key == key)
    ).first()
    return (date_of(row, row.base, shown=True), row.series_uid) if row else None


def news(filters: Filters, now: datetime, limit: int) -> list[News]:
    """The public events added or changed last, the latest first, each with its next date."""
    rows = db.session.execute(
        select(*_EVENT_COLUMNS, Event.timezone)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .where(PUBLIC, *conditions(filters))
        .order_by(Event.updated_at.desc(), Event.id.desc())
        .limit(limit)
    ).all()
    query = (
        select(Occurrence.event_id, func.min(Occurrence.starts_at))
        .where(
            Occurrence.event_id.in_([row.id for row in rows]),
            Occurrence.starts_at > now,
            Occurrence.status == OccurrenceStatus.SCHEDULED,
        )
        .group_by(Occurrence.event_id)
    )
    following = {row[0]: row[1] for row in db.session.execute(query)}
    return [News(event_of(row, (), ()), following.get(row.id), row.timezone) for row in rows]


def last_change() -> datetime:
    """When anything that a feed shows, or no longer shows, last changed."""
    one_to_one = select(Event.id).where(Event.kind == Kind.ONE_TO_ONE)
    stamps = db.session.execute(
        select(
            select(func.max(Event.updated_at))
            .where(Event.kind != Kind.ONE_TO_ONE)
            .scalar_subquery(),
            select(func.max(Series.updated_at))
            .where(Series.event_id.not_in(one_to_one))
            .scalar_subquery(),
            select(func.max(Occurrence.updated_at))
            .where(Occurrence.event_id.not_in(one_to_one))
            .scalar_subquery(),
            select(func.max(Venue.updated_at)).scalar_subquery(),
        )
    ).one()
    return max((stamp for stamp in stamps if stamp is not None), default=NOTHING_YET)
