"""Writing what is good to know, when nobody else is writing."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from core.db import db, write_if_free
from people.models import Person
from tests.factory import Factory


def test_it_is_written_or_given_up_soon(both_databases: Flask) -> None:
    person = Factory(both_databases).person("Sam")
    change = update(Person).where(Person.id == person).values(title="Neighbor")
    with both_databases.app_context():
        with db.engine.connect() as other:
            other.execute(text("UPDATE person SET version = version + 1"))  # and no commit yet
            began = time.monotonic()
            with pytest.raises(SQLAlchemyError):
                write_if_free(change)
            assert time.monotonic() - began < 5
            other.rollback()
        write_if_free(change)
        assert db.session.scalar(select(Person.title)) == "Neighbor"


def test_the_connection_waits_as_long_as_before_for_others(app: Flask, make: Factory) -> None:
    make.person("Sam")
    with app.app_context():
        write_if_free(update(Person).values(title="Neighbor"))
        with db.engine.connect() as connection:
            assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 15_000
