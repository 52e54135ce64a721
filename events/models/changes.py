"""What the desk did lately and can take back, and the files it was given to import."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Held, Model, UTCDateTime


class Change(Held, Model):
    """A change of the desk that can be undone for ten minutes.

    `verb` is the audit verb. `before` holds the rows as they were, by table, `made` the ids of
    rows it added, `messages` the outbox messages it owed. `event_id` is None when it touched many.
    """

    __tablename__ = "change"

    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verb: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[int | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    made: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    messages: Mapped[list[int]] = mapped_column(JSON, default=list, deferred=True)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Upload(Held, Model):
    """A file given to the desk to import: kept between its plan, its application and its undoing.

    `format` is `ics`, `meetings` or `table`; `columns` maps a table's columns to our fields.
    `report` is what the plan or the application said, `made` and `before` what undoing needs.
    """

    __tablename__ = "upload"

    token: Mapped[str] = mapped_column(String(43), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    made: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
