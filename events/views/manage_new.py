"""A new event."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.outcome import Refused
from events.forms.fields import place_of
from events.forms.when import WHEN_FIELDS, NewEventForm
from events.models import EventStatus, Mode
from events.scheduling import create_event
from events.templates import template_list, template_values
from events.views import template_words
from events.views.descriptions import safe_html
from events.views.manage_base import add_refusal, bp, exclusive
from events.views.manage_details import prepare
from events.views.when_preview import Booked, Preview, preview
from people.access import Permission, actor, requires

PREVIEW, PREVIEW_TEXT, DRAFT = "preview", "preview-text", "draft"


def _today() -> date:
    return display.local(clock.now(), current_app.config["TIMEZONE"]).date()


def _booked(form: NewEventForm) -> Booked:
    return Booked() if form.mode.data == Mode.ONLINE else Booked(*place_of(form.venue.data))


def _preview(form: NewEventForm) -> Preview:
    return preview(
        form.series_plans(),
        form.single_starts(),
        minutes=form.length(),
        all_day=bool(form.all_day.data),
        timezone=current_app.config["TIMEZONE"],
        today=min(_today(), form.day.data or _today()),
        booked=_booked(form),
    )


def _show_new(
    form: NewEventForm, status: int = 200, shown: Preview | None = None, described: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "manage/event_new.html",
        form=form,
        preview=shown,
        described=described,
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
    day = request.args.get("day", _today(), type=date.fromisoformat)
    form = NewEventForm(data=values | {"press": str(uuid4()), "day": day})
    prepare(form, values.get("languages") or ())
    return _show_new(form)


@bp.post("/events/new")
@requires(Permission.PLAN_EVENTS)
def create() -> ResponseReturnValue:
    """Make an event, or show what would be made; its hidden `press` makes a second press find the
    first one's event."""
    form = NewEventForm(request.form)
    prepare(form)
    action = request.form.get("action")
    if action == PREVIEW_TEXT:
        return _show_new(form, described=safe_html(form.description.data or ""))
    if not form.validate():
        return _show_new(form, 422)
    if action == PREVIEW:
        return _show_new(form, shown=_preview(form))
    status = EventStatus.DRAFT if action == DRAFT else EventStatus.PUBLISHED
    plan = form.plan(current_app.config["TIMEZONE"], status)
    made = create_event(plan, by=actor(), now=clock.now(), exclusive=exclusive())
    if isinstance(made, Refused):
        add_refusal(form, made)
        return _show_new(form, 422)
    draft = status == EventStatus.DRAFT
    done = _("The draft is kept.") if draft else _("The event is on the calendar.")
    flash(done, "success")
    return redirect(url_for(".event", event_id=made), 303)


@bp.post("/events/new/dates")
@requires(Permission.PLAN_EVENTS)
def new_dates() -> ResponseReturnValue:
    """The dates that a form being written would make, as a part of its page; nothing is said of
    what is wrong until the form is sent."""
    form = NewEventForm(request.form)
    prepare(form)
    form.validate()
    fine = not any(form[name].errors for name in WHEN_FIELDS)
    shown = _preview(form) if fine else None
    return render_template("manage/_preview.html", preview=shown)
