"""A new event."""

from __future__ import annotations

from uuid import uuid4

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.outcome import Refused
from events.forms.when import NewEventForm
from events.scheduling import create_event
from events.templates import template_list, template_values
from events.views import template_words
from events.views.manage_base import add_refusal, bp
from events.views.manage_details import prepare
from people.access import Permission, actor, requires


def _show_new(form: NewEventForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "manage/event_new.html",
        form=form,
        templates=template_list(),
        chosen=request.args.get("template", type=int),
        template_words=template_words,
    )
    return page, status


@bp.get("/events/new")
@requires(Permission.PLAN_EVENTS)
def new_event() -> ResponseReturnValue:
    """The form for an event; with `template` it is filled in from there."""
    template_id = request.args.get("template", 0, type=int)
    values = template_values(template_id) if 0 < template_id < 2**31 else {}
    day = display.local(clock.now(), current_app.config["TIMEZONE"]).date()
    form = NewEventForm(data=values | {"press": str(uuid4()), "day": day})
    prepare(form, values.get("languages") or ())
    return _show_new(form)


@bp.post("/events/new")
@requires(Permission.PLAN_EVENTS)
def create() -> ResponseReturnValue:
    """Make an event; its hidden `press` makes a second press find the first one's event."""
    form = NewEventForm(request.form)
    prepare(form)
    if not form.validate():
        return _show_new(form, 422)
    plan = form.plan(current_app.config["TIMEZONE"])
    made = create_event(plan, by=actor(), now=clock.now())
    if isinstance(made, Refused):
        add_refusal(form, made)
        return _show_new(form, 422)
    flash(_("The event is on the calendar."), "success")
    return redirect(url_for(".event", event_id=made), 303)
