"""Who came: marks as they came, records that stand, head counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, UTCDateTime
from events.rules.rollcall import AttendanceStatus


class AttendanceMark(Model):
    """One tap on a roll call, kept as it came. `id` is the phone's own."""

    __tablename__ = "attendance_mark"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[AttendanceStatus] = mapped_column(String(12))
    minutes: Mapped[int | None]
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class AttendanceRecord(Model):
    """What stands for one person at one date: the latest mark wins."""

    __tablename__ = "attendance_record"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    status: Mapped[AttendanceStatus] = mapped_column(String(12))
    minutes: Mapped[int | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    mark_id: Mapped[str] = mapped_column(ForeignKey("attendance_mark.id"))
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HeadCount(Model):
    """How many came to a date, without names."""

    __tablename__ = "head_count"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), primary_key=True)
    people: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
