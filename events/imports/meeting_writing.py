"""Meetings of a list put into the calendar, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, or_, select, update

from core.db import db
from events import closing
from events.horizon import local_day, occurrence_rows
from events.imports.listed import Meeting
from events.imports.meeting_places import free
from events.imports.meeting_plan import FIELDS, MeetingPlan, days_of, values_of
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Event,
    EventLanguage,
    EventTag,
    FormerKey,
    HeadCount,
    Joining,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    Venue,
)
from events.notices import Messages, tell_of_cancelling, tell_of_restoring
from events.rules.planning import horizon
from events.rules.recurrence import to_utc
from events.slugs import slug_of

ELSEWHEN = "It takes place at another time now."
AT_ONCE = 2000
_PEOPLE = (Signup, AttendanceMark, AttendanceRecord, HeadCount, Assignment)
_DATES = Occurrence.metadata.tables["occurrence"].insert()  # past the mapper: a fifth faster


class Writer:
    """Adds and changes events. Mail that it owes is in `messages`."""

    def __init__(self, source: str, venues: dict[str, Venue], now: datetime) -> None:
        self.source, self.venues, self.now = source, venues, now
        self.slugs = set(db.session.scalars(select(Event.slug)))
        self.made: list[Event] = []
        self.new_series: list[Series] = []
        self.changed: set[int] = set()
        self.rows: list[dict[str, Any]] = []
        self.messages: Messages = []

    def add(self, meeting: Meeting) -> None:
        """A meeting the calendar does not have."""
        event = Event(
            slug=free(slug_of(meeting.source_id, "meeting"), self.slugs),
            kind=Kind.SUPPORT_GROUP,
            joining=Joining.DROP_IN,
            timezone=meeting.timezone,
            source=self.source,
            source_id=meeting.source_id,
            created_at=self.now,
            series=[self._series(meeting, weekday) for weekday in days_of(meeting)],
        )
        self._describe(event, meeting, FIELDS)
        db.session.add(event)
        self.made.append(event)
        self.new_series += event.series

    def change(self, plan: MeetingPlan) -> None:
        """A meeting that reads otherwise than before; dates that stay keep their identity."""
        meeting, event = plan.meeting, plan.event
        self._describe(event, meeting, plan.take)
        for series in event.series:  # calendar programs see that the entry is another one
            series.sequence += 1
            series.updated_at = self.now
        if plan.dates:
            self._change_dates(meeting, event)

    def note(self, plan: MeetingPlan) -> None:
        """Only what the source said last, for the next comparison."""
        plan.event.source_hash = plan.meeting.fingerprint()
        plan.event.source_values = values_of(plan.meeting)

    def _change_dates(self, meeting: Meeting, event: Event) -> None:
        event.timezone = meeting.timezone
        self.changed.add(event.id)
        wanted = set(days_of(meeting))
        for series in list(event.series):
            kept = len(series.weekdays) == 1 and series.weekdays[0] in wanted
            kept = kept and series.timezone == meeting.timezone
            if kept and series.start_time == meeting.start and series.until is None:
                wanted.discard(series.weekdays[0])
                self._lengthen(series, meeting)
            elif series.until is None:
                self._end(series)
        for weekday in sorted(wanted):
            series = self._series(meeting, weekday)
            first = datetime.combine(series.starts_on, series.start_time)
            if to_utc(first, series.timezone) <= self.now:  # what was held stays as it was
                series.starts_on += timedelta(days=7)
            event.series.append(series)
            self.new_series.append(series)

    def finish(self) -> None:
        """Write what is new, and the dates of every new series."""
        db.session.flush()
        closings = closing.closings(db.session())
        for series in self.new_series:
            first, last = series.starts_on, series.extended_to
            self.rows += occurrence_rows(series, first, last, self.now, closings)
        self._bring_back_taken()
        for start in range(0, len(self.rows), AT_ONCE):
            db.session.connection().execute(_DATES, self.rows[start : start + AT_ONCE])

    def _bring_back_taken(self) -> None:
        """A date an ended series keeps for its people is not made a second time: when the time
        changes back, it takes place again."""
        taken = {
            (event_id, one.key): one
            for event_id in self.changed
            for one in db.session.scalars(select(Occurrence).where(Occurrence.event_id == event_id))
        }
        for row in self.rows:
            one = taken.get((row["event_id"], row["key"]))
            if one is not None and one.starts_at > self.now:
                self._bring_back(one, row)
        self.rows = [row for row in self.rows if (row["event_id"], row["key"]) not in taken]

    def _bring_back(self, one: Occurrence, row: dict[str, Any]) -> None:
        one.series_id = row["series_id"]
        if one.status != OccurrenceStatus.CANCELLED or one.cancel_reason != ELSEWHEN:
            return
        one.status, one.cancel_reason = OccurrenceStatus.SCHEDULED, ""
        one.ends_at, one.end_known = row["ends_at"], row["end_known"]
        one.sequence += 1
        one.updated_at = self.now
        db.session.flush()
        self.messages += tell_of_restoring(one, self.now)

    def _series(self, meeting: Meeting, weekday: int) -> Series:
        today = local_day(self.now, meeting.timezone)
        monday = today - timedelta(days=today.weekday())
        return Series(
            uid=str(uuid4()),
            timezone=meeting.timezone,
            starts_on=monday + timedelta(days=weekday),
            start_time=meeting.start or time(0),
            duration_minutes=meeting.minutes,
            end_known=meeting.end_known,
            interval=1,
            weekdays=[weekday],
            extended_to=horizon(today),
            created_at=self.now,
            updated_at=self.now,
        )

    def _describe(self, event: Event, meeting: Meeting, names: Iterable[str]) -> None:
        values = values_of(meeting)
        for name in names:
            if name == "place":
                event.venue = self.venues[meeting.place.source_id] if meeting.place else None
                event.room_id = None
            elif name in {"tags", "languages"}:
                _set_words(event, name, values[name])
            else:
                setattr(event, name, values[name])
        if {"online_url", "online_phone"} & set(names):
            event.online_url_public = bool(event.online_url or event.online_phone)
        event.source_hash, event.source_values = meeting.fingerprint(), values
        event.updated_at = self.now

    def _lengthen(self, series: Series, meeting: Meeting) -> None:
        if (series.duration_minutes, series.end_known) == (meeting.minutes, meeting.end_known):
            return
        series.duration_minutes, series.end_known = meeting.minutes, meeting.end_known
        for one in self._ahead(series):
            one.ends_at = one.starts_at + timedelta(minutes=meeting.minutes)
            one.end_known = meeting.end_known

    def _ahead(self, series: Series) -> Iterator[Occurrence]:
        query = select(Occurrence).where(
            Occurrence.series_id == series.id, Occurrence.starts_at > self.now
        )
        yield from db.session.scalars(query)

    def _end(self, series: Series) -> None:
        """The series ends today; dates to come go, but those with people on them are cancelled
        and the signed-up are told."""
        series.until = max(series.starts_on, _day_before(self.now, series.timezone))
        used = or_(*(exists().where(table.occurrence_id == Occurrence.id) for table in _PEOPLE))
        ahead = (Occurrence.series_id == series.id) & (Occurrence.starts_at > self.now)
        db.session.execute(  # hold them all: nobody signs up between the question and the answer
            update(Occurrence)
            .where(ahead)
            .values(version=Occurrence.version + 1)
            .execution_options(synchronize_session=False)
        )
        going = select(Occurrence.id).where(ahead, ~used)
        db.session.execute(
            delete(FormerKey)
            .where(FormerKey.occurrence_id.in_(going))
            .execution_options(synchronize_session=False)
        )
        db.session.execute(
            delete(Occurrence).where(ahead, ~used).execution_options(synchronize_session=False)
        )
        for one in list(self._ahead(series)):
            if one.status == OccurrenceStatus.CANCELLED:
                continue
            one.status, one.cancel_reason = OccurrenceStatus.CANCELLED, ELSEWHEN
            one.sequence += 1
            one.updated_at = self.now
            db.session.flush()
            self.messages += tell_of_cancelling(one, self.now)


def _day_before(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)


def _set_words(event: Event, name: str, wanted: list[str]) -> None:
    if name == "tags":
        tags = {one.tag: one for one in event.tags}
        event.tags = [tags.get(tag) or EventTag(tag=tag) for tag in wanted]
    else:
        languages = {one.language: one for one in event.languages}
        event.languages = [languages.get(code) or EventLanguage(language=code) for code in wanted]
