"""A calendar file (.ics) compared with the calendar, and the difference applied."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.window import touch
from events import closing, undo
from events.horizon import local_day
from events.imports.calendar_dates import dates_of, hold_dates
from events.imports.calendar_events import Writer
from events.imports.calendar_plan import going_on, plan_event
from events.imports.calendar_states import check_dates
from events.imports.files import Unreadable
from events.imports.ical.bounded import read_bounded
from events.imports.ical.entries import Entry, Question, Reading
from events.imports.places import Places
from events.imports.report import Line, Outcome, Report, Step, nothing_more
from events.models import Event, EventStatus, Kind, Occurrence, Series
from events.rules.planning import bounds, horizon
from events.slugs import slug_of
from people import audit
from people.audit import Actor

MOST_BYTES = 2_000_000
MOST_BYTES_LARGE = 50_000_000  # when the operator asks for it
MOST_ENTRIES = 5_000
TRIES = 3
AT_ONCE = 500
_NAME = re.compile(rb"^(?:X-WR-CALNAME|NAME)[^:\r\n]*:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)
_COPY = re.compile(r"\s*\(\d+\)$")
_DATE_OF = re.compile(r"-\d{4}-\d{2}-\d{2}T\d{4}$")
Progress = Callable[[Iterable[Entry]], Iterable[Entry]]


def source_of_calendar(content: bytes, file_name: str) -> str:
    """The identity of a calendar, the same for each of its files: `ics:` and its name, else the
    file's without the number that a second download gets."""
    found = _NAME.search(content[:20_000])
    name = found[1].decode("utf-8", "replace") if found else ""
    stem = _COPY.sub("", PurePath(file_name).stem)
    return f"ics:{slug_of(name, '') or slug_of(stem, 'calendar')}"[:80]


def _read(content: bytes, timezone: str, now: datetime, most_bytes: int) -> Reading:
    if len(content) > most_bytes:
        raise Unreadable(
            f"The file is larger than {most_bytes // 1_000_000} MB: export a shorter span."
        )
    today = local_day(now, timezone)
    first, last = bounds(today).first, date(horizon(today).year, 12, 31)
    reading = read_bounded(content, Question(timezone, first, last, MOST_ENTRIES))
    check_dates(reading.entries, first, horizon(today))
    return reading


def _begin(reading: Reading) -> Report:
    report = Report(refused=len(reading.refused), notes=list(reading.notes))
    for one in reading.refused:
        report.problems += [f"{one.place}: {reason}" for reason in one.reasons]
        report.lines.append(Line(one.place, one.title, Outcome.REFUSED, one.reasons))
    return report


class _Comparison:
    """The entries of a file beside what the calendar has of its source."""

    def __init__(self, reading: Reading, source: str, report: Report) -> None:
        self.report = report
        self.known = {
            str(event.source_id): event
            for event in db.session.scalars(select(Event).where(Event.source == source))
        }
        self.fresh: list[Entry] = []
        self.different: list[tuple[Entry, Event]] = []
        elsewhere = _elsewhere([one.uid for one in reading.entries if one.uid not in self.known])
        for entry in reading.entries:
            self._sort(entry, elsewhere)
        gone = self.known.keys() - {one.uid for one in reading.entries}
        gone -= {one.place for one in reading.refused}
        left = [uid for uid in gone if self.known[uid].status != EventStatus.DELETED]
        if left:
            report.notes.append(
                f"{len(left):,} events of this calendar are not in the file: they were left"
            )

    def _sort(self, entry: Entry, elsewhere: dict[str, str]) -> None:
        event = self.known.get(entry.uid)
        entry = going_on(entry, event) if event is not None else entry
        if event is None and elsewhere.get(_DATE_OF.sub("", entry.uid)) == entry.title:
            self.same(entry, "is in the calendar already, from elsewhere")
        elif event is None and entry.when.cancelled and entry.when.rule is not None:
            self.same(entry, "is cancelled at the source, so it is left out")
        elif event is None:
            self.fresh.append(entry)
            self.report.added += 1
            self.say(entry, Outcome.ADDED, entry.notes)
        elif event.status == EventStatus.DELETED:
            self.same(entry, "was deleted here, and stays so")
        elif event.source_hash == entry.fingerprint():
            self.same(entry)
        else:
            self.different.append((entry, event))

    def same(self, entry: Entry, *reasons: str) -> None:
        self.report.unchanged += 1
        self.say(entry, Outcome.UNCHANGED, reasons)

    def say(self, entry: Entry, outcome: Outcome, reasons: Iterable[str]) -> None:
        found = tuple(dict.fromkeys(reasons))
        self.report.lines.append(Line(entry.place, entry.title, outcome, found))
        self.report.notes += [f"{entry.place}: {reason}" for reason in found]


def _elsewhere(uids: list[str]) -> dict[str, str]:
    """The titles of events that have one of these UIDs already, by UID."""
    found: dict[str, str] = {}
    wanted = sorted({_DATE_OF.sub("", uid) for uid in uids})
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        for table in (Series, Occurrence):
            chosen = select(table.uid, Event.title).join(Event, Event.id == table.event_id)
            rows = db.session.execute(chosen.where(table.uid.in_(some)))
            found |= {str(uid): title for uid, title in rows}
    return found


