"""Pictures of events, kept in the database so that every host and every backup has them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, UTCDateTime


class Image(Model):
    """A picture without its metadata. `digest` names it in addresses; sizes are in pixels."""

    __tablename__ = "image"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ImageFile(Model):
    """One rendition of a picture: a width and a format, `webp` or `jpeg`."""

    __tablename__ = "image_file"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)
    format: Mapped[str] = mapped_column(String(4), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
