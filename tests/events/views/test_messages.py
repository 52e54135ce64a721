"""Mail about sign-ups: discreet, in the person's language, and silent once it is not true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core.db import db, write
from events.deleting import delete_event
from events.models import Occurrence, OccurrenceStatus, Signup, SignupState
from events.views.messages import RENDERERS
from people.audit import SYSTEM
from people.mail import Mail
from people.models import Wording
from tests.factory import Factory

TITLE = "Relapse Prevention Circle"
TELLING = (TITLE, "Relapse", "recovery", "support", "Harbor Hall")


def written(app: Flask, kind: str, signup_id: int) -> Mail | None:
    with app.app_context():
        return RENDERERS[kind](signup_id)


@pytest.fixture
def date(make: Factory) -> int:
    """A Tuesday evening some weeks ahead."""
    soon = datetime.now(UTC) + timedelta(days=14)
    tuesday = (soon + timedelta(days=(1 - soon.weekday()) % 7)).replace(hour=20, minute=0)
    return make.occurrence(make.event(title=TITLE, venue_id=make.venue()), tuesday)


def delete_of(app: Flask, date: int) -> None:
    with app.app_context():
        event_id = db.session.get_one(Occurrence, date).event_id
        delete_event(event_id, by=SYSTEM, now=datetime.now(UTC))


STATE_OF = {
    "signup-confirmed": SignupState.SEATED,
    "moved-up": SignupState.SEATED,
    "signup-queued": SignupState.QUEUED,
    "signup-cancelled": SignupState.CANCELLED,
    "date-changed": SignupState.SEATED,
    "date-cancelled": SignupState.SEATED,
    "event-cancelled": SignupState.SEATED,
    "event-restored": SignupState.SEATED,
}


def test_every_kind_is_tried_here() -> None:
    assert set(STATE_OF) == set(RENDERERS)


@pytest.mark.parametrize("kind", STATE_OF)
def test_mail_says_when_and_nothing_more(app: Flask, make: Factory, date: int, kind: str) -> None:
    signup = make.signup(date, name="Ana", email="ana@example.org", state=STATE_OF[kind])
    if kind == "date-cancelled":
        with app.app_context(), write() as session:
            session.get_one(Occurrence, date).status = OccurrenceStatus.CANCELLED
    if kind == "event-cancelled":
        delete_of(app, date)
    mail = written(app, kind, signup)
    assert mail is not None
    assert mail.to == "ana@example.org"
    assert mail.subject == "Your Tuesday appointment"
    assert "http://localhost/signups/" in mail.text
    for word in TELLING:
        assert word.casefold() not in (mail.subject + mail.text + (mail.html or "")).casefold()


def test_mail_is_in_the_language_of_the_sign_up(app: Flask, make: Factory, date: int) -> None:
    person = make.person("Ana", email="ana@example.org", language="es")
    mail = written(app, "signup-confirmed", make.signup(date, person_id=person))
    assert mail is not None
    assert "martes" in mail.subject.casefold()
    assert "http://localhost/es/signups/" in mail.text


def test_full_wording_is_the_person_s_choice(app: Flask, make: Factory, date: int) -> None:
    person = make.person("Ana", email="ana@example.org", wording=Wording.FULL)
    mail = written(app, "signup-confirmed", make.signup(date, person_id=person))
    assert mail is not None
    assert mail.subject == TITLE


def test_without_an_address_nothing_is_written(app: Flask, make: Factory, date: int) -> None:
    assert written(app, "signup-confirmed", make.signup(date)) is None
    assert written(app, "signup-confirmed", 999_999) is None


@pytest.mark.parametrize("kind", STATE_OF)
def test_what_is_no_longer_true_is_not_sent(
    app: Flask, make: Factory, date: int, kind: str
) -> None:
    signup = make.signup(date, email="ana@example.org", state=STATE_OF[kind])
    other = SignupState.SEATED if kind == "signup-cancelled" else SignupState.CANCELLED
    with app.app_context(), write() as session:
        session.get_one(Signup, signup).state = other
    assert written(app, kind, signup) is None


def test_of_a_deleted_event_only_its_end_is_told(app: Flask, make: Factory, date: int) -> None:
    signup = make.signup(date, email="ana@example.org")
    delete_of(app, date)
    mails = {kind: written(app, kind, signup) for kind in STATE_OF}
    assert {kind for kind, mail in mails.items() if mail} == {"event-cancelled", "date-cancelled"}
    assert "all later ones are cancelled" in mails["event-cancelled"].text
