"""Files given to the desk: kept, planned, applied all or nothing, and let go of."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from core.db import db, hold, write
from core.outcome import Refused
from events import undo
from events.imports.calendars import import_calendar, import_reading, source_of_calendar
from events.imports.files import Unreadable, read_rows
from events.imports.importing import import_meetings, source_of
from events.imports.report import Line, Report, Step, nothing_more
from events.imports.tables.cells import read_table
from events.imports.tables.columns import fields_of
from events.imports.tables.reading import reading_of, source_of_table
from events.models import Kind, Upload
from people import audit
from people.audit import Actor

KEPT_FOR = timedelta(days=30)
WAITS_FOR = timedelta(days=7)
MOST_AT_ONCE = 300  # more goes to the worker, so that no page waits long
COUNTED = ("added", "changed", "unchanged", "refused")


class Format(StrEnum):
    """What a file is."""

    ICS = "ics"
    MEETINGS = "meetings"
    TABLE = "table"


class UploadRefusal(StrEnum):
    """Why an upload cannot be taken further."""

    UNKNOWN_UPLOAD = "unknown-upload"
    HAS_FAULTS = "has-faults"
    NOTHING_TO_DO = "nothing-to-do"
    APPLIED = "applied"
    NOT_PLANNED = "not-planned"


class _AppliedError(Exception):
    """Another press applied it first."""


@dataclass(frozen=True)
class FileGiven:
    """A file as somebody gave it. `source` says which earlier file it is a newer one of, or ''."""

    name: str
    content: bytes
    timezone: str
    source: str = ""


def format_of(content: bytes) -> Format:
    """What a file is, by what is in it; a spreadsheet when it is nothing else.

    Raises:
        Unreadable: it is empty, or a web page.
    """
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise Unreadable("The file is empty.")
    if head[:1] == b"<":
        raise Unreadable("This is a web page, not a list: save the file itself.")
    if head[:15].upper() == b"BEGIN:VCALENDAR":
        return Format.ICS
    if head[:1] in (b"{", b"["):
        return Format.MEETINGS
    first = head.splitlines()[0].decode("utf-8", "replace").lower()
    names = {cell.strip(' "').replace(" ", "_") for cell in first.split(",")}
    listed = {"types", "slug", "conference_url", "group_notes", "formatted_address"}
    return Format.MEETINGS if {"name", "day", "time"} <= names and names & listed else Format.TABLE


def _source(given: FileGiven, found: Format) -> str:
    if given.source:
        return given.source
    if found == Format.ICS:
        return source_of_calendar(given.content, given.name)
    if found == Format.MEETINGS:
        return source_of(read_rows(given.content), given.name)
    return source_of_table(given.name)


def keep_upload(given: FileGiven, *, by: Actor, now: datetime) -> str:
    """Operation: a file is kept until it is applied or thrown away; the token of its pages.

    Raises:
        Unreadable: it is nothing that can be imported; the message says why.
    """
    found = format_of(given.content)
    options = {
        "source": _source(given, found),
        "timezone": given.timezone,
        "kind": Kind.SUPPORT_GROUP.value,
        "capacity": None,
        "theirs": False,
    }
    if found == Format.TABLE:
        read_table(given.content)
    with write() as session:
        upload = Upload(
            token=secrets.token_urlsafe(24),
            name=PurePath(given.name.replace("\\", "/")).name[:200] or "file",
            format=found,
            content=given.content,
            options=options,
            columns=_remembered(given.content) if found == Format.TABLE else {},
            by_id=by.person_id,
            created_at=now,
        )
        session.add(upload)
        session.flush()
        audit.record("upload", "upload", upload.id, by=by, now=now, format=found.value)
        return upload.token


def _remembered(content: bytes) -> dict[str, Any]:
    """The columns of the last file with the same header, else a guess."""
    table = read_table(content)
    earlier = select(Upload.columns).where(Upload.format == Format.TABLE)
    for columns in db.session.scalars(earlier.order_by(Upload.id.desc()).limit(50)):
        if columns.get("chosen") and columns.get("header") == table.header:
            return {**columns, "sheet": table.sheet}
    return {
        "sheet": table.sheet,
        "header": table.header,
        "fields": fields_of(table.header),
        "chosen": False,
    }


def upload_of(token: str) -> Upload | None:
    """The upload of a token, with what its pages show."""
    chosen = select(Upload).where(Upload.token == token)
    return db.session.scalar(chosen.options(undefer(Upload.report), undefer(Upload.made)))


def counts_of(data: Mapping[str, Any]) -> dict[str, int]:
    """How many entries a kept report adds, changes, leaves and refuses."""
    return {name: data[name] for name in COUNTED if name in data}


def report_data(report: Report) -> dict[str, Any]:
    """A report as JSON can hold it."""
    lines = [[one.place, one.title, one.outcome, list(one.reasons)] for one in report.lines]
    counts = {name: getattr(report, name) for name in (*COUNTED, "both")}
    return {**counts, "lines": lines, "notes": report.notes[:200]}


def lines_of(data: Mapping[str, Any]) -> list[Line]:
    """The lines of a kept report."""
    return [Line(place, title, out, tuple(why)) for place, title, out, why in data["lines"]]


def _run(upload: Upload, *, by: Actor, now: datetime, also: Step, **how: bool) -> Report:
    options = upload.options
    shared: dict[str, Any] = {
        "source": options["source"],
        "theirs": bool(options.get("theirs")),
        "by": by,
        "now": now,
        "also": also,
        **how,
    }
    kind, capacity = Kind(options["kind"]), options["capacity"]
    if upload.format == Format.ICS:
        timezone = options["timezone"]
        return import_calendar(
            upload.content, timezone=timezone, kind=kind, capacity=capacity, **shared
        )
    if upload.format == Format.MEETINGS:
        return import_meetings(read_rows(upload.content), timezone=options["timezone"], **shared)
    table = read_table(upload.content, upload.columns.get("sheet"))
    reading = reading_of(table, upload.columns["fields"], kind, options["timezone"], now)
    return import_reading(reading, kind=kind, capacity=capacity, **shared)


def plan_upload(token: str, *, by: Actor, now: datetime) -> None:
    """Operation: say what an upload would do; it is kept with it, or why it cannot be read."""
    upload = upload_of(token)
    if upload is None or upload.applied_at is not None:
        return
    try:
        data = report_data(_run(upload, by=by, now=now, also=nothing_more, dry_run=True))
    except Unreadable as error:
        data = {"unreadable": str(error)}
    upload_id = upload.id
    with write():
        held = hold(Upload, upload_id)
        if held is not None and held.applied_at is None:
            held.report = data
            held.options = {**held.options, "counts": counts_of(data)}


def set_options(token: str, values: Mapping[str, Any]) -> bool:
    """Operation: how an upload is to be read; False when it cannot be changed any more."""
    return _set(token, options=values)


def set_columns(token: str, columns: Mapping[str, Any]) -> bool:
    """Operation: what the columns of a table are; False when it cannot be changed any more."""
    return _set(token, columns=columns)


def _set(token: str, **values: Mapping[str, Any]) -> bool:
    with write() as session:
        upload_id = session.scalar(select(Upload.id).where(Upload.token == token))
        upload = hold(Upload, upload_id) if upload_id else None
        if upload is None or upload.applied_at is not None:
            return False
        for name, more in values.items():
            setattr(upload, name, {**getattr(upload, name), **more})
        return True


def ask_to_apply(token: str, *, partial: bool, by: Actor, now: datetime) -> bool | Refused:
    """Operation: apply an upload as planned. True when it is done; False when there is so much of
    it that the worker does it."""
    upload = upload_of(token)
    if upload is None:
        return Refused(UploadRefusal.UNKNOWN_UPLOAD)
    plan = upload.report
    if "lines" not in plan:
        return Refused(UploadRefusal.NOT_PLANNED)
    if upload.applied_at is not None:
        return Refused(UploadRefusal.APPLIED)
    if plan["refused"] and not partial:
        return Refused(UploadRefusal.HAS_FAULTS)
    if plan["added"] + plan["changed"] == 0:
        return Refused(UploadRefusal.NOTHING_TO_DO)
    if plan["added"] + plan["changed"] <= MOST_AT_ONCE:
        return apply_upload(token, partial=partial, by=by, now=now)
    asked = {"asked": now.isoformat(), "partial": partial, "tries": 0, "by": by.person_id}
    set_options(token, asked)
    return False


def apply_upload(token: str, *, partial: bool, by: Actor, now: datetime) -> bool | Refused:
    """Operation: an upload into the calendar, and what undoing it needs, in one transaction."""
    upload = upload_of(token)
    if upload is None:
        return Refused(UploadRefusal.UNKNOWN_UPLOAD)
    upload_id = upload.id

    def note(report: Report) -> None:
        held = hold(Upload, upload_id)
        if held is None or held.applied_at is not None:
            raise _AppliedError
        held.applied_at, held.report = now, report_data(report)
        held.options = {**held.options, "counts": counts_of(held.report)}
        made: dict[str, Any] = {"events": report.made, "venues": report.places}
        if report.kept is not None:
            change = undo.difference(report.kept, db.session())
            held.before = change.before
            made |= {"change": change.made, "events_changed": report.touched}
        held.made = {**made, "messages": report.messages}
        held.options = {name: one for name, one in held.options.items() if name != "asked"}

    try:
        report = _run(upload, by=by, now=now, also=note, partial=partial)
    except _AppliedError:
        return Refused(UploadRefusal.APPLIED)
    except Unreadable:
        return Refused(UploadRefusal.NOT_PLANNED)
    if not report.applied:
        return Refused(UploadRefusal.HAS_FAULTS)
    return True


def discard(token: str, *, by: Actor, now: datetime) -> bool:
    """Operation: throw away an upload that was not applied, content and all."""
    with write() as session:
        upload = session.scalar(select(Upload).where(Upload.token == token))
        if upload is None or upload.applied_at is not None:
            return False
        audit.record("discard", "upload", upload.id, by=by, now=now)
        session.delete(upload)
        return True


def let_go_of_uploads(now: datetime) -> int:
    """Operation: what was never applied goes after a week, the content of the rest after a month;
    how many were let go of."""
    with write() as session:
        old = select(Upload).where(Upload.created_at < now - WAITS_FOR)
        count = 0
        for upload in session.scalars(old.options(undefer(Upload.content))):
            if upload.applied_at is None:
                session.delete(upload)
            elif upload.content and upload.applied_at < now - KEPT_FOR:
                upload.content, upload.before, upload.made = b"", {}, {}
            else:
                continue
            count += 1
        return count


def earlier_uploads(page: int, each: int) -> tuple[list[Upload], bool]:
    """Uploads, the newest first, and whether there are more."""
    chosen = select(Upload).order_by(Upload.id.desc())
    found = list(db.session.scalars(chosen.offset((page - 1) * each).limit(each + 1)))
    return found[:each], len(found) > each


def known_sources() -> dict[str, str]:
    """Sources that files were applied from, by the name of their last file."""
    chosen = select(Upload.options, Upload.name).where(Upload.applied_at.is_not(None))
    return {
        str(options["source"]): name
        for options, name in db.session.execute(chosen.order_by(Upload.id))
    }
