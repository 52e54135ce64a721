"""Pictures of events, as browsers fetch them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, make_response
from flask.typing import ResponseReturnValue

from core import clock, web
from events import images
from events.models import Event
from people.access import Permission, current_person, may, public

bp = Blueprint("images", __name__)
KEPT = timedelta(days=30)


@bp.get("/images/<digest>-<int(max=9999):width>.<format_>")
@public
def image(digest: str, width: int, format_: str) -> ResponseReturnValue:
    """One rendition of a picture. Only those of public events are shown to everyone."""
    if format_ not in images.TYPES or len(digest) != 32:
        abort(404)
    found = images.image_file(digest, width, format_)
    if found is None:
        abort(404)
    response = make_response(found[0])
    response.content_type = images.TYPES[format_]
    if images.is_shown(digest, signed_in=False):
        return web.shown_to_all(response, clock.now() + KEPT)
    signed_in = current_person() is not None
    if not (may(Permission.PLAN_EVENTS) or images.is_shown(digest, signed_in=signed_in)):
        abort(404)
    return response


def sources(event: Event) -> dict[str, str]:
    """The addresses of an event's picture by format, as `srcset` wants them; empty without one."""
    if event.image is None:
        return {}
    widths = sorted({min(width, event.image.width) for width in images.WIDTHS})
    return {
        format_: ", ".join(
            f"/images/{event.image.digest}-{width}.{format_} {width}w" for width in widths
        )
        for format_ in images.TYPES
    }


def largest(event: Event) -> str:
    """The address of an event's picture at its largest, or ''."""
    if event.image is None:
        return ""
    return f"/images/{event.image.digest}-{event.image.width}.jpeg"
