"""What is said of an event, changed on the desk."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from core import clock
from core.outcome import Refused
from events import desk_places
from events.forms.details import DetailsForm
from events.forms.fields import place_value
from events.forms.when import NewEventForm
from events.history import last_editor
from events.models import Event
from events.notices import count_coming
from events.scheduling import EventDetails, edit_event
from events.views import desk_words, words
from events.views.descriptions import safe_html
from events.views.edit_conflicts import merge, seen
from events.views.manage_base import EVENT, add_refusal, bp, event_or_404, exclusive, flash_done
from people.access import Permission, actor, requires

PREVIEW = "preview-text"
LANGUAGES = ("en", "es", "vi", "ko", "zh", "tl", "fa", "ar", "ja", "fr", "pt", "ru", "ase")


def prepare(form: DetailsForm, spoken: Iterable[str] = ()) -> None:
    """Fill the lists of a form: places, languages, days of the week."""
    form.offer_venues(desk_places.place_choices())
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
            "venue": place_value(event.venue_id, event.room_id),
            "online_url": event.online_url,
            "online_url_public": event.online_url_public,
            "online_passcode": event.online_passcode,
            "online_phone": event.online_phone,
            "access": event.access,
            "audiences": event.audiences,
            "cost": event.cost,
            "visibility": event.visibility,
            "languages": [one.language for one in event.languages],
            "tags": ", ".join(tag.tag for tag in event.tags),
        }
    )


def _prepared(event: Event, form: DetailsForm) -> DetailsForm:
    prepare(form, [one.language for one in event.languages])
    form.offer_codes(event.access, event.audiences)
    return form


def _show(event: Event, form: DetailsForm, **more: object) -> str:
    names = [name for name in form._fields if name != "press"]
    given = {"theirs": (), "sure": "", "preview": "", "seen": seen(form, names)} | more
    return render_template("manage/event_edit.html", form=form, event=event, **given)


def _warning(event: Event, details: EventDetails) -> str:
    """What another place does to those who signed up, in words; '' when it does nothing."""
    place = (details.venue_id, details.room_id, details.mode)
    if place == (event.venue_id, event.room_id, event.mode):
        return ""
    dates, told = count_coming(event.id, clock.now())
    if not dates:
        return ""
    return str(
        ngettext(
            "%(num)d date with people on it changes its place; messages that go out: %(told)s.",
            "%(num)d dates with people on them change their place; messages that go out: %(told)s.",
            dates,
            told=told,
        )
    )


@bp.get(f"/events/{EVENT}/edit")
@requires(Permission.PLAN_EVENTS)
def edit(event_id: int) -> ResponseReturnValue:
    """The form for what is said of an event."""
    found = event_or_404(event_id)
    return _show(found, _prepared(found, _details_form(found)))


@bp.post(f"/events/{EVENT}/edit")
@requires(Permission.PLAN_EVENTS)
def save(event_id: int) -> ResponseReturnValue:
    """Change what is said of an event; what somebody else changed meanwhile is shown first."""
    found = event_or_404(event_id)
    form = _prepared(found, DetailsForm(request.form))
    known = request.form.get("seen", "")
    if request.form.get("action") == PREVIEW:
        html = safe_html(form.description.data or "")
        return _show(found, form, preview=html, seen=known)
    standing = _prepared(found, _details_form(found))
    theirs = merge(form, standing, known, list(form._fields))
    valid = form.validate()
    if theirs:
        fresh = seen(standing, form._fields)
        return _show(found, form, theirs=theirs, by=last_editor(event_id), seen=fresh), 409
    if not valid:
        return _show(found, form, seen=known), 422
    warning = _warning(found, form.details())
    if warning and request.form.get("sure") != warning:
        return _show(found, form, seen=known, sure=warning)
    edited = edit_event(
        event_id, form.details(), by=actor(), now=clock.now(), exclusive=exclusive()
    )
    if isinstance(edited, Refused):
        add_refusal(form, edited)
        return _show(event_or_404(event_id), form, seen=known), 422
    flash_done(_("Saved."), edited.change)
    if edited.raised:
        flash(
            ngettext(
                "%(num)d person who waited has a place now.",
                "%(num)d people who waited have a place now.",
                edited.raised,
            ),
            "success",
        )
    return redirect(url_for(".event", event_id=event_id), 303)
