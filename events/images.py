"""Pictures of events: taken in, freed of their metadata, made smaller, kept in the database."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from PIL import Image as Pillow
from PIL import ImageOps
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events import undo
from events.models import Event, EventStatus, Image, ImageFile, Visibility
from events.queries import PUBLIC
from people import audit
from people.audit import Actor

MOST_BYTES = 4_000_000
MOST_PIXELS = 40_000_000
LEAST_SIDE, MOST_SIDE = 16, 12_000
WIDTHS = (400, 800, 1600)
ACCEPTED = ("JPEG", "PNG", "WEBP", "GIF")
PAPER = (255, 252, 246)  # what shows through a transparent picture
TYPES = {"webp": "image/webp", "jpeg": "image/jpeg"}


class ImageRefusal(StrEnum):
    """Why a picture cannot be taken."""

    TOO_LARGE = "image-too-large"
    TOO_MANY_PIXELS = "image-too-many-pixels"
    NO_PICTURE = "image-unreadable"
    TOO_SMALL = "image-too-small"
    UNKNOWN_EVENT = "unknown-event"


@dataclass(frozen=True)
class Picture:
    """A picture ready to be kept: sizes in pixels, files by width and format."""

    digest: str
    width: int
    height: int
    files: dict[tuple[int, str], bytes]


def _opened(content: bytes) -> Pillow.Image | ImageRefusal:
    """The first frame, upright, without transparency or metadata."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            found = Pillow.open(io.BytesIO(content), formats=ACCEPTED)
            if max(found.size) > MOST_SIDE or found.width * found.height > MOST_PIXELS:
                return ImageRefusal.TOO_MANY_PIXELS
            if min(found.size) < LEAST_SIDE:
                return ImageRefusal.TOO_SMALL
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        return ImageRefusal.TOO_MANY_PIXELS
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):  # whatever a bad file raises
        return ImageRefusal.NO_PICTURE
    flat = Pillow.new("RGB", upright.size, PAPER)
    flat.paste(upright, mask=upright)
    return flat


def _encoded(picture: Pillow.Image, format_: str) -> bytes:
    out = io.BytesIO()
    more = {"progressive": True, "optimize": True} if format_ == "jpeg" else {"method": 4}
    picture.save(out, format_, quality=80, **more)
    return out.getvalue()


def read_picture(content: bytes) -> Picture | Refused:
    """A picture from a file of any accepted kind, told by its content and not by its name.

    It is turned upright and loses everything but its pixels: no place, camera or date is kept.
    """
    if len(content) > MOST_BYTES:
        return Refused(ImageRefusal.TOO_LARGE)
    whole = _opened(content)
    if isinstance(whole, ImageRefusal):
        return Refused(whole)
    files = {}
    for width in sorted({min(width, whole.width) for width in WIDTHS}):
        height = max(1, round(whole.height * width / whole.width))
        smaller = whole.resize((width, height), Pillow.Resampling.LANCZOS)
        for format_ in TYPES:
            files[width, format_] = _encoded(smaller, format_)
    largest = max(width for width, _format in files)
    height = max(1, round(whole.height * largest / whole.width))
    digest = hashlib.sha256(files[largest, "jpeg"]).hexdigest()[:32]
    return Picture(digest, largest, height, files)


def _kept(session: Session, picture: Picture, now: datetime) -> Image:
    known = session.scalar(select(Image).where(Image.digest == picture.digest))
    if known is not None:
        return known
    image = Image(digest=picture.digest, width=picture.width, height=picture.height, created_at=now)
    session.add(image)
    session.flush()
    for (width, format_), content in picture.files.items():
        session.add(ImageFile(image_id=image.id, width=width, format=format_, content=content))
    return image


def set_picture(
    event_id: int, picture: Picture | None, alt: str, *, by: Actor, now: datetime
) -> int | Refused:
    """Operation: give an event a picture, or with None take it away; the change, for undoing.

    What the picture shows is said in `alt` for those who do not see it.
    """
    with write() as session:
        event = hold(Event, event_id)
        if event is None:
            return Refused(ImageRefusal.UNKNOWN_EVENT)
        kept = undo.remember("edit", session, event_id=event_id, events=[event_id], by=by, now=now)
        image = _kept(session, picture, now) if picture else None
        event.image_id = image.id if image else None
        event.image_alt = alt if image else ""
        event.updated_at = now
        audit.record("edit", "event", event_id, by=by, now=now, fields="image")
        touch()
        return undo.keep(kept, session)


def describe_picture(event_id: int, alt: str, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: other words for what an event's picture shows."""
    with write():
        event = hold(Event, event_id)
        if event is None:
            return Refused(ImageRefusal.UNKNOWN_EVENT)
        if event.image_id is None or event.image_alt == alt:
            return False
        event.image_alt = alt
        event.updated_at = now
        audit.record("edit", "event", event_id, by=by, now=now, fields="image_alt")
        touch()
        return True


def drop_unused(before: datetime) -> int:
    """Operation: pictures that no event has any more go, once they are older than a moment that
    no undoing reaches back to; how many."""
    with write() as session:
        used = select(Event.image_id).where(Event.image_id.is_not(None))
        idle = list(
            session.scalars(
                select(Image.id).where(Image.id.not_in(used), Image.created_at < before)
            )
        )
        session.execute(delete(ImageFile).where(ImageFile.image_id.in_(idle)))
        session.execute(delete(Image).where(Image.id.in_(idle)))
        return len(idle)


def image_file(digest: str, width: int, format_: str) -> tuple[bytes, datetime] | None:
    """One rendition of a picture and when it was made, or None."""
    found = db.session.execute(
        select(ImageFile.content, Image.created_at)
        .join(Image, Image.id == ImageFile.image_id)
        .where(Image.digest == digest, ImageFile.width == width, ImageFile.format == format_)
    ).first()
    return (found[0], found[1]) if found else None


def is_shown(digest: str, *, signed_in: bool) -> bool:
    """Whether a picture belongs to an event that everyone, or whoever is signed in, may see."""
    members = (Event.status == EventStatus.PUBLISHED) & (Event.visibility == Visibility.SIGNED_IN)
    seen = or_(PUBLIC, members) if signed_in else PUBLIC
    found = select(Event.id).join(Image, Image.id == Event.image_id)
    return db.session.scalar(found.where(Image.digest == digest, seen).limit(1)) is not None
