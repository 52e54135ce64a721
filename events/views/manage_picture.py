"""The picture of an event, on the desk."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.outcome import Refused
from events.forms.picture import PictureForm
from events.images import MOST_BYTES, describe_picture, read_picture, set_picture
from events.models import Event
from events.views import desk_words
from events.views.images import largest, sources
from events.views.manage_base import EVENT, bp, event_or_404, flash_done
from people.access import Permission, actor, requires


def _show(event: Event, form: PictureForm) -> str:
    return render_template(
        "manage/picture.html", event=event, form=form, sources=sources(event), src=largest(event)
    )


@bp.get(f"/events/{EVENT}/picture")
@requires(Permission.PLAN_EVENTS)
def picture(event_id: int) -> ResponseReturnValue:
    """The form for an event's picture."""
    event = event_or_404(event_id)
    return _show(event, PictureForm(data={"alt": event.image_alt}))


@bp.post(f"/events/{EVENT}/picture")
@requires(Permission.PLAN_EVENTS)
def save_picture(event_id: int) -> ResponseReturnValue:
    """Keep a picture, or only other words for the one there is."""
    event = event_or_404(event_id)
    form = PictureForm(request.form)
    valid = form.validate()
    content = request.files["picture"].read(MOST_BYTES + 1) if "picture" in request.files else b""
    if not content and event.image_id is None:
        form.picture.errors = [_("Please choose a picture.")]
        valid = False
    if not valid:
        return _show(event, form), 422
    alt = form.alt.data or ""
    if not content:
        describe_picture(event_id, alt, by=actor(), now=clock.now())
        flash(_("Saved."), "success")
        return redirect(url_for(".event", event_id=event_id), 303)
    made = read_picture(content)
    if isinstance(made, Refused):
        form.picture.errors = [desk_words.refusal(made.reason)]
        return _show(event, form), 422
    change = set_picture(event_id, made, alt, by=actor(), now=clock.now())
    if isinstance(change, Refused):
        abort(404)
    flash_done(_("The picture is there."), change)
    return redirect(url_for(".event", event_id=event_id), 303)


@bp.post(f"/events/{EVENT}/picture/remove")
@requires(Permission.PLAN_EVENTS)
def remove_picture(event_id: int) -> ResponseReturnValue:
    """Take an event's picture away."""
    change = set_picture(event_id, None, "", by=actor(), now=clock.now())
    if isinstance(change, Refused):
        abort(404)
    flash_done(_("The picture is gone."), change)
    return redirect(url_for(".event", event_id=event_id), 303)
