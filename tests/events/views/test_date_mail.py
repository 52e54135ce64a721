"""Mail about dates that were cancelled, moved or restored: one for each press, with invitations."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from core.db import db
from events.bulk import BulkDone, Shift
from events.models import Occurrence
from events.views.messages import RENDERERS
from people import delivery
from people.audit import SYSTEM
from people.delivery import Sender
from people.mail import Folder, Mail, compose
from people.models import Delivery, OutboxMessage, Wording
from tests.events.orders import cancel_many, move_many, restore_many
from tests.factory import Factory

NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(minutes=11)
TITLE = "Relapse Prevention Circle"
FROM = {"sender_name": "Groundswell", "sender": "hello@example.org", "message_id": "<1@x>"}


@pytest.fixture
def week(app: Flask, make: Factory) -> list[int]:
    """Two dates of a weekly series and one of another event."""
    monday = NOW.date() + timedelta(days=14 - NOW.weekday())
    event = make.event(TITLE, venue_id=make.venue())
    series = make.series(event, starts_on=monday, uid="weekly", start_time=time(18, 30))
    first = datetime.combine(monday, time(18, 30)).replace(tzinfo=UTC) + timedelta(hours=8)
    starts = [first, first + timedelta(days=7)]
    ids = [make.occurrence(event, one, series_id=series) for one in starts]
    other = make.occurrence(make.event("Choir"), first + timedelta(days=1), uid="single")
    return [*ids, other]


def sent(app: Flask) -> list[Mail]:
    """What the worker sends when everything is due."""
    with app.app_context():
        kept: list[Mail] = []

        def keeping(kind: str):
            def render(about_id: int) -> Mail | None:
                mail = RENDERERS[kind](about_id)
                kept.extend([mail] if mail else [])
                return mail

            return render

        folder = Folder(f"{app.instance_path}/test-mail")
        renderers = {kind: keeping(kind) for kind in RENDERERS}
        sender = Sender("Groundswell", "hello@example.org")
        for number in delivery.claim(LATER):
            delivery.deliver(number, renderers=renderers, postbox=folder, sender=sender, now=LATER)
        return kept


@pytest.fixture(autouse=True)
def own_folder(app: Flask, tmp_path) -> None:
    app.instance_path = str(tmp_path)


def cancelled(app: Flask, ids: list[int]) -> BulkDone:
    with app.app_context():
        done = cancel_many(ids, "Hurricane", by=SYSTEM, now=NOW)
        assert isinstance(done, BulkDone)
        return done


def calendars(mail: Mail) -> list[tuple[str, Calendar]]:
    return [(one.method, Calendar.from_ical(one.body)) for one in mail.invitations]


def test_whoever_is_on_three_dates_gets_one_mail(app: Flask, make: Factory, week) -> None:
    ana = make.person("Ana", email="ana@example.org")
    for one in week:
        make.signup(one, person_id=ana)
    make.signup(week[0], "Ben", email="ben@example.org")
    cancelled(app, week)
    mails = sent(app)
    assert sorted(one.to for one in mails) == ["ana@example.org", "ben@example.org"]
    (mail,) = (one for one in mails if one.to == "ana@example.org")
    assert "These appointments are cancelled:" in mail.text
    assert mail.text.count("http://localhost/signups/") == 3
    assert mail.subject == "Your appointments"
    everything = mail.subject + mail.text + (mail.html or "")
    for word in (TITLE, "Choir", "Hurricane", "Harbor Hall"):
        assert word not in everything
    assert [method for method, _ in calendars(mail)] == ["CANCEL", "CANCEL"]
    with app.app_context():
        states = sorted(str(one) for one in db.session.scalars(select(OutboxMessage.state)))
    assert states == ["dropped", "dropped", "sent", "sent"]


def test_full_wording_says_what_and_why(app: Flask, make: Factory, week) -> None:
    ana = make.person("Ana", email="ana@example.org", wording=Wording.FULL)
    for one in week:
        make.signup(one, person_id=ana)
    cancelled(app, week)
    (mail,) = sent(app)
    assert TITLE in mail.text and "Choir" in mail.text and "Hurricane" in mail.text


def test_who_gave_one_place_back_hears_of_the_others_only(app: Flask, make: Factory, week) -> None:
    ana = make.person("Ana", email="ana@example.org")
    for one in week[:2]:
        make.signup(one, person_id=ana)
    cancelled(app, week)
    with app.app_context():
        restore_many(week[:1], by=SYSTEM, now=NOW)
    (mail,) = sent(app)
    assert mail.text.count("http://localhost/signups/") == 1


def test_a_mail_that_has_to_be_tried_again_still_names_all(app: Flask, make: Factory, week) -> None:
    ana = make.person("Ana", email="ana@example.org")
    signups = [make.signup(one, person_id=ana) for one in week]
    cancelled(app, week)
    with app.app_context():
        first, *others = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        assert [RENDERERS[one.kind](one.about_id) for one in others] == [None, None]
        for one in others:
            one.state = Delivery.DROPPED
        db.session.commit()
        mail = RENDERERS[first.kind](signups[0])
    assert mail is not None
    assert mail.text.count("http://localhost/signups/") == 3


def test_a_cancelled_date_of_a_series_leaves_the_calendar(app: Flask, make: Factory, week) -> None:
    make.signup(week[0], "Ana", email="ana@example.org")
    cancelled(app, week[:1])
    (mail,) = sent(app)
    ((method, calendar),) = calendars(mail)
    (event,) = calendar.walk("VEVENT")
    assert method == calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["STATUS"]) == ("weekly", "CANCELLED")
    with app.app_context():
        stored = db.session.get_one(Occurrence, week[0])
        assert event["RECURRENCE-ID"].dt.strftime("%Y-%m-%dT%H%M") == stored.key
        assert event["SEQUENCE"] == 2 * stored.sequence + 1
    assert event["SUMMARY"] == "Your Monday appointment"
    assert "LOCATION" not in event
    assert str(event["ATTENDEE"]) == "mailto:ana@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert str(event["ORGANIZER"]) == f"mailto:{app.config['MAIL_FROM']}"


def test_a_moved_date_is_an_updated_invitation(app: Flask, make: Factory, week) -> None:
    ana = make.person("Ana", email="ana@example.org", wording=Wording.FULL)
    make.signup(week[2], person_id=ana)
    with app.app_context():
        move_many(week[2:], Shift(days=1, minutes=30), by=SYSTEM, now=NOW)
    (mail,) = sent(app)
    ((method, calendar),) = calendars(mail)
    (event,) = calendar.walk("VEVENT")
    assert method == "REQUEST"
    assert (event["UID"], event["SUMMARY"], event["SEQUENCE"]) == ("single", "Choir", 2)
    assert "RECURRENCE-ID" not in event
    with app.app_context():
        assert event["DTSTART"].dt == db.session.get_one(Occurrence, week[2]).starts_at


def test_a_date_moved_past_its_neighbour_has_a_uid_of_its_own(
    app: Flask, make: Factory, week
) -> None:
    make.signup(week[0], "Ana", email="ana@example.org")
    with app.app_context():
        move_many(week[:1], Shift(days=9), by=SYSTEM, now=NOW)
        key = db.session.get_one(Occurrence, week[0]).key
    (mail,) = sent(app)
    ((_method, calendar),) = calendars(mail)
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == f"weekly-{key}"
    assert "RECURRENCE-ID" not in event


def test_the_calendar_part_is_where_programs_look(app: Flask, make: Factory, week) -> None:
    make.signup(week[0], "Ana", email="ana@example.org")
    cancelled(app, week[:1])
    (mail,) = sent(app)
    whole = message_from_bytes(bytes(compose(mail, **FROM)), policy=policy.default)
    kinds = [(one.get_content_type(), one.get_param("method")) for one in whole.walk()]
    assert kinds == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", "CANCEL"),
        ("text/calendar", "CANCEL"),
    ]
    assert [one.get_filename() for one in whole.iter_attachments()] == ["invite.ics"]
    inline = next(one for one in whole.walk() if one.get_content_type() == "text/calendar")
    assert "METHOD:CANCEL" in inline.get_content()
