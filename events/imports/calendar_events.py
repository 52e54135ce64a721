"""Events of a calendar file put into the calendar, within the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from core.db import db
from events.horizon import local_day
from events.imports.calendar_dates import change_dates, new_series
from events.imports.calendar_plan import EventPlan, tags_of
from events.imports.calendar_states import row_of, states_of
from events.imports.ical.entries import Entry, When
from events.imports.places import Places
from events.models import (
    Event,
    EventLanguage,
    EventTag,
    Joining,
    Kind,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Series,
    Visibility,
)
from events.notices import Messages, tell_of_change
from events.rules.planning import bounds
from events.signups import settle_waitlist
from events.slugs import slug_of

LONGEST_UID = 80
AT_ONCE = 2_000


class Uids:
    """The UIDs there are, and free ones for what is new."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._taken = set(db.session.scalars(select(Series.uid)))
        self._taken |= set(db.session.scalars(select(Occurrence.uid).where(Occurrence.uid != "")))

    def take(self, wanted: str) -> str:
        """The wanted UID when it is free and short enough, else one made of it."""
        uid, number = wanted, 0
        while uid in self._taken or len(uid) > LONGEST_UID:
            said = f"{self.source}\x1f{wanted}\x1f{number}"
            uid, number = hashlib.sha256(said.encode()).hexdigest()[:40], number + 1
        self._taken.add(uid)
        return uid

    def of_date(self, entry: Entry, key: str) -> str:
        """The UID of a date that no series makes: the entry's own when it is its only one."""
        alone = entry.when.rule is None and len(entry.when.extra) == 1
        return self.take(entry.uid if alone else f"{entry.uid}-{key}")


