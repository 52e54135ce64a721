"""What was done at the desk lately, and taking it back."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.db import db
from core.outcome import Refused
from events import undo
from events.undo import UndoRefusal
from events.views import desk_words
from events.views.manage_base import bp
from people.access import Permission, actor, requires

CHANGE = "<int(max=2147483647):change_id>"


@bp.get("/changes/")
@requires(Permission.PLAN_EVENTS)
def changes() -> ResponseReturnValue:
    """The changes of the last ten minutes, each with a button to undo it."""
    found = undo.latest(db.session(), clock.now())
    return render_template("manage/changes.html", changes=found, say=desk_words)


@bp.post(f"/changes/{CHANGE}/undo")
@requires(Permission.PLAN_EVENTS)
def undo_change(change_id: int) -> ResponseReturnValue:
    """Take a change back, mail included."""
    event_id = undo.undo(change_id, by=actor(), now=clock.now())
    if isinstance(event_id, Refused):
        if event_id.reason == UndoRefusal.UNKNOWN_CHANGE:
            abort(404)
        flash(desk_words.refusal(event_id.reason), "error")
        return redirect(url_for(".changes"), 303)
    flash(_("Undone. Everything is as it was before."), "success")
    event = undo.event_still_there(event_id)
    return redirect(url_for(".event", event_id=event) if event else url_for(".front"), 303)
