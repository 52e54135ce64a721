"""Mail that is owed arrives once, over a real SMTP server, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

import worker
from app import create_app
from core.db import db, write
from events.models import Occurrence, Signup
from events.signups import Request, Signed, cancel, sign_up
from people.audit import VISITOR
from people.delivery import claim, wait_before
from people.models import Delivery, OutboxMessage, Person, Wording
from tests.conftest import SETTINGS
from tests.factory import Factory
from tests.servers import Mailbox

NOW = datetime.now(UTC)


@pytest.fixture
def posting(sqlite_url: str, smtp: Mailbox) -> Flask:
    """The application with the real SMTP server as its way out."""
    smtp.reset()
    settings = {"DATABASE_URL": sqlite_url, "MAIL_URL": smtp.url, "MAIL_FROM": "desk@example.org"}
    return create_app(SETTINGS | settings)


def ask(app: Flask, date_id: int, name: str = "Ana", language: str = "en") -> Signed:
    """Sign someone up with an address of their own."""
    with app.app_context():
        address = f"{name.lower()}@example.org"
        request = Request(name, address, 0, "", language, (f"press {name}",))
        signed = sign_up(date_id, request, by=VISITOR, now=NOW)
        assert isinstance(signed, Signed)
        return signed


def deliver(app: Flask) -> None:
    with app.app_context():
        worker.deliver_due(app)
        db.session.remove()


def states(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


def test_a_confirmation_gives_nothing_away(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    date_id = make.occurrence(make.event("Relapse prevention", slug="relapse"))
    signed = ask(posting, date_id)
    deliver(posting)
    [delivery] = smtp.wait_for(1)
    message = delivery.message
    assert delivery.recipients == ("ana@example.org",)
    assert message["Subject"].startswith("Your ")
    assert message["Subject"].endswith(" appointment")
    assert message["From"] == "Appointments <desk@example.org>"
    everything = message.as_string().lower()
    for word in ("relapse", "recovery", "groundswell", "group"):
        assert word not in everything, word
    assert f"/signups/{signed.token}/" in message.get_body(("plain",)).get_content()
    assert states(posting) == [Delivery.SENT]


def test_full_wording_is_a_choice_and_spanish_is_spanish(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    date_id = make.occurrence(make.event("Nueva Marea"))
    ask(posting, date_id, language="es")
    with posting.app_context(), write() as session:
        session.scalars(select(Person)).one().wording = Wording.FULL
    deliver(posting)
    [delivery] = smtp.wait_for(1)
    assert delivery.message["Subject"] == "Nueva Marea"
    assert "/es/signups/" in delivery.message.get_body(("plain",)).get_content()


def test_whoever_moves_up_is_told_and_no_address_is_no_mail(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    date_id = make.occurrence(make.event(capacity=1))
    first = ask(posting, date_id, "Ana")
    ask(posting, date_id, "Bo")
    deliver(posting)
    smtp.wait_for(2)
    with posting.app_context():
        with write() as session:
            session.scalars(select(Person).where(Person.name == "Ana")).one().email = None
        assert cancel(first.token, by=VISITOR, now=NOW) is True
    deliver(posting)
    deliveries = smtp.wait_for(3)
    assert deliveries[2].recipients == ("bo@example.org",)
    assert "came free" in deliveries[2].message.get_body(("plain",)).get_content()
    assert Delivery.DROPPED in states(posting)


def test_what_is_no_longer_true_is_not_sent(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    signed = ask(posting, make.occurrence(make.event()))
    with posting.app_context():
        cancel(signed.token, by=VISITOR, now=NOW)
    deliver(posting)
    [delivery] = smtp.wait_for(1)
    assert "given back" in delivery.message.get_body(("plain",)).get_content()
    assert states(posting) == [Delivery.DROPPED, Delivery.SENT]


def test_a_passing_refusal_is_tried_again_later(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    ask(posting, make.occurrence(make.event()))
    smtp.refuse_for_now()
    deliver(posting)
    assert states(posting) == [Delivery.WAITING]
    deliver(posting)
    smtp.reset()
    with posting.app_context(), write() as session:
        row = session.scalars(select(OutboxMessage)).one()
        assert row.attempts == 1, "not before its time"
        row.send_after = NOW - timedelta(minutes=1)
    deliver(posting)
    assert len(smtp.wait_for(1)) == 1
    assert [wait_before(n).total_seconds() for n in (1, 2, 3, 20)] == [60, 120, 240, 14_400]


def test_a_final_refusal_is_kept_for_the_desk(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    date_id = make.occurrence(make.event())
    ask(posting, date_id, "Ana")
    ask(posting, date_id, "Bo")
    smtp.refuse_recipient("ana@example.org")
    deliver(posting)
    assert len(smtp.wait_for(1)) == 1
    assert sorted(states(posting)) == [Delivery.FAILED, Delivery.SENT]


def test_no_mail_server_loses_nothing(sqlite_url: str) -> None:
    app = create_app(SETTINGS | {"DATABASE_URL": sqlite_url, "MAIL_URL": "smtp://127.0.0.1:1"})
    make = Factory(app)
    ask(app, make.occurrence(make.event()))
    deliver(app)
    assert states(app) == [Delivery.WAITING]


def test_two_workers_never_take_the_same_message(both_databases: Flask) -> None:
    make = Factory(both_databases)
    date_id = make.occurrence(make.event())
    for number in range(5):
        ask(both_databases, date_id, f"Person{number}")
    with both_databases.app_context():
        assert len(claim(NOW)) == 5
        assert claim(NOW) == []
        assert len(claim(NOW + timedelta(minutes=6))) == 5, "a dead worker's messages come back"


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_a_killed_worker_sends_nothing_twice(
    posting: Flask, smtp: Mailbox, sqlite_url: str, delay: float
) -> None:
    make = Factory(posting)
    date_id = make.occurrence(make.event())
    for number in range(4):
        ask(posting, date_id, f"Person{number}")
    smtp.be_slow(0.4)
    env = os.environ | SETTINGS | {"DATABASE_URL": sqlite_url, "MAIL_URL": smtp.url}
    command = [sys.executable, "-m", "flask", "work"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        smtp.wait_for(1, seconds=30)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    time.sleep(0.8)
    smtp.be_slow(0)
    with posting.app_context(), write() as session:
        for row in session.scalars(select(OutboxMessage)):
            if row.lease_until:
                row.lease_until = NOW - timedelta(minutes=1)
    deliver(posting)
    recipients = [one.recipients for one in smtp.deliveries]
    assert len(recipients) == len(set(recipients)), "sent twice"
    left = states(posting)
    uncertain = left.count(Delivery.HANDING_OVER)
    assert uncertain <= 1, "only the message in hand is left to a human"
    assert left.count(Delivery.SENT) + uncertain == 4


def test_the_roster_knows_nothing_of_the_mail(posting: Flask, smtp: Mailbox) -> None:
    make = Factory(posting)
    ask(posting, make.occurrence(make.event()))
    smtp.refuse_for_good()
    deliver(posting)
    with posting.app_context():
        assert db.session.scalar(select(Signup.state)) == "seated"
        assert db.session.scalar(select(Occurrence.version)) == 1
