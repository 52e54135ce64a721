"""Where: venues, their rooms, and when they are closed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Held, Model, UTCDateTime


class Venue(Held, Model):
    """A place. `approximate` says that the address names no door (an online group's town).

    `access` holds short codes, `transit` the lines that stop nearby, `access_notes` what the
    codes cannot say.
    """

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(100), default="", index=True)
    region: Mapped[str] = mapped_column(String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    approximate: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(String(64))
    capacity: Mapped[int | None]
    directions: Mapped[str] = mapped_column(Text, default="")
    access: Mapped[list[str]] = mapped_column(JSON, default=list)
    access_notes: Mapped[str] = mapped_column(String(500), default="", server_default="")
    transit: Mapped[str] = mapped_column(String(300), default="", server_default="")
    source: Mapped[str | None] = mapped_column(String(80))
    source_id: Mapped[str | None] = mapped_column(String(120))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    rooms: Mapped[list[Room]] = relationship(order_by="Room.name", back_populates="venue")


class Room(Model):
    """A room of a venue; only one thing at a time can take place in it."""

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("venue_id", "name"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    name: Mapped[str] = mapped_column(String(100))
    capacity: Mapped[int | None]

    venue: Mapped[Venue] = relationship(back_populates="rooms")


class Closure(Held, Model):
    """A venue, or with none the whole program, is closed from one local day to another.

    Its dates are cancelled in its name and come back when it is lifted or shortened.
    """

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="ends_after_start"),)

    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    venue: Mapped[Venue | None] = relationship()