class Writer:
    """Adds and changes events. Mail that it owes is in `messages`."""

    def __init__(
        self, source: str, kind: Kind, capacity: int | None, places: Places, now: datetime
    ) -> None:
        self.source, self.kind, self.capacity = source, kind, capacity
        self.places, self.now = places, now
        self.uids = Uids(source)
        self.slugs = set(db.session.scalars(select(Event.slug)))
        self.fresh: list[tuple[Entry, Event, Series | None]] = []
        self.messages: Messages = []

    def add(self, entry: Entry) -> None:
        """An entry the calendar does not have. Its dates are written by `finish`."""
        when = entry.when
        kind = Kind(entry.kind or self.kind)
        capacity = self.capacity if entry.capacity is None else entry.capacity
        private = kind == Kind.ONE_TO_ONE or not entry.public
        event = Event(
            slug=self._free_slug(entry.title),
            kind=kind,
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            joining=Joining.DROP_IN if capacity is None else Joining.PER_DATE,
            capacity=capacity,
            timezone=when.timezone,
            title=entry.title,
            description=entry.description,
            online_notes=entry.private,
            online_url=entry.online_url,
            mode=Mode(entry.mode),
            venue=self.places.take(entry.location, when.timezone, self.now),
            tags=[EventTag(tag=tag) for tag in tags_of(entry)],
            languages=[EventLanguage(language=code) for code in entry.languages or ("en",)],
            source=self.source,
            source_id=entry.uid,
            source_hash=entry.fingerprint(),
            source_values=entry.values(),
            created_at=self.now,
            updated_at=self.now,
        )
        db.session.add(event)
        series = None
        if when.rule is not None:
            series = new_series(event, self.uids.take(entry.uid), when, self.now)
        self.fresh.append((entry, event, series))

    def take_places(self, when: When) -> None:
        """Step: the places that single dates have of their own."""
        for one in (*when.overrides, *when.extra):
            self.places.take(one.place, when.timezone, self.now)

    def finish(self) -> list[int]:
        """Write what is new with all its dates; the ids of the events made."""
        db.session.flush()
        batch: list[dict[str, Any]] = []
        for row in self._rows():
            batch.append(row)
            if len(batch) == AT_ONCE:
                db.session.execute(insert(Occurrence), batch)
                batch = []
        if batch:
            db.session.execute(insert(Occurrence), batch)
        return [event.id for _entry, event, _series in self.fresh]

    def _rows(self) -> Iterator[dict[str, Any]]:
        for entry, event, series in self.fresh:
            when = entry.when
            self.take_places(when)
            today = local_day(self.now, when.timezone)
            last = series.extended_to if series is not None else today
            states = states_of(when, bounds(today).first, last, self.places)
            for key, state in states.items():
                uid = None if state.ruled else self.uids.of_date(entry, key)
                row = row_of(event.id, series.id if series else None, uid, key, when, state)
                stamps = {"created_at": self.now, "updated_at": self.now}
                yield row | stamps | {"venue_id": state.place}

    def change(self, plan: EventPlan, rows: dict[str, Occurrence]) -> list[str]:
        """An event as planned; what there is to say that the plan could not know."""
        event, entry = plan.event, plan.entry
        event.source_hash, event.source_values = plan.fingerprint, entry.values()
        if not plan.changes:
            return []
        moved = self._set_fields(event, plan.values, entry.when.timezone)
        if plan.dates.reframe:
            event.timezone = entry.when.timezone
        uid = self.uids.take(entry.uid) if plan.dates.reframe and entry.when.rule else ""
        owed, said = change_dates(
            plan, uid, lambda key: self.uids.of_date(entry, key), rows, self.now
        )
        event.updated_at = self.now
        for series in event.series:
            series.updated_at = self.now
        if moved:
            owed += self._tell_of_place(event)
        self.messages += owed
        return said

    def _set_fields(self, event: Event, values: dict[str, Any], timezone: str) -> bool:
        """The fields a plan takes from the source; whether place or mode are others now."""
        names = {"private": "online_notes"}
        for name, value in values.items():
            if name == "tags":
                known = {one.tag: one for one in event.tags}
                wanted = [slug_of(tag, "")[:60] for tag in value]
                event.tags = [
                    known.get(tag) or EventTag(tag=tag) for tag in dict.fromkeys(wanted) if tag
                ]
            elif name == "location":
                event.venue = self.places.take(value, timezone, self.now)
                event.room_id = None
            elif name == "languages":
                spoken = {one.language: one for one in event.languages}
                event.languages = [
                    spoken.get(code) or EventLanguage(language=code) for code in value or ("en",)
                ]
            elif name == "capacity":
                self._set_capacity(event, value)
            elif name == "public":
                event.visibility = Visibility.PUBLIC if value else Visibility.PRIVATE
            else:
                typed = {"mode": Mode, "kind": Kind}.get(name, lambda one: one)
                setattr(event, names.get(name, name), typed(value))
        return bool({"location", "mode"} & values.keys())

    def _set_capacity(self, event: Event, seats: int | None) -> None:
        """More seats move waiting people up; with seats one signs up for each date."""
        event.capacity = seats
        if seats is not None and event.joining == Joining.DROP_IN:
            event.joining = Joining.PER_DATE
        db.session.flush()
        coming = select(Occurrence).where(
            Occurrence.event_id == event.id, Occurrence.starts_at > self.now
        )
        for one in list(db.session.scalars(coming)):
            settle_waitlist(one, self.now)

    def _tell_of_place(self, event: Event) -> Messages:
        """Who signed up for a date to come is told of another place or way to take part."""
        coming = select(Occurrence).where(
            Occurrence.event_id == event.id,
            Occurrence.starts_at > self.now,
            Occurrence.venue_id.is_(None),
            Occurrence.status == OccurrenceStatus.SCHEDULED,
        )
        owed: Messages = []
        for one in db.session.scalars(coming):
            one.sequence += 1
            one.updated_at = self.now
            owed += tell_of_change(one, f"event-{event.version}", self.now)
        return owed

    def _free_slug(self, title: str) -> str:
        wanted = slug_of(title, self.kind)
        slug, number = wanted, 2
        while slug in self.slugs:
            slug, number = f"{wanted}-{number}", number + 1
        self.slugs.add(slug)
        return slug
