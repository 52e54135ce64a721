"""Every read of many public rows. Nothing here can reach a person.

Each function sends a fixed number of statements, whatever it finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from events.filters import Filters
from events.models import (
    Event,
    EventLanguage,
    EventStatus,
    EventTag,
    FormerKey,
    Joining,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
    Venue,
    Visibility,
)
from events.rooms import PLACE as PLACE
from events.rooms import SEATS

PUBLIC = and_(
    Event.status == EventStatus.PUBLISHED,
    Event.visibility == Visibility.PUBLIC,
    Event.kind != Kind.ONE_TO_ONE,
)

# Events of a published list of meetings, such as a county's, are other people's.
LISTED = Event.source.like("meetings:%")
OURS = or_(Event.source.is_(None), ~LISTED)


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """One occurrence as the calendar shows it.

    `taken` counts seats, guests included; `waiting` counts parties.
    """

    id: int
    event_id: int
    slug: str
    key: str
    title: str
    kind: str
    joining: str
    mode: str
    starts_at: datetime
    ends_at: datetime
    end_known: bool
    all_day: bool
    timezone: str
    local_date: date
    status: str
    closes_minutes: int
    capacity: int | None
    venue_slug: str | None
    venue_name: str | None
    city: str | None
    approximate: bool | None
    tags: tuple[str, ...] = ()
    taken: int = 0
    waiting: int = 0


# A deleted event's dates are not held, wherever somebody who signed up still sees them.
STANDING = case(
    (Event.status == EventStatus.DELETED, OccurrenceStatus.CANCELLED.value),
    else_=Occurrence.status,
).label("status")
_COLUMNS = (
    Occurrence.id,
    Occurrence.event_id,
    Event.slug,
    Occurrence.key,
    Event.title,
    Event.kind,
    Event.joining,
    Event.mode,
    Occurrence.starts_at,
    Occurrence.ends_at,
    Occurrence.end_known,
    Occurrence.all_day,
    Occurrence.timezone,
    Occurrence.local_date,
    STANDING,
    Event.signup_closes_minutes,
    SEATS,
    Venue.slug.label("venue_slug"),
    Venue.name.label("venue_name"),
    Venue.city,
    Venue.approximate,
)
_SEARCHED = (Event.title, Event.summary, Venue.name, Venue.city)


def _word_matches(word: str) -> ColumnElement[bool]:
    return or_(
        *(column.icontains(word, autoescape=True) for column in _SEARCHED),
        Event.tags.any(EventTag.tag.icontains(word, autoescape=True)),
    )


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on Event and Venue."""
    found: list[ColumnElement[bool]] = []
    if filters.kinds:
        found.append(Event.kind.in_(filters.kinds))
    if filters.venues:
        found.append(Venue.slug.in_(filters.venues))
    if filters.cities:
        found.append(func.lower(Venue.city).in_([city.lower() for city in filters.cities]))
    if filters.modes:
        found.append(Event.mode.in_(filters.modes))
    if filters.languages:
        found.append(Event.languages.any(EventLanguage.language.in_(filters.languages)))
    if filters.tags:
        found.append(Event.tags.any(EventTag.tag.in_(filters.tags)))
    found.extend(_word_matches(word) for word in filters.text.split()[:8])
    return found


def _placed(*columns: Any) -> Select[Any]:
    chosen: Select[Any] = select(*columns)
    return (
        chosen.select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == PLACE)
    )


def public_dates(filters: Filters, *columns: object) -> Select[Any]:
    """A select over public occurrences with event and venue joined and the filters applied."""
    return _placed(*columns).where(PUBLIC, *conditions(filters))


def _between(first: date, last: date) -> ColumnElement[bool]:
    return Occurrence.local_date.between(first, last)


