"""Reads of one person's own dates for their calendar: what they signed up for, what they lead.

Unlike `events.queries` these reach hidden links; only the feed of their owner may call them. Each
sends a fixed number of statements, whatever it finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from core.db import db
from events.feed_rows import place_of
from events.feeds.entries import FeedEvent
from events.feeds.personal import OwnDate
from events.identity import Identity, counted_twice, feed_date, identity_of
from events.models import (
    Assignment,
    Event,
    EventStatus,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
)

PageOf = Callable[[Occurrence], str]


@dataclass(frozen=True, slots=True)
class Span:
    """Local days: the first and last of dates, and the first of cancelled ones."""

    first: date
    last: date
    cancelled_from: date


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in a date. `since` is when it last changed, `steps` how often it became
    another one; `left` that it is no more."""

    occurrence: Occurrence
    since: datetime
    steps: int = 0
    left: bool = False
    waiting: bool = False
    role: str = ""


_WITH_ALL = (
    joinedload(Occurrence.event).joinedload(Event.venue),
    joinedload(Occurrence.series),
    joinedload(Occurrence.venue),
)
_BEST_FIRST = {SignupState.SEATED: 0, SignupState.OFFERED: 1, SignupState.QUEUED: 2}


def _moved_up(one: Signup) -> bool:
    return one.seated_at is not None and one.seated_at > one.created_at


def _last_change(one: Signup) -> datetime:
    moments = (one.created_at, one.seated_at, one.cancelled_at)
    return max(moment for moment in moments if moment is not None)


def _part_of(signups: Sequence[Signup]) -> Part:
    """All that a person ever signed up for on one date, as one part in it."""
    standing = [one for one in signups if one.state != SignupState.CANCELLED]
    best = min(standing, key=lambda one: _BEST_FIRST[SignupState(one.state)], default=None)
    return Part(
        signups[0].occurrence,
        max(map(_last_change, signups)),
        # Each step back and forth counts, so that the number never falls.
        sum(2 if one.state == SignupState.CANCELLED else _moved_up(one) for one in signups),
        left=best is None,
        waiting=best is not None and best.state != SignupState.SEATED,
    )


def signed_up(person_id: int, span: Span) -> list[Part]:
    """What somebody signed up for, given back included; one statement."""
    query = (
        select(Signup)
        .join(Signup.occurrence)
        .where(
            Signup.person_id == person_id,
            Occurrence.local_date.between(span.first, span.last),
        )
        .options(joinedload(Signup.occurrence).options(*_WITH_ALL))
        .order_by(Signup.id)
    )
    of_date: dict[int, list[Signup]] = defaultdict(list)
    for one in db.session.scalars(query):
        of_date[one.occurrence_id].append(one)
    return [_part_of(signups) for signups in of_date.values()]


def led(person_id: int, span: Span) -> list[Part]:
    """What somebody leads; one statement."""
    theirs = and_(
        Assignment.event_id == Occurrence.event_id,
        Assignment.person_id == person_id,
        or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == Occurrence.id),
    )
    query = (
        select(Occurrence, Assignment)
        .join(Assignment, theirs)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Occurrence.local_date.between(span.first, span.last),
            or_(
                Event.status == EventStatus.PUBLISHED,
                Event.deleted_from == EventStatus.PUBLISHED,
            ),
        )
        .options(*_WITH_ALL)
        .order_by(Assignment.occurrence_id.is_(None).desc(), Assignment.id)
    )
    found: dict[int, Part] = {}  # the role on a date itself goes before that on all of them
    for occurrence, assignment in db.session.execute(query):
        since = max(assignment.created_at, assignment.changed_at or assignment.created_at)
        before = found.get(occurrence.id)
        if before is not None:
            since = max(since, before.since)
        found[occurrence.id] = Part(occurrence, since, role=assignment.role)
    return list(found.values())


def _series_sequences(parts: Iterable[Part]) -> dict[int, int]:
    """How often the dates of each series were moved or cancelled, all together."""
    ids = {part.occurrence.series_id for part in parts} - {None}
    query = (
        select(Occurrence.series_id, func.sum(Occurrence.sequence))
        .where(Occurrence.series_id.in_(ids))
        .group_by(Occurrence.series_id)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query) if row[0] is not None}


def _called_off(one: Occurrence) -> bool:
    if one.status == OccurrenceStatus.CANCELLED:
        return True
    deleted = one.event.deleted_at if one.event.status == EventStatus.DELETED else None
    return deleted is not None and one.ends_at > deleted


def _kept(part: Part, span: Span) -> bool:
    if part.left:
        return False
    return not _called_off(part.occurrence) or part.occurrence.local_date >= span.cancelled_from


def _event(one: Occurrence, *, joins: bool) -> FeedEvent:
    """The event of a date, at the place of this date; its link for those who join it."""
    event = one.event
    shown = joins or event.online_url_public
    return FeedEvent(
        slug=event.slug,
        kind=event.kind,
        title=event.title,
        summary=event.summary,
        description=event.description,
        mode=event.mode,
        joining=event.joining,
        online_url=event.online_url if shown else None,
        online_phone=event.online_phone if shown else None,
        place=place_of(one.venue or event.venue),
        tags=(),
        languages=(),
        access=(),
        created_at=event.created_at,
        updated_at=event.updated_at,
    )


def _changed_at(part: Part) -> datetime:
    """When anything that a date's entry is made of last changed."""
    one = part.occurrence
    moments = [part.since, one.updated_at, one.event.updated_at]
    moments += [row.updated_at for row in (one.series, one.venue or one.event.venue) if row]
    return max(moments)


def _own_date(
    part: Part, called: Identity, stamp: datetime, total: int, page_of: PageOf
) -> OwnDate:
    one, event = part.occurrence, part.occurrence.event
    cancelled = _called_off(one)
    moved = total if called.instance is not None else one.sequence
    moved += one.series.sequence if one.series else 0
    return OwnDate(
        uid=called.uid,
        instance=called.instance,
        rule_timezone=called.timezone,
        rule_all_day=called.all_day,
        date=replace(feed_date(one), cancelled=cancelled, reason=one.cancel_reason),
        event=_event(one, joins=not part.waiting),
        stamp=stamp,
        sequence=counted_twice(moved) + cancelled + part.steps,
        url=page_of(one),
        waiting=part.waiting,
        role=part.role,
        passcode="" if part.waiting else event.online_passcode,
        notes="" if part.waiting else event.online_notes,
    )


def own_dates(
    parts: Sequence[Part], span: Span, settled_at: datetime, page_of: PageOf
) -> tuple[list[OwnDate], datetime]:
    """Somebody's dates in order of time, and when they last changed; one statement.

    Every entry of a UID has one stamp, which rises also when another of them drops out: some
    programs look at the first one only.

    Args:
        settled_at: when the calendar's settings were last changed.
        page_of: the address of a date's page.
    """
    totals = _series_sequences(parts)
    called = {part.occurrence.id: identity_of(part.occurrence) for part in parts}
    stamps: dict[str, datetime] = defaultdict(lambda: settled_at)
    for part in parts:
        uid = called[part.occurrence.id].uid
        stamps[uid] = max(stamps[uid], _changed_at(part))
    dates = []
    for part in parts:
        if _kept(part, span):
            identity = called[part.occurrence.id]
            total = totals.get(part.occurrence.series_id or 0, 0)
            dates.append(_own_date(part, identity, stamps[identity.uid], total, page_of))
    dates.sort(key=lambda one: (one.date.starts_at, one.uid, one.date.key))
    return dates, max([settled_at, *stamps.values()])
