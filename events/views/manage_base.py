"""What the pages of the desk share: their blueprint, and events asked for by id."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, request
from wtforms import Form

from core.outcome import Refused
from events import desk_events
from events.forms.rhythm import RhythmForm
from events.models import Event
from events.rules.planning import PlanRefusal
from events.views import desk_words

bp = Blueprint("manage", __name__, url_prefix="/manage")
EVENT = "<int(max=2147483647):event_id>"


def page_number() -> int:
    """The page asked for, from 1."""
    asked = request.args.get("page", 1, type=int)
    return asked if 1 <= asked <= 10_000 else 1


def event_or_404(event_id: int) -> Event:
    """The event of an address."""
    event = desk_events.event_of(event_id)
    if event is None:
        abort(404)
    return event


def add_refusal(form: Form, refused: Refused) -> None:
    """Put a refusal beside the field it is about."""
    name = desk_words.FIELD_OF.get(PlanRefusal(refused.reason), "")
    reason = desk_words.refusal(refused.reason)
    far = refused.reason == PlanRefusal.TOO_FAR_AHEAD
    if far and isinstance(form, RhythmForm) and form.is_series and form.until.data:
        name = "until"
    if name in form:
        form[name].errors = [*form[name].errors, reason]
    else:
        form.form_errors.append(reason)


def exclusive() -> bool:
    """Whether the program lets nothing be booked twice."""
    return bool(current_app.config["DOUBLE_BOOKING"] == "block")


def flash_done(text: str, change_id: int | None) -> None:
    """Say on the next page what was done, with a button to undo it."""
    if change_id is None:
        flash(text, "success")
    else:
        flash([text, change_id], "undo")  # type: ignore[arg-type]  # any JSON value is kept
