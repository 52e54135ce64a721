"""A picture is taken in as it looks, and with nothing but how it looks."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image as Pillow
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.images import (
    MOST_BYTES,
    ImageRefusal,
    Picture,
    drop_unused,
    image_file,
    read_picture,
    set_picture,
)
from events.models import Event, Image, ImageFile, Visibility
from events.undo import undo
from people.audit import SYSTEM
from people.models import Role
from tests.factory import Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
ORIENTATION, GPS = 0x0112, 0x8825


def photo(width: int = 900, height: int = 600, format_: str = "JPEG", **more: object) -> bytes:
    image = Pillow.linear_gradient("L").resize((width, height)).convert("RGB")
    out = io.BytesIO()
    image.save(out, format_, **more)
    return out.getvalue()


def from_a_phone() -> bytes:
    """Held upright, so stored sideways; it knows where it was taken."""
    exif = Pillow.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (33.0, 39.0, 36.0)
    return photo(exif=exif, comment=b"Harbor Hall")


def taken(content: bytes) -> Picture:
    made = read_picture(content)
    assert isinstance(made, Picture), made
    return made


def test_where_and_when_it_was_taken_is_gone_and_it_stands_upright() -> None:
    before = Pillow.open(io.BytesIO(from_a_phone()))
    assert before.getexif().get_ifd(GPS)
    made = taken(from_a_phone())
    assert (made.width, made.height) == (600, 900)
    for content in made.files.values():
        after = Pillow.open(io.BytesIO(content))
        assert not after.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(after.info)
        assert b"Harbor" not in content


def test_it_comes_in_three_widths_and_two_formats() -> None:
    made = taken(photo(3000, 1500))
    assert set(made.files) == {
        (width, format_) for width in (400, 800, 1600) for format_ in ("webp", "jpeg")
    }
    assert (made.width, made.height) == (1600, 800)
    small = taken(photo(300, 200))
    assert {width for width, _format in small.files} == {300}


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_common_kind_is_read_by_its_content(format_: str) -> None:
    assert taken(photo(format_=format_)).width == 800 or taken(photo(format_=format_)).width == 900


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", ImageRefusal.NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ImageRefusal.NO_PICTURE),
        (b"GIF89a", ImageRefusal.NO_PICTURE),
        (photo()[:900], ImageRefusal.NO_PICTURE),
        (photo(format_="BMP"), ImageRefusal.NO_PICTURE),
        (b"\xff\xd8" + b"\0" * MOST_BYTES, ImageRefusal.TOO_LARGE),
        (photo(15, 400), ImageRefusal.TOO_SMALL),
        (photo(12_001, 20, "PNG"), ImageRefusal.TOO_MANY_PIXELS),
        (photo(8_000, 5_001, "PNG"), ImageRefusal.TOO_MANY_PIXELS),
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    assert read_picture(content) == Refused(reason)  # type: ignore[arg-type]


def test_a_replaced_picture_comes_back_and_later_goes_for_good(app: Flask, make: Factory) -> None:
    event = make.event()
    with app.app_context():
        first, second = taken(photo()), taken(photo(500, 500))
        set_picture(event, first, "Waves", by=SYSTEM, now=NOW)
        change = set_picture(event, second, "Sand", by=SYSTEM, now=NOW)
        assert isinstance(change, int)
        undo(change, by=SYSTEM, now=NOW)
        db.session.expire_all()
        kept = db.session.get_one(Event, event)
        assert kept.image is not None
        assert (kept.image.digest, kept.image_alt) == (first.digest, "Waves")
        assert drop_unused(NOW + timedelta(days=1)) == 1
        assert db.session.scalar(select(func.count()).select_from(Image)) == 1
        assert image_file(second.digest, 400, "webp") is None
        assert db.session.scalar(select(func.count()).select_from(ImageFile)) == len(first.files)


def address(app: Flask, make: Factory, **values: object) -> str:
    event = make.event(**values)
    with app.app_context():
        made = taken(photo(500 + event, 400))
        set_picture(event, made, "Waves", by=SYSTEM, now=NOW)
        return f"/images/{made.digest}-400.webp"


def test_only_pictures_of_public_events_are_shown_to_everyone(
    app: Flask, make: Factory, client: FlaskClient, sign_in: object
) -> None:
    open_, members, private, draft = (
        address(app, make, visibility=visibility, status=status)
        for visibility, status in (
            (Visibility.PUBLIC, "published"),
            (Visibility.SIGNED_IN, "published"),
            (Visibility.PRIVATE, "published"),
            (Visibility.PUBLIC, "draft"),
        )
    )
    answer = client.get(open_)
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    for hidden in (members, private, draft, open_.replace("400", "401"), "/images/x-400.webp"):
        assert client.get(hidden).status_code == 404
    sign_in(client, make.account(Role.PARTICIPANT))  # type: ignore[operator]
    assert client.get(members).status_code == 200
    assert "public" not in client.get(members).headers["Cache-Control"]
    assert client.get(private).status_code == 404
