"""A meeting list compared with the calendar, and the difference applied in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, or_, select, update

from core.db import db, write
from core.window import touch
from events import closing
from events.horizon import local_day, occurrence_rows
from events.imports.files import Row
from events.imports.listed import Meeting, Place, parse_meeting
from events.imports.report import Report
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Event,
    EventLanguage,
    EventTag,
    HeadCount,
    Joining,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    Venue,
)
from events.notices import tell_of_cancelling
from events.rules.planning import horizon
from events.rules.recurrence import to_utc
from events.slugs import slug_of
from people import audit
from people.audit import Actor

NOT_MEETING = "Not meeting at present."
BY_APPOINTMENT = "By appointment."
AT_ONCE = 2000
_PEOPLE = (Signup, AttendanceMark, AttendanceRecord, HeadCount, Assignment)
_DATES = Occurrence.metadata.tables["occurrence"].insert()  # past the mapper: a fifth faster
Progress = Callable[[Iterable[Meeting]], Iterable[Meeting]]


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def source_of(rows: list[tuple[int, Row]], file_name: str) -> str:
    """The identity of a feed: the host its meetings point to, else the file's name."""
    for _number, row in rows:
        url = row.get("url")
        host = _host_of(url) if isinstance(url, str) else None
        if host:
            return f"meetings:{host}"[:80]
    return f"meetings:{PurePath(file_name).stem}"[:80]


def read_meetings(rows: list[tuple[int, Row]], timezone: str, report: Report) -> list[Meeting]:
    """Every good row as a meeting; the others go into the report."""
    meetings: dict[str, Meeting] = {}
    unknown: set[str] = set()
    for number, row in rows:
        found = parse_meeting(number, row, timezone)
        if isinstance(found, Meeting) and found.source_id in meetings:
            found = [f"slug {found.source_id!r} is that of row {meetings[found.source_id].row}"]
        if isinstance(found, Meeting):
            meetings[found.source_id] = found
            unknown.update(found.types.unknown)
        else:
            report.refused += 1
            report.problems += [f"row {number}: {fault}" for fault in found]
    report.notes += [f"type {code!r} is in no table and was left out" for code in sorted(unknown)]
    return list(meetings.values())


def import_meetings(
    rows: list[tuple[int, Row]],
    *,
    source: str,
    timezone: str,
    by: Actor,
    now: datetime,
    partial: bool = False,
    dry_run: bool = False,
    progress: Progress = iter,
) -> Report:
    """Operation: bring a meeting list into the calendar, all of it or nothing.

    With `partial` the good rows are taken; with `dry_run` nothing is written. Meetings that the
    list no longer has are left as they are.
    """
    report = Report()
    meetings = read_meetings(rows, timezone, report)
    if dry_run or (report.refused and not partial):
        _compare(meetings, source, report)
        db.session.rollback()
        return report
    with write() as session:
        fresh, different = _compare(meetings, source, report)
        if fresh or different:
            venues = _venues([one for one, _event in different] + fresh, source, now)
            slugs = set(session.scalars(select(Event.slug)))
            writer = _Writer(source, venues, slugs, now)
            for meeting in progress(fresh):
                writer.add(meeting)
            for meeting, event in different:
                writer.change(meeting, event)
            writer.finish()
            closing.close_covered(session, Event.source == source, now)
            audit.record("import", "meetings", None, by=by, now=now, added=report.added)
            touch()
    report.applied = True
    return report


def _compare(
    meetings: list[Meeting], source: str, report: Report
) -> tuple[list[Meeting], list[tuple[Meeting, Event]]]:
    known = {
        str(event.source_id): event
        for event in db.session.scalars(select(Event).where(Event.source == source))
    }
    fresh = [one for one in meetings if one.source_id not in known]
    different = [
        (one, known[one.source_id])
        for one in meetings
        if one.source_id in known and known[one.source_id].source_hash != one.fingerprint()
    ]
    report.added, report.changed = len(fresh), len(different)
    report.unchanged = len(meetings) - report.added - report.changed
    return fresh, different


def _free(wanted: str, taken: set[str]) -> str:
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    taken.add(slug)
    return slug


def _venues(meetings: list[Meeting], source: str, now: datetime) -> dict[str, Venue]:
    known = {
        str(venue.source_id): venue
        for venue in db.session.scalars(select(Venue).where(Venue.source == source))
    }
    taken = set(db.session.scalars(select(Venue.slug)))
    for meeting in meetings:
        place = meeting.place
        if place is None:
            continue
        venue = known.get(place.source_id)
        if venue is None:
            wanted = slug_of(f"{place.name} {place.city}", "place")
            venue = Venue(
                slug=_free(wanted, taken), source=source, source_id=place.source_id, access=[]
            )
            known[place.source_id] = venue
            db.session.add(venue)
        _describe(venue, place, meeting.timezone, now)
    db.session.flush()
    return known


