"""Calendar files into the calendar, on both databases where it matters."""

from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.window.edition import Edition
from events.models import Event, Occurrence, Series, Venue
from people.models import AuditEntry
from tests.events.imports.files import bring_in, calendar, timed, weekly

TABLES = (Event, Venue, Series, Occurrence, AuditEntry)


def counts() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def edition_number() -> int:
    return db.session.scalar(select(Edition.number)) or 0


def test_once_adds_and_again_changes_nothing(both_databases: Flask):
    with both_databases.app_context():
        content = calendar(
            weekly("EXDATE;TZID=America/Los_Angeles:20261208T180000"),
            timed(uid="b", title="Picnic"),
        )
        assert bring_in(content).count() == "2 added, 0 changed, 0 unchanged, 0 refused"
        before, edition = counts(), edition_number()
        assert before[:3] == [2, 0, 1]
        keys = list(db.session.scalars(select(Occurrence.key).order_by(Occurrence.key)))
        assert keys[:3] == ["2026-12-01T1800", "2026-12-01T1800", "2026-12-15T1800"]
        assert bring_in(content).count() == "0 added, 0 changed, 2 unchanged, 0 refused"
        assert (counts(), edition_number()) == (before, edition)