def _plan_only(
    reading: Reading, source: str, report: Report, now: datetime, *, theirs: bool
) -> None:
    """What would happen, written nowhere."""
    comparison, places = _Comparison(reading, source, report), Places(source)
    for entry, event in comparison.different:
        plan = plan_event(entry, event, dates_of(event.id), places, now, theirs=theirs)
        report.both += plan.conflicts
        _tell(comparison, entry, plan.changes, plan.reasons())
    db.session.rollback()


def _tell(comparison: _Comparison, entry: Entry, changes: bool, reasons: Iterable[str]) -> None:
    if changes:
        comparison.report.changed += 1
        comparison.say(entry, Outcome.CHANGED, reasons)
    else:
        comparison.same(entry, *reasons)


def _change(
    session: Session,
    comparison: _Comparison,
    writer: Writer,
    *,
    by: Actor,
    now: datetime,
    theirs: bool,
) -> None:
    ids = sorted(event.id for _entry, event in comparison.different)
    for event_id in ids:
        hold(Event, event_id)
    hold_dates(ids, now)
    report = comparison.report
    report.kept = undo.remember("import", session, by=by, now=now, events=ids)
    for entry, event in comparison.different:
        writer.take_places(entry.when)
        rows = dates_of(event.id)
        plan = plan_event(entry, event, rows, writer.places, now, theirs=theirs)
        report.both += plan.conflicts
        reasons = [*plan.reasons(), *writer.change(plan, rows)]
        _tell(comparison, entry, plan.changes, reasons)
        if plan.changes:
            report.touched.append(event.id)
            audit.record("import", "event", event.id, by=by, now=now)


def _apply(
    reading: Reading,
    source: str,
    kind: Kind,
    capacity: int | None,
    progress: Progress,
    *,
    by: Actor,
    now: datetime,
    theirs: bool,
    also: Step,
) -> Report:
    report = _begin(reading)
    with write() as session:
        comparison = _Comparison(reading, source, report)
        writer = Writer(source, kind, capacity, Places(source), now)
        if comparison.different:
            _change(session, comparison, writer, by=by, now=now, theirs=theirs)
        for entry in progress(comparison.fresh):
            writer.add(entry)
        report.made = writer.finish()
        writer.messages += closing.close_covered(session, Event.source == source, now)
        report.places = [venue.id for venue in writer.places.made]
        report.messages = [message.id for message in writer.messages]
        for event_id in report.made:
            audit.record("import", "event", event_id, by=by, now=now)
        if report.made or report.touched:
            counts = {"added": report.added, "changed": report.changed}
            audit.record("import", "calendar", None, by=by, now=now, **counts)
            touch()
        report.applied = True
        also(report)
    return report


def import_calendar(
    content: bytes,
    *,
    source: str,
    timezone: str,
    kind: Kind,
    capacity: int | None,
    by: Actor,
    now: datetime,
    partial: bool = False,
    dry_run: bool = False,
    theirs: bool = False,
    most_bytes: int = MOST_BYTES,
    progress: Progress = iter,
    also: Step = nothing_more,
) -> Report:
    """Operation: bring a calendar file into the calendar, all of it or nothing.

    With `partial` the good entries are taken; with `dry_run` nothing is written. Of events that
    came from an older file, what changed at the source is taken and what changed here is kept.
    Entries that the file no longer has are left as they are.

    Args:
        source: what `source_of_calendar` gives; a later file of the same source updates it.
        timezone: the IANA zone of times that name none.
        kind: what its events are; one-to-one meetings are private.
        capacity: with seats one signs up for each date; None is drop-in.
        theirs: where both sides changed what is said of an event, take the source's.
        most_bytes: larger files are refused.
        also: a step that joins the transaction at its end.

    Raises:
        Unreadable: the file as a whole is no calendar, or too much of one; the message says why
            and what to do.
    """
    return import_reading(
        _read(content, timezone, now, most_bytes),
        source=source,
        kind=kind,
        capacity=capacity,
        by=by,
        now=now,
        partial=partial,
        dry_run=dry_run,
        theirs=theirs,
        progress=progress,
        also=also,
    )


def import_reading(
    reading: Reading,
    *,
    source: str,
    kind: Kind,
    capacity: int | None,
    by: Actor,
    now: datetime,
    partial: bool = False,
    dry_run: bool = False,
    theirs: bool = False,
    progress: Progress = iter,
    also: Step = nothing_more,
) -> Report:
    """Operation: bring in what was read of a file; as `import_calendar`."""
    if dry_run or (reading.refused and not partial):
        report = _begin(reading)
        _plan_only(reading, source, report, now, theirs=theirs)
        return report
    for left in reversed(range(TRIES)):
        try:
            return _apply(
                reading,
                source,
                kind,
                capacity,
                progress,
                by=by,
                now=now,
                theirs=theirs,
                also=also,
            )
        except IntegrityError:  # the same file was imported meanwhile, or a slug was taken
            if not left:
                raise
    raise AssertionError("unreachable")
