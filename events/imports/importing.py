"""A meeting list compared with the calendar, and the difference applied in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import PurePath
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.db import db, hold, write
from core.window import touch
from events import closing, undo
from events.imports.files import Row
from events.imports.listed import Meeting, parse_meeting
from events.imports.meeting_places import take_places, venues_of
from events.imports.meeting_plan import MeetingPlan, plan_meeting
from events.imports.meeting_writing import Writer
from events.imports.report import Line, Outcome, Report, Step, nothing_more
from events.models import Event, EventStatus
from people import audit
from people.audit import Actor

AT_ONCE = 500
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
            title = str(row.get("name") or "")[:120]
            report.lines.append(Line(f"row {number}", title, Outcome.REFUSED, tuple(found)))
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
    theirs: bool = False,
    progress: Progress = iter,
    also: Step = nothing_more,
) -> Report:
    """Operation: bring a meeting list into the calendar, all of it or nothing.

    With `partial` the good rows are taken; with `dry_run` nothing is written. Of events that came
    from an older list, what changed at the source is taken and what changed here is kept. Meetings
    that the list no longer has are left as they are.

    Args:
        timezone: the IANA zone of rows that name none.
        theirs: where both sides changed what is said of an event, take the source's.
        also: a step that joins the transaction at its end.
    """
    report = Report()
    meetings = read_meetings(rows, timezone, report)
    if dry_run or (report.refused and not partial):
        _compare(meetings, source, report, theirs=theirs)
        db.session.rollback()
        return report
    with write() as session:
        fresh, plans = _compare(meetings, source, report, theirs=theirs)
        if fresh or plans:
            _apply(session, fresh, plans, source, progress, report, by=by, now=now)
        report.applied = True
        also(report)
    return report


def _apply(
    session: Session,
    fresh: list[Meeting],
    plans: list[MeetingPlan],
    source: str,
    progress: Progress,
    report: Report,
    *,
    by: Actor,
    now: datetime,
) -> None:
    venues = venues_of(source)
    changing = [plan for plan in plans if plan.changes]
    report.touched = [plan.event.id for plan in changing]
    for event_id in sorted(report.touched):
        hold(Event, event_id)
    placed = [venue.id for venue in venues.values()]
    report.kept = undo.remember(
        "import", session, by=by, now=now, events=report.touched, venues=placed
    )
    made = take_places(venues, [plan.meeting for plan in changing] + fresh, source, now)
    writer = Writer(source, venues, now)
    for meeting in progress(fresh):
        writer.add(meeting)
    for plan in plans:
        if plan.changes:
            writer.change(plan)
        writer.note(plan)
    writer.finish()
    writer.messages += closing.close_covered(session, Event.source == source, now)
    report.made = [event.id for event in writer.made]
    report.places = [venue.id for venue in made]
    report.messages = [message.id for message in writer.messages]
    if fresh or changing:
        for event_id in (*report.made, *report.touched):
            audit.record("import", "event", event_id, by=by, now=now)
        audit.record("import", "meetings", None, by=by, now=now, added=report.added)
        touch()


def _known(source: str, meetings: list[Meeting]) -> dict[str, Event]:
    rows = db.session.execute(select(Event.source_id, Event.id).where(Event.source == source))
    ids = {str(source_id): event_id for source_id, event_id in rows}
    wanted = [ids[one.source_id] for one in meetings if one.source_id in ids]
    found: dict[str, Event] = {}
    for at in range(0, len(wanted), AT_ONCE):
        some = select(Event).where(Event.id.in_(wanted[at : at + AT_ONCE]))
        found |= {str(one.source_id): one for one in db.session.scalars(some)}
    return found


def _load_whole(events: list[int]) -> None:
    """What a comparison reads of events, in a few queries."""
    parts = (Event.series, Event.tags, Event.languages, Event.venue)
    for at in range(0, len(events), AT_ONCE):
        some = select(Event).where(Event.id.in_(events[at : at + AT_ONCE]))
        db.session.scalars(some.options(*(selectinload(part) for part in parts))).all()


def _compare(
    meetings: list[Meeting], source: str, report: Report, *, theirs: bool
) -> tuple[list[Meeting], list[MeetingPlan]]:
    """What is new, and what the source says otherwise than before."""
    known = _known(source, meetings)
    fresh: list[Meeting] = []
    different: list[Meeting] = []
    for one in meetings:
        event = known.get(one.source_id)
        if event is None:
            fresh.append(one)
            _say(report, one, Outcome.ADDED)
        elif event.status == EventStatus.DELETED:
            _say(report, one, Outcome.UNCHANGED, "was deleted here, and stays so")
        elif event.source_hash == one.fingerprint():
            _say(report, one, Outcome.UNCHANGED)
        else:
            different.append(one)
    _load_whole([known[one.source_id].id for one in different])
    plans = [plan_meeting(one, known[one.source_id], source, theirs=theirs) for one in different]
    for plan in plans:
        outcome = Outcome.CHANGED if plan.changes else Outcome.UNCHANGED
        report.both += bool(plan.both)
        report.notes += [f"row {plan.meeting.row}: {reason}" for reason in plan.both]
        _say(report, plan.meeting, outcome, *plan.reasons())
    report.lines.sort(key=_row_of)
    return fresh, plans


def _row_of(line: Line) -> int:
    return int(line.place.removeprefix("row "))


def _say(report: Report, meeting: Meeting, outcome: Outcome, *reasons: str) -> None:
    report.lines.append(Line(f"row {meeting.row}", meeting.name, outcome, reasons))
    report.added += outcome == Outcome.ADDED
    report.changed += outcome == Outcome.CHANGED
    report.unchanged += outcome == Outcome.UNCHANGED
