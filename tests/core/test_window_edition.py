"""The edition rises with its transaction, and every process hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from core.db import db, write
from core.window import Edition, touch
from core.window.edition import Editions, Reading, editions
from tests.core.window_site import make_app, prepare
from tests.servers import Postgres


def number(given: Editions) -> int:
    reading = given.read()
    assert reading is not None
    return reading.number


def within(seconds: float, seen: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'site.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    app = make_app(url)
    prepare(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def reader(site: Flask) -> Iterator[Editions]:
    given = editions(db.engine)
    yield given
    given.close()


def test_it_begins_at_nothing_and_rises_by_one(reader: Editions) -> None:
    assert number(reader) == 0
    for expected in (1, 2, 3):
        with write():
            touch()
        assert number(reader) == expected
    assert db.session.get(Edition, 1).number == 3


def test_it_is_not_seen_before_the_commit_nor_after_a_rollback(reader: Editions) -> None:
    with write():
        touch()
    with write():
        touch()
        assert number(reader) == 1
    assert number(reader) == 2
    with pytest.raises(ZeroDivisionError), write():
        touch()
        _ = 1 / 0
    assert number(reader) == 2
    with write():  # what was undone before must not count now
        db.session.execute(text("UPDATE words SET said = 'other'"))
    time.sleep(0.05)
    assert number(reader) == 2


def test_undoing_a_part_undoes_its_touch(reader: Editions) -> None:
    with write() as session:
        inner = session.begin_nested()
        touch()
        inner.rollback()
    assert number(reader) == 0
    with write() as session:
        with session.begin_nested():
            touch()
        assert number(reader) == 0
    assert number(reader) == 1


def test_outside_a_write_it_is_refused(site: Flask) -> None:
    with pytest.raises(RuntimeError, match="inside write"):
        touch()


def test_other_processes_hear_of_it_within_a_second(site: Flask, reader: Editions) -> None:
    assert number(reader) == 0
    # A connection that is not this program's own: no session, so nothing is announced in process.
    with db.engine.begin() as other:
        other.execute(text("INSERT INTO edition (id, number) VALUES (1, 7)"))
        if db.engine.dialect.name == "postgresql":
            other.execute(text("SELECT pg_notify('groundswell_edition', '7')"))
    assert within(0.5, lambda: number(reader) == 7)
    with db.engine.begin() as silent:
        silent.execute(text("UPDATE edition SET number = 8"))
    assert within(1.5, lambda: number(reader) == 8)


def test_without_a_database_nothing_is_known(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    app = make_app(f"sqlite:///{missing}")
    with app.app_context():
        reader = editions(db.engine)
        assert reader.read() is None
        assert not missing.exists()
        prepare(app)  # now it is there, without a restart
        assert reader.read() == Reading(0, 0)
        reader.close()
        db.engine.dispose()


def test_a_backup_put_back_begins_a_generation(tmp_path: Path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'site.db'}")
    prepare(app)
    with app.app_context():
        reader = editions(db.engine)
        for _ in range(5):
            with write():
                touch()
        assert reader.read() == Reading(0, 5)
        with db.engine.begin() as restored:
            restored.execute(text("UPDATE edition SET number = 3"))
        assert reader.read() == Reading(1, 3)
        with write():
            touch()
        assert reader.read() == Reading(1, 4)
        reader.close()
        db.session.remove()
        db.engine.dispose()


def test_while_postgresql_is_out_of_reach_nothing_is_kept(postgres: Postgres) -> None:
    url = postgres.create_database()
    app = make_app(url)
    prepare(app)
    with app.app_context():
        reader = editions(db.engine)
        assert number(reader) == 0
        db.engine.dispose()
        postgres.drop_database(url)
        assert within(5, lambda: reader.read() is None)
        reader.close()
