"""More dates for an event: another time of it, or single ones."""

from __future__ import annotations

from uuid import uuid4

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.outcome import Refused
from events.forms.when import WHEN_FIELDS, NewDatesForm
from events.models import Event
from events.new_dates import add_dates
from events.views import desk_words
from events.views.manage_base import EVENT, add_refusal, bp, event_or_404, exclusive, flash_done
from events.views.when_preview import Preview, booked_by, preview
from people.access import Permission, actor, requires

PREVIEW = "preview"


def _prepare(form: NewDatesForm) -> NewDatesForm:
    form.offer_weekdays(desk_words.weekday_names())
    form.offer_calendars(current_app.config["HOLIDAYS"])
    return form


def _preview(event: Event, form: NewDatesForm) -> Preview:
    today = display.local(clock.now(), event.timezone).date()
    return preview(
        form.series_plans(),
        form.single_starts(),
        minutes=form.length(),
        all_day=bool(form.all_day.data),
        timezone=event.timezone,
        today=min(today, form.day.data or today),
        booked=booked_by(event),
    )


def _show(event: Event, form: NewDatesForm, shown: Preview | None = None) -> str:
    return render_template("manage/new_dates.html", event=event, form=form, preview=shown)


@bp.get(f"/events/{EVENT}/dates/new")
@requires(Permission.PLAN_EVENTS)
def new_dates_of(event_id: int) -> ResponseReturnValue:
    """The form for more dates."""
    event = event_or_404(event_id)
    day = display.local(clock.now(), event.timezone).date()
    return _show(event, _prepare(NewDatesForm(data={"press": str(uuid4()), "day": day})))


@bp.post(f"/events/{EVENT}/dates/new")
@requires(Permission.PLAN_EVENTS)
def save_dates_of(event_id: int) -> ResponseReturnValue:
    """Add dates to an event, or show which would be added."""
    event = event_or_404(event_id)
    form = _prepare(NewDatesForm(request.form))
    if not form.validate():
        return _show(event, form), 422
    if request.form.get("action") == PREVIEW:
        return _show(event, form, _preview(event, form))
    made = add_dates(event_id, form.plan(), by=actor(), now=clock.now(), exclusive=exclusive())
    if isinstance(made, Refused):
        add_refusal(form, made)
        return _show(event_or_404(event_id), form), 422
    if made is None:
        flash(_("These dates are there already."), "info")
    else:
        flash_done(_("The dates are on the calendar."), made)
    return redirect(url_for(".event", event_id=event_id) + "#dates", 303)


@bp.post(f"/events/{EVENT}/dates/preview")
@requires(Permission.PLAN_EVENTS)
def preview_dates_of(event_id: int) -> ResponseReturnValue:
    """The dates that a form being written would make, as a part of its page."""
    event = event_or_404(event_id)
    form = _prepare(NewDatesForm(request.form))
    form.validate()
    fine = not any(form[name].errors for name in WHEN_FIELDS)
    shown = _preview(event, form) if fine else None
    return render_template("manage/_preview.html", preview=shown)
