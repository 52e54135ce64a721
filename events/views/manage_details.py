"""What is said of an event, changed on the desk."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from core import clock
from core.outcome import Refused
from events import desk
from events.forms.details import DetailsForm
from events.forms.when import NewEventForm
from events.models import Event
from events.scheduling import edit_event
from events.views import desk_words, words
from events.views.manage_base import EVENT, add_refusal, bp, event_or_404
from people.access import Permission, actor, requires

LANGUAGES = ("en", "es", "vi", "ko", "zh", "tl", "fa", "ar", "ja", "fr", "pt", "ru", "ase")


def prepare(form: DetailsForm, spoken: Iterable[str] = ()) -> None:
    """Fill the lists of a form: places, languages, days of the week."""
    form.offer_venues(desk.venue_choices())
    codes = dict.fromkeys((*LANGUAGES, *spoken))
    form.offer_languages([(code, words.language(code)) for code in codes])
    if isinstance(form, NewEventForm):
        form.offer_calendars(current_app.config["HOLIDAYS"])
        form.offer_weekdays(desk_words.weekday_names())


def _details_form(event: Event) -> DetailsForm:
    return DetailsForm(
        data={
            "title": event.title,
            "kind": event.kind,
            "summary": event.summary,
            "description": event.description,
            "joining": event.joining,
            "capacity": event.capacity,
            "closes": event.signup_closes_minutes,
            "mode": event.mode,
            "venue": str(event.venue_id or ""),
            "online_url": event.online_url,
            "online_url_public": event.online_url_public,
            "visibility": event.visibility,
            "languages": [one.language for one in event.languages],
            "tags": ", ".join(tag.tag for tag in event.tags),
        }
    )


@bp.get(f"/events/{EVENT}/edit")
@requires(Permission.PLAN_EVENTS)
def edit(event_id: int) -> ResponseReturnValue:
    """The form for what is said of an event."""
    found = event_or_404(event_id)
    form = _details_form(found)
    prepare(form, form.languages.data or ())
    return render_template("manage/event_edit.html", form=form, event=found)


@bp.post(f"/events/{EVENT}/edit")
@requires(Permission.PLAN_EVENTS)
def save(event_id: int) -> ResponseReturnValue:
    """Change what is said of an event."""
    found = event_or_404(event_id)
    form = DetailsForm(request.form)
    prepare(form, [one.language for one in found.languages])
    if not form.validate():
        return render_template("manage/event_edit.html", form=form, event=found), 422
    raised = edit_event(event_id, form.details(), by=actor(), now=clock.now())
    if isinstance(raised, Refused):
        add_refusal(form, raised)
        found = event_or_404(event_id)
        return render_template("manage/event_edit.html", form=form, event=found), 422
    flash(_("Saved."), "success")
    if raised:
        flash(
            ngettext(
                "%(num)d person who waited has a place now.",
                "%(num)d people who waited have a place now.",
                raised,
            ),
            "success",
        )
    return redirect(url_for(".event", event_id=event_id), 303)
