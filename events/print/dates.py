"""What a sheet reads: the first public dates of each day, the program's own before imported ones.

Every function sends a fixed number of statements, and nothing here can reach a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from core.db import db
from events.filters import Filters
from events.models import Closure, Event, Occurrence, Venue
from events.queries import CalendarDate, dates_by_id, public_dates


@dataclass(frozen=True, slots=True)
class PaperDate:
    """A date with what paper says besides: access codes, and why it is cancelled.

    `own` says that it was planned here and not brought in from elsewhere.
    """

    shown: CalendarDate
    own: bool
    access: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """A closure; `venue` is empty when the whole program is closed."""

    first_day: date
    last_day: date
    venue: str
    reason: str


def _chosen(filters: Filters, first: date, last: date, each: int) -> list[int]:
    rank = func.row_number().over(
        partition_by=Occurrence.local_date,
        order_by=(
            Event.source.is_not(None),
            Occurrence.starts_at,
            Event.title,
            Occurrence.id,
        ),
    )
    ranked = (
        public_dates(filters, Occurrence.id, rank.label("rank"))
        .where(Occurrence.local_date.between(first, last))
        .subquery()
    )
    return list(db.session.scalars(select(ranked.c.id).where(ranked.c.rank <= each)))


def paper_dates(filters: Filters, first: date, last: date, *, each: int) -> list[PaperDate]:
    """At most `each` dates of every local day, in order of time; own dates are chosen first."""
    ids = _chosen(filters, first, last, each)
    shown = dates_by_id(ids)
    rows = db.session.execute(
        public_dates(
            Filters(),
            Occurrence.id,
            Event.source,
            Event.access,
            Venue.access.label("venue_access"),
            Occurrence.cancel_reason,
        )
        .where(Occurrence.id.in_(ids))
        .order_by(Occurrence.starts_at, Event.title, Occurrence.id)
    )
    return [
        PaperDate(
            shown[row.id],
            row.source is None,
            _codes(row.access, row.venue_access),
            row.cancel_reason,
        )
        for row in rows
        if row.id in shown
    ]


def _codes(*several: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in several for code in codes or ()))


def closures(filters: Filters, first: date, last: date) -> list[ClosedSpan]:
    """Closures of the whole program, and of places whose public dates they cancel, in the span."""
    felt = public_dates(filters, Occurrence.closure_id).where(
        Occurrence.closure_id.is_not(None), Occurrence.local_date.between(first, last)
    )
    query = (
        select(Closure.first_day, Closure.last_day, Venue.name, Closure.reason)
        .outerjoin(Venue, Venue.id == Closure.venue_id)
        .where(Closure.first_day <= last, Closure.last_day >= first)
        .where(or_(Closure.venue_id.is_(None), Closure.id.in_(felt)))
        .order_by(Closure.first_day, Closure.id)
    )
    return [
        ClosedSpan(row.first_day, row.last_day, row.name or "", row.reason)
        for row in db.session.execute(query)
    ]
