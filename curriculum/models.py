"""Courses and the credits people earn toward them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Held, Model, UTCDateTime


class Course(Held, Model):
    """Something that is taught; `minutes` is what attending all of it is worth."""

    __tablename__ = "course"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    code: Mapped[str] = mapped_column(String(30), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    objectives: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int]


class Credit(Model):
    """Minutes earned toward a course by one opaque piece of evidence."""

    __tablename__ = "credit"
    __table_args__ = (UniqueConstraint("person_id", "course_id", "evidence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    evidence: Mapped[str] = mapped_column(String(80))
    minutes: Mapped[int]
    earned_at: Mapped[datetime] = mapped_column(UTCDateTime)
