"""Reads of the curriculum room."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core.db import db
from curriculum.models import Course, Credit


def all_courses() -> Sequence[Course]:
    """Every course, by title."""
    return db.session.scalars(select(Course).order_by(Course.title, Course.id)).all()


def course_by_code(code: str) -> Course | None:
    """The course of that code, or None."""
    return db.session.scalar(select(Course).where(Course.code == code))


def minutes_by_course(person_id: int) -> dict[int, int]:
    """What a person has earned: minutes by course id, for courses with any."""
    rows = db.session.execute(
        select(Credit.course_id, func.sum(Credit.minutes))
        .where(Credit.person_id == person_id)
        .group_by(Credit.course_id)
    )
    return {course_id: int(minutes) for course_id, minutes in rows}
