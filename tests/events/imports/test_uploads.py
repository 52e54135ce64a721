"""How long files are kept, and what is given up."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.imports import asked, undoing, uploads
from events.models import Event, Upload
from people.audit import SYSTEM
from tests.events.imports.files import NOW, PACIFIC, calendar, weekly


def kept(name: str = "harbor.ics") -> str:
    given = uploads.FileGiven(name, calendar(weekly()), PACIFIC)
    token = uploads.keep_upload(given, by=SYSTEM, now=NOW)
    uploads.plan_upload(token, by=SYSTEM, now=NOW)
    return token


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_what_was_never_applied_goes_after_a_week(app: Flask):
    with app.app_context():
        kept()
        assert uploads.let_go_of_uploads(NOW + timedelta(days=6)) == 0
        assert uploads.let_go_of_uploads(NOW + timedelta(days=8)) == 1
        assert count(Upload) == 0


def test_the_content_of_the_rest_goes_after_a_month_and_undo_with_it(app: Flask):
    with app.app_context():
        token = kept()
        assert uploads.apply_upload(token, partial=False, by=SYSTEM, now=NOW) is True
        assert uploads.let_go_of_uploads(NOW + timedelta(days=29)) == 0
        late = NOW + timedelta(days=31)
        assert uploads.let_go_of_uploads(late) == 1
        assert uploads.let_go_of_uploads(late) == 0
        assert uploads.upload_of(token).content == b""
        answer = undoing.undo_upload(token, by=SYSTEM, now=late)
        assert answer == Refused(undoing.ImportUndoRefusal.TOO_LATE)
        assert count(Event) == 1


def test_what_fails_three_times_is_given_up_and_may_be_asked_for_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 0)
    with app.app_context():
        token = kept()
        assert uploads.ask_to_apply(token, partial=False, by=SYSTEM, now=NOW) is False
        for _ in range(3):  # each time the process ends before it is done
            assert asked.next_asked(NOW) == token
        assert asked.apply_asked(NOW) == 0
        assert uploads.upload_of(token).options["failed"] is True
        assert uploads.ask_to_apply(token, partial=False, by=SYSTEM, now=NOW) is False
        assert asked.apply_asked(NOW) == 1
        assert count(Event) == 1


def test_undoing_twice_and_before_it_is_applied_is_refused(app: Flask):
    with app.app_context():
        token = kept()
        refused = undoing.ImportUndoRefusal
        assert undoing.undo_upload("?", by=SYSTEM, now=NOW) == Refused(refused.UNKNOWN_UPLOAD)
        assert undoing.undo_upload(token, by=SYSTEM, now=NOW) == Refused(refused.NOT_APPLIED)
        uploads.apply_upload(token, partial=False, by=SYSTEM, now=NOW)
        assert undoing.undo_upload(token, by=SYSTEM, now=NOW) == undoing.Undone(1, 0, ())
        assert undoing.undo_upload(token, by=SYSTEM, now=NOW) == Refused(refused.UNDONE)
        applied = Refused(uploads.UploadRefusal.APPLIED)
        assert uploads.apply_upload(token, partial=False, by=SYSTEM, now=NOW) == applied