def _describe(venue: Venue, place: Place, timezone: str, now: datetime) -> None:
    said: dict[str, Any] = {
        "name": place.name,
        "address": place.address,
        "city": place.city,
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "approximate": place.approximate,
        "directions": place.directions or venue.directions or "",
        "timezone": timezone,
    }
    if any(getattr(venue, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(venue, name, value)
        venue.updated_at = now


class _Writer:
    """Puts meetings into the calendar within the caller's transaction."""

    def __init__(
        self, source: str, venues: dict[str, Venue], slugs: set[str], now: datetime
    ) -> None:
        self.source, self.venues, self.slugs, self.now = source, venues, slugs, now
        self.new_series: list[Series] = []
        self.changed: set[int] = set()
        self.rows: list[dict[str, Any]] = []

    def add(self, meeting: Meeting) -> None:
        """A meeting the calendar does not have."""
        event = Event(
            slug=_free(slug_of(meeting.source_id, "meeting"), self.slugs),
            kind=Kind.SUPPORT_GROUP,
            joining=Joining.DROP_IN,
            source=self.source,
            source_id=meeting.source_id,
            created_at=self.now,
            series=[self._series(meeting, weekday) for weekday in _days_of(meeting)],
        )
        self._describe(event, meeting)
        db.session.add(event)
        self.new_series += event.series

    def change(self, meeting: Meeting, event: Event) -> None:
        """A meeting that reads otherwise than before; dates that stay keep their identity."""
        self._describe(event, meeting)
        self.changed.add(event.id)
        wanted = set(_days_of(meeting))
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
        self._drop_taken()
        for start in range(0, len(self.rows), AT_ONCE):
            db.session.connection().execute(_DATES, self.rows[start : start + AT_ONCE])

    def _drop_taken(self) -> None:
        """A date an ended series keeps for its sign-ups is not made a second time."""
        taken = {
            (event_id, key)
            for event_id in self.changed
            for key in db.session.scalars(
                select(Occurrence.key).where(Occurrence.event_id == event_id)
            )
        }
        self.rows = [row for row in self.rows if (row["event_id"], row["key"]) not in taken]

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

    def _describe(self, event: Event, meeting: Meeting) -> None:
        event.title = meeting.name
        event.summary = _summary(meeting)
        event.description = meeting.description
        event.mode = meeting.mode
        event.timezone = meeting.timezone
        event.venue = self.venues[meeting.place.source_id] if meeting.place else None
        event.online_url = meeting.online_url
        event.online_phone = meeting.online_phone
        event.online_notes = meeting.online_notes
        event.online_url_public = bool(meeting.online_url or meeting.online_phone)
        event.access = list(meeting.types.access)
        event.source_hash = meeting.fingerprint()
        event.updated_at = self.now
        _set_words(event, meeting)

    def _lengthen(self, series: Series, meeting: Meeting) -> None:
        if (series.duration_minutes, series.end_known) == (meeting.minutes, meeting.end_known):
            return
        series.duration_minutes, series.end_known = meeting.minutes, meeting.end_known
        series.sequence += 1
        series.updated_at = self.now
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
        series.sequence += 1
        series.updated_at = self.now
        used = or_(*(exists().where(table.occurrence_id == Occurrence.id) for table in _PEOPLE))
        ahead = (Occurrence.series_id == series.id) & (Occurrence.starts_at > self.now)
        db.session.execute(  # hold them all: nobody signs up between the question and the answer
            update(Occurrence)
            .where(ahead)
            .values(version=Occurrence.version + 1)
            .execution_options(synchronize_session=False)
        )
        db.session.execute(
            delete(Occurrence).where(ahead, ~used).execution_options(synchronize_session=False)
        )
        for one in self._ahead(series):
            if one.status == OccurrenceStatus.CANCELLED:
                continue
            one.status = OccurrenceStatus.CANCELLED
            one.sequence += 1
            one.updated_at = self.now
            tell_of_cancelling(one, self.now)


def _day_before(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)


def _days_of(meeting: Meeting) -> tuple[int, ...]:
    return meeting.weekdays if meeting.meets else ()


def _summary(meeting: Meeting) -> str:
    if not meeting.meets:
        return NOT_MEETING
    return "" if meeting.weekdays else BY_APPOINTMENT


def _set_words(event: Event, meeting: Meeting) -> None:
    tags = {one.tag: one for one in event.tags}
    event.tags = [tags.get(tag) or EventTag(tag=tag) for tag in meeting.types.tags]
    languages = {one.language: one for one in event.languages}
    wanted = meeting.types.languages or ("en",)
    event.languages = [languages.get(code) or EventLanguage(language=code) for code in wanted]