def tags_of(event_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The tags of events, in alphabetical order."""
    tags: dict[int, list[str]] = defaultdict(list)
    query = (
        select(EventTag.event_id, EventTag.tag)
        .where(EventTag.event_id.in_(set(event_ids)))
        .order_by(EventTag.tag)
    )
    for event_id, tag in db.session.execute(query):
        tags[event_id].append(tag)
    return {event_id: tuple(found) for event_id, found in tags.items()}


def seats_and_line(occurrence_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Seats taken per occurrence, each person with their guests, and how many parties wait.

    Offered seats are taken.
    """
    seated = Signup.state.in_((SignupState.SEATED, SignupState.OFFERED))
    query = (
        select(
            Signup.occurrence_id,
            func.sum(case((seated, 1 + Signup.guests), else_=0)),
            func.sum(case((Signup.state == SignupState.QUEUED, 1), else_=0)),
        )
        .where(Signup.occurrence_id.in_(set(occurrence_ids)))
        .group_by(Signup.occurrence_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(query)}


def _complete(rows: Sequence[Sequence[object]]) -> list[CalendarDate]:
    dates = [CalendarDate(*row) for row in rows]  # type: ignore[arg-type]
    tags = tags_of(one.event_id for one in dates)
    seats = seats_and_line(one.id for one in dates if one.joining != Joining.DROP_IN)
    for one in dates:
        object.__setattr__(one, "tags", tags.get(one.event_id, ()))
        taken, waiting = seats.get(one.id, (0, 0))
        object.__setattr__(one, "taken", taken)
        object.__setattr__(one, "waiting", waiting)
    return dates


def dates_between(
    filters: Filters,
    first: date,
    last: date,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[CalendarDate]:
    """Public dates from `first` to `last`, both local and included, by day and in order of time."""
    query = (
        public_dates(filters, *_COLUMNS)
        .where(_between(first, last))
        .order_by(Occurrence.local_date, Occurrence.starts_at, Event.title, Occurrence.id)
    )
    if limit is not None:
        query = query.limit(limit).offset(offset)
    return _complete(db.session.execute(query).all())


def dates_by_id(occurrence_ids: Iterable[int]) -> dict[int, CalendarDate]:
    """Dates by their ids, public or not: for people who have to do with them."""
    query = _placed(*_COLUMNS).where(Occurrence.id.in_(set(occurrence_ids)))
    return {one.id: one for one in _complete(db.session.execute(query).all())}


def public_date_by_id(occurrence_id: int) -> CalendarDate | None:
    """One public date by its id, or None."""
    query = public_dates(Filters(), *_COLUMNS).where(Occurrence.id == occurrence_id)
    found = _complete(db.session.execute(query).all())
    return found[0] if found else None


def first_dates_per_day(
    filters: Filters, first: date, last: date, *, each: int
) -> list[CalendarDate]:
    """At most `each` dates of every day, the earliest; `count_per_day` says how many there are."""
    number = (
        func.row_number()
        .over(
            partition_by=Occurrence.local_date,
            order_by=(Occurrence.starts_at, Event.title, Occurrence.id),
        )
        .label("number")
    )
    numbered = public_dates(filters, Occurrence.id, number).where(_between(first, last)).subquery()
    chosen = select(numbered.c.id).where(numbered.c.number <= each)
    query = (
        public_dates(Filters(), *_COLUMNS)
        .where(Occurrence.id.in_(chosen))
        .order_by(Occurrence.starts_at, Event.title, Occurrence.id)
    )
    return _complete(db.session.execute(query).all())


def count_per_day(filters: Filters, first: date, last: date) -> dict[date, int]:
    """How many public dates each day has; days without any are left out."""
    query = (
        public_dates(filters, Occurrence.local_date, func.count())
        .where(_between(first, last))
        .group_by(Occurrence.local_date)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query)}


def count_from(filters: Filters, first: date, last: date) -> int:
    """How many public dates there are between two local dates."""
    query = public_dates(filters, func.count()).where(_between(first, last))
    return int(db.session.scalar(query) or 0)


def coming_dates(
    filters: Filters, now: datetime, last: date, *, limit: int, cancelled: bool = True
) -> list[CalendarDate]:
    """The next public dates that are not over, up to the local day `last`; soonest first.

    Args:
        cancelled: whether dates that were cancelled are among them.
    """
    query = (
        _coming(filters, now, last, cancelled, *_COLUMNS)
        .order_by(Occurrence.starts_at, Event.title, Occurrence.id)
        .limit(limit)
    )
    return _complete(db.session.execute(query).all())


def count_coming(filters: Filters, now: datetime, last: date, *, cancelled: bool = True) -> int:
    """How many dates `coming_dates` would give without a limit."""
    query = _coming(filters, now, last, cancelled, func.count())
    return int(db.session.scalar(query) or 0)


def _coming(
    filters: Filters, now: datetime, last: date, cancelled: bool, *columns: object
) -> Select[Any]:
    first = (now - timedelta(days=2)).date()  # no zone is further behind than a day
    query = public_dates(filters, *columns).where(_between(first, last), Occurrence.ends_at > now)
    if filters.text:  # words are looked for in a few thousand events, not in all their dates
        query = query.where(Occurrence.event_id.in_(_with_any_match(filters)))
    if cancelled:
        return query
    return query.where(Occurrence.status != OccurrenceStatus.CANCELLED)


def _with_any_match(filters: Filters) -> CompoundSelect[Any]:
    itself = (
        select(Event.id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .where(PUBLIC, *conditions(filters))
    )
    elsewhere = public_dates(filters, Occurrence.event_id).where(Occurrence.venue_id.is_not(None))
    return union(itself, elsewhere)


def public_event(slug: str) -> Event | None:
    """A public event with its place, tags, languages and series, or None."""
    return db.session.scalar(
        select(Event)
        .where(PUBLIC, Event.slug == slug)
        .options(
            joinedload(Event.venue),
            joinedload(Event.room),
            joinedload(Event.image),
            selectinload(Event.tags),
            selectinload(Event.languages),
            selectinload(Event.series),
        )
    )


def event_dates(
    event_id: int, since: datetime, *, limit: int, before: bool = False
) -> list[CalendarDate]:
    """The next dates of an event (or the last ones `before`), soonest first."""
    side = Occurrence.ends_at <= since if before else Occurrence.ends_at > since
    order = Occurrence.starts_at.desc() if before else Occurrence.starts_at
    query = (
        public_dates(Filters(), *_COLUMNS)
        .where(Occurrence.event_id == event_id, side)
        .order_by(order)
        .limit(limit)
    )
    return _complete(db.session.execute(query).all())


def public_date(slug: str, key: str) -> tuple[CalendarDate, Occurrence] | None:
    """One public occurrence by its event and key, as shown and as stored, or None."""
    query = public_dates(Filters(), *_COLUMNS).where(Event.slug == slug, Occurrence.key == key)
    found = _complete(db.session.execute(query).all())
    if not found:
        return None
    stored = db.session.get_one(
        Occurrence,
        found[0].id,
        options=[
            joinedload(Occurrence.event).options(
                joinedload(Event.venue),
                joinedload(Event.room),
                joinedload(Event.image),
                selectinload(Event.languages),
                selectinload(Event.tags),
            ),
            joinedload(Occurrence.venue),
            joinedload(Occurrence.room),
            joinedload(Occurrence.series),
        ],
    )
    return found[0], stored


def current_key(slug: str, key: str) -> str | None:
    """The key that a public date has now, by one it had before its series changed."""
    return db.session.scalar(
        select(Occurrence.key)
        .join(FormerKey, FormerKey.occurrence_id == Occurrence.id)
        .join(Event, Event.id == FormerKey.event_id)
        .where(PUBLIC, Event.slug == slug, FormerKey.key == key)
    )


# Of a venue: something public takes or took place there.
USED = or_(
    select(Event.id).where(PUBLIC, Event.venue_id == Venue.id).exists(),
    select(Occurrence.id)
    .join(Event, Event.id == Occurrence.event_id)
    .where(PUBLIC, Occurrence.venue_id == Venue.id)
    .exists(),
)


def public_venue(slug: str) -> Venue | None:
    """A venue that has or had something public, or None."""
    return db.session.scalar(select(Venue).where(Venue.slug == slug, USED))
