"""An event is deleted in the very moment in which somebody signs up: they are told all the same."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from events.deleting import CALLED_OFF, delete_event
from events.enrolments import enrol
from events.models import Joining, Signup
from events.rules import seating
from events.signups import Request, Signed, sign_up
from people.audit import SYSTEM, VISITOR
from people.models import OutboxMessage
from tests.factory import Factory

ASKED = Request("Robin", "robin@example.org", 0, "", "en", ("p" * 64,))


@pytest.mark.parametrize("joining", [Joining.PER_DATE, Joining.COHORT])
def test_whoever_signs_up_while_it_is_deleted_is_told(
    both_databases: Flask, joining: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Factory(both_databases)
    event_id = make.event(joining=joining)
    date_id = make.occurrence(event_id, series_id=make.series(event_id))
    deciding, decide = threading.Event(), seating.decide

    def slowly(*args: object) -> object:
        deciding.set()
        time.sleep(0.7)  # long enough for a deletion that does not wait
        return decide(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(seating, "decide", slowly)

    def someone() -> object:
        with both_databases.app_context():
            now = datetime.now(UTC)
            if joining == Joining.COHORT:
                return enrol(event_id, ASKED, by=VISITOR, now=now)
            return sign_up(date_id, ASKED, by=VISITOR, now=now)

    def desk() -> object:
        deciding.wait()
        with both_databases.app_context():
            return delete_event(event_id, by=SYSTEM, now=datetime.now(UTC))

    with ThreadPoolExecutor(2) as pool:
        signed, deleted = pool.submit(someone), pool.submit(desk)
        assert isinstance(signed.result(), Signed)
        assert deleted.result() is True
    with both_databases.app_context():
        told = select(OutboxMessage.about_id).where(OutboxMessage.kind == CALLED_OFF)
        assert db.session.scalars(told).all() == db.session.scalars(select(Signup.id)).all()
        assert len(db.session.scalars(select(Signup.id)).all()) == 1
