"""Credits settle to what the evidence is worth, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, write
from curriculum.credits import settle
from curriculum.models import Credit
from curriculum.queries import minutes_by_course
from tests.factory import Factory

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def learner(both_databases: Flask) -> Iterator[tuple[int, int, int]]:
    """A person and two courses."""
    make = Factory(both_databases)
    with both_databases.app_context():
        yield make.person("Ana"), make.course("ONE"), make.course("TWO")


def earn(person: int, course: int, evidence: str, minutes: int, at: datetime = NOW) -> None:
    with write():
        settle(person, course, evidence, minutes, earned_at=at)


def test_settling_twice_changes_nothing(learner: tuple[int, int, int]) -> None:
    person, course, _ = learner
    earn(person, course, "occurrence:1", 90)
    before = db.session.scalars(select(Credit.id)).all()
    earn(person, course, "occurrence:1", 90)
    assert db.session.scalars(select(Credit.id)).all() == before
    assert minutes_by_course(person) == {course: 90}


def test_settling_again_corrects_and_zero_removes(learner: tuple[int, int, int]) -> None:
    person, course, other = learner
    earn(person, course, "occurrence:1", 90)
    earn(person, course, "occurrence:2", 60)
    earn(person, other, "occurrence:1", 30)
    earn(person, course, "occurrence:1", 45, NOW + timedelta(days=1))
    assert minutes_by_course(person) == {course: 105, other: 30}
    moments = db.session.scalars(select(Credit.earned_at).where(Credit.minutes == 45)).all()
    assert moments == [NOW + timedelta(days=1)]
    earn(person, course, "occurrence:1", 0)
    earn(person, course, "occurrence:1", 0)
    earn(person, other, "occurrence:1", 0)
    assert minutes_by_course(person) == {course: 60}


def test_a_credit_settled_twice_in_one_transaction_is_one(learner: tuple[int, int, int]) -> None:
    person, course, _ = learner
    with write():
        settle(person, course, "occurrence:1", 90, earned_at=NOW)
        settle(person, course, "occurrence:1", 80, earned_at=NOW)
    assert minutes_by_course(person) == {course: 80}


def test_time_owed_is_no_credit(learner: tuple[int, int, int]) -> None:
    person, course, _ = learner
    with pytest.raises(ValueError, match="-1 minutes"):
        earn(person, course, "occurrence:1", -1)
    assert minutes_by_course(person) == {}
