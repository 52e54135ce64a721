"""Two hundred people want fifty seats at once: fifty get one, the others a place in line.

The same race in one process with the lock off shows that the lock is what keeps it right.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db, write
from events import signups
from events.models import Event, Occurrence, Signup, SignupState
from events.rules import seating
from events.signups import Request, sitting_of
from people.audit import VISITOR
from tests.factory import Factory
from tests.live import live_server

PEOPLE, SEATS, RACERS = 200, 50, 8
STANDING = re.compile(r'<main[^>]* data-state="(\w+)"(?: data-position="(\d+)")?')


def together(tasks: list[Callable[[], object]]) -> list[object]:
    """Run every task in a thread of its own, all beginning at the same moment."""
    barrier = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.fixture
def room(both_databases: Flask) -> tuple[Flask, int, str]:
    """The application, a date with fifty seats, and the path of its sign-up."""
    make = Factory(both_databases)
    date_id = make.occurrence(make.event(slug="rush", capacity=SEATS))
    with both_databases.app_context():
        key = db.session.get_one(Occurrence, date_id).key
    return both_databases, date_id, f"/events/rush/{key}/signup"


def press(base: str, path: str, name: str, **more: str) -> httpx.Response:
    with httpx.Client(timeout=60, trust_env=False, verify=False) as browser:
        return browser.post(base + path, data={"name": name, **more})


def test_two_hundred_race_for_fifty_seats(room: tuple[Flask, int, str], database_url: str) -> None:
    _app, _date, path = room
    with live_server({"DATABASE_URL": database_url}) as base:
        answers = together(
            [lambda n=n: press(base, path, f"Person {n}") for n in range(PEOPLE)]  # type: ignore[misc]
        )
        assert Counter(one.status_code for one in answers) == {303: PEOPLE}
        pages = {one.headers["location"] for one in answers}
        assert len(pages) == PEOPLE, "somebody was given another's place"
        with httpx.Client(timeout=60, trust_env=False) as reader:
            found = [STANDING.search(reader.get(base + page).text) for page in pages]
    states = [one.groups() for one in found if one]
    assert states.count(("seated", None)) == SEATS
    positions = sorted(int(place) for state, place in states if state == "queued")
    assert positions == list(range(1, PEOPLE - SEATS + 1))


def test_twenty_presses_of_one_button_are_one_sign_up(
    room: tuple[Flask, int, str], database_url: str
) -> None:
    app, date_id, path = room
    with live_server({"DATABASE_URL": database_url}) as base:
        answers = together(
            [lambda: press(base, path, "Sam", press="the same press") for _ in range(20)]
        )
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["location"] for one in answers}) == 1
    with app.app_context():
        count = select(func.count(Signup.id)).where(Signup.occurrence_id == date_id)
        assert db.session.scalar(count) == 1


def asking(app: Flask, date_id: int, number: int) -> object:
    request = Request(f"Person {number}", None, 0, "", "en", (f"press {number}",))
    with app.app_context():
        try:
            return signups.sign_up(date_id, request, by=VISITOR, now=datetime.now(UTC))
        finally:
            db.session.remove()


def limit(app: Flask, date_id: int, capacity: int) -> None:
    with app.app_context(), write() as session:
        session.get_one(Occurrence, date_id).capacity = capacity


def race_for_one_seat(app: Flask, date_id: int) -> Counter[str]:
    limit(app, date_id, 1)
    together([lambda n=n: asking(app, date_id, n) for n in range(RACERS)])  # type: ignore[misc]
    with app.app_context():
        states = select(Signup.state).where(Signup.occurrence_id == date_id)
        return Counter(map(str, db.session.scalars(states)))


def test_with_the_lock_one_of_eight_gets_the_seat(room: tuple[Flask, int, str]) -> None:
    app, date_id, _path = room
    assert race_for_one_seat(app, date_id) == {"seated": 1, "queued": RACERS - 1}


def test_without_the_lock_the_seat_is_given_out_eight_times(
    room: tuple[Flask, int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, date_id, _path = room
    everyone_has_read = threading.Barrier(RACERS, timeout=20)
    waited = threading.local()

    @contextmanager
    def unguarded() -> Iterator[Session]:
        session = db.session()
        session.expire_on_commit = False
        yield session
        session.commit()

    def read_and_let_go(occurrence: Occurrence, event: Event) -> seating.Sitting:
        sitting = sitting_of(occurrence, event)
        if not hasattr(waited, "once"):
            waited.once = True
            db.session.commit()  # the read ends here, so SQLite lets all of them write later
            everyone_has_read.wait()
        return sitting

    with monkeypatch.context() as off:
        off.setattr(signups, "write", unguarded)
        off.setattr(signups, "hold", lambda model, row_id: db.session.get(model, row_id))
        off.setattr(signups, "sitting_of", read_and_let_go)
        off.setattr(signups, "_word", lambda *_: "open")
        assert race_for_one_seat(app, date_id) == {"seated": RACERS}


def test_a_seat_given_back_while_others_sign_up_is_not_lost(room: tuple[Flask, int, str]) -> None:
    app, date_id, _path = room
    limit(app, date_id, 10)
    first = [asking(app, date_id, number) for number in range(15)]

    def give_back(token: str) -> object:
        with app.app_context():
            answer = signups.cancel(token, by=VISITOR, now=datetime.now(UTC))
            db.session.remove()
            return answer

    together(
        [lambda one=one: give_back(one.token) for one in first[:8]]  # type: ignore[misc]
        + [lambda n=n: asking(app, date_id, n) for n in range(100, 108)]  # type: ignore[misc]
    )
    with app.app_context():
        standing = db.session.execute(
            select(Signup.id, Signup.state)
            .where(Signup.occurrence_id == date_id)
            .order_by(Signup.id)
        ).all()
    live = [state for _id, state in standing if state != SignupState.CANCELLED]
    assert live.count(SignupState.SEATED) == 10
    assert live == [SignupState.SEATED] * 10 + [SignupState.QUEUED] * (len(live) - 10)
