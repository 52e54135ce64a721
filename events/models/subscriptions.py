"""Calendars that belong to one person: secret links to their own dates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Held, Model, UTCDateTime
from people.models import Wording


class FeedScope(StrEnum):
    """Whose dates a personal feed shows."""

    ME = "me"  # what its owner signed up for
    TEAM = "team"  # what its owner leads


class PersonalFeed(Held, Model):
    """A link that one device subscribes to; whoever has its address can read it.

    Only `token_hash`, the SHA-256 of the address' secret in hex, is looked up; `nonce` lets the
    owner be shown the address again. `language` and the settings below it are its owner's choice,
    last made at `updated_at`; `reminder_minutes` None is no reminder. `last_used_on` is a local day
    of the program, never an hour. `digest` is the SHA-256 in hex of what was last given out,
    `changed_at` when it last differed from what was given out before.
    """

    __tablename__ = "personal_feed"
    __table_args__ = (
        CheckConstraint(
            "reminder_minutes IS NULL OR reminder_minutes > 0", name="reminder_before_start"
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scope: Mapped[FeedScope] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(43))
    language: Mapped[str] = mapped_column(String(5), default="en")
    wording: Mapped[Wording] = mapped_column(String(10), default=Wording.DISCREET)
    busy_only: Mapped[bool] = mapped_column(default=False)
    reminder_minutes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_on: Mapped[date | None]
    digest: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
