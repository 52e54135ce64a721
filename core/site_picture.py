"""The site's picture for link previews: its mark on the water, and its name."""

from __future__ import annotations

import io
import math
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)  # what link previews ask for
SHARPER = 2  # drawn larger and made smaller, so that the waves are smooth
SAND, DEEP, CORAL, FOAM = "#f7f0e3", "#0e4a50", "#f0876c", "#8fcac3"


@lru_cache(maxsize=2)
def site_picture(name: str) -> bytes:
    """A PNG of 1200 x 630 pixels."""
    width, height = (side * SHARPER for side in SIZE)
    picture = Image.new("RGB", (width, height), SAND)
    draw = ImageDraw.Draw(picture)
    radius = height // 6
    middle, horizon = width // 2, int(height * 0.56)
    draw.circle((middle, horizon - radius // 3), radius, fill=CORAL)
    for colour, base, swell in ((FOAM, 0.58, 0.05), (DEEP, 0.66, 0.04)):
        draw.polygon(_wave(width, height, base, swell), fill=colour)
    _write(draw, name, middle, int(height * 0.84), width)
    kept = io.BytesIO()
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _wave(width: int, height: int, base: float, swell: float) -> list[tuple[float, float]]:
    crest = [
        (x, height * (base + swell * math.sin(2 * math.pi * 3 * x / width)))
        for x in range(0, width + 1, 8)
    ]
    return [*crest, (width, height), (0, height)]


def _write(draw: ImageDraw.ImageDraw, name: str, middle: int, at: int, width: int) -> None:
    size = 150
    while size > 40:
        font = ImageFont.load_default(size)
        if draw.textlength(name, font) < width * 0.88:
            break
        size -= 10
    draw.text((middle, at), name, fill=SAND, font=font, anchor="mm")
