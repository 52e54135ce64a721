"""The desk's pages of places."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core import clock
from core.db import db
from core.outcome import Refused
from events import desk, desk_places
from events.forms.fields import press_of
from events.forms.venues import RoomForm, VenueForm
from events.meeting_words import access_label
from events.models import Venue
from events.venue_rooms import add_room, edit_room, remove_room
from events.venues import create_venue, edit_venue
from events.views import desk_words
from events.views.edit_conflicts import merge, seen
from people.access import Permission, actor, requires

bp = Blueprint("venues", __name__, url_prefix="/venues")
DATES_SHOWN = 30
VENUE = "<int(max=2147483647):venue_id>"


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def index() -> ResponseReturnValue:
    """Every place by name."""
    asked = request.args.get("page", 1, type=int)
    page = asked if 1 <= asked <= 10_000 else 1
    found, more = desk_places.venues(page)
    return render_template(
        "manage/venues.html",
        venues=found,
        page=page,
        earlier=url_for(".index", page=page - 1) if page > 1 else "",
        later=url_for(".index", page=page + 1) if more else "",
    )


def _names(form: VenueForm) -> list[str]:
    return [name for name in form._fields if name != "press"]


def _show(
    form: VenueForm, venue: Venue | None, status: int = 200, **more: object
) -> ResponseReturnValue:
    given = {"theirs": (), "seen": seen(form, _names(form))} | more
    return render_template("manage/venue_form.html", form=form, venue=venue, **given), status


@bp.get("/new")
@requires(Permission.PLAN_EVENTS)
def new() -> ResponseReturnValue:
    """The form for a place."""
    return _show(VenueForm(data={"press": str(uuid4())}), None)


@bp.post("/new")
@requires(Permission.PLAN_EVENTS)
def create() -> ResponseReturnValue:
    """Add a place."""
    form = VenueForm(request.form)
    if not form.validate():
        return _show(form, None, 422)
    timezone = current_app.config["TIMEZONE"]
    press = press_of(form.press.data)
    made = create_venue(form.details(), timezone, press, by=actor(), now=clock.now())
    if isinstance(made, Refused):
        form.capacity.errors = [desk_words.refusal(made.reason)]
        return _show(form, None, 422)
    flash(_("The place is added."), "success")
    return redirect(url_for(".index"), 303)


def _venue_or_404(venue_id: int) -> Venue:
    venue = db.session.get(Venue, venue_id)
    if venue is None:
        abort(404)
    return venue


def _filled(venue: Venue, data: MultiDict[str, str] | None = None) -> VenueForm:
    form = VenueForm(data, obj=venue) if data is None else VenueForm(data)
    form.offer_codes(venue.access)
    return form


@bp.get(f"/{VENUE}/")
@requires(Permission.PLAN_EVENTS)
def show(venue_id: int) -> ResponseReturnValue:
    """One place: its rooms, and what takes place there next."""
    venue = _venue_or_404(venue_id)
    return _show_venue(venue, RoomForm())


def _show_venue(venue: Venue, form: RoomForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "manage/venue.html",
        venue=venue,
        form=form,
        dates=desk.dates_at(venue.id, clock.now(), DATES_SHOWN),
        access=[access_label(code) for code in venue.access],
        say=desk_words,
    )
    return page, status


@bp.post(f"/{VENUE}/rooms")
@requires(Permission.PLAN_EVENTS)
def new_room(venue_id: int) -> ResponseReturnValue:
    """Add a room."""
    venue = _venue_or_404(venue_id)
    form = RoomForm(request.form)
    if not form.validate():
        return _show_venue(venue, form, 422)
    name, capacity = form.name.data or "", form.capacity.data
    made = add_room(venue_id, name, capacity, by=actor(), now=clock.now())
    if isinstance(made, Refused):
        form.name.errors = [desk_words.refusal(made.reason)]
        return _show_venue(_venue_or_404(venue_id), form, 422)
    flash(_("The room is added."), "success")
    return redirect(url_for(".show", venue_id=venue_id) + "#rooms", 303)


@bp.post(f"/{VENUE}/rooms/<int(max=2147483647):room_id>")
@requires(Permission.PLAN_EVENTS)
def save_room(venue_id: int, room_id: int) -> ResponseReturnValue:
    """Change a room, or with `action=remove` take it away."""
    form = RoomForm(request.form)
    here = redirect(url_for(".show", venue_id=venue_id) + "#rooms", 303)
    if request.form.get("action") == "remove":
        answer = remove_room(room_id, by=actor(), now=clock.now())
    elif form.validate():
        name, capacity = form.name.data or "", form.capacity.data
        answer = edit_room(room_id, name, capacity, by=actor(), now=clock.now())
    else:
        flash(_("Please give the room a name, and a number from 0 to 10,000."), "error")
        return here
    if isinstance(answer, Refused):
        flash(desk_words.refusal(answer.reason), "error")
        return here
    flash(_("Saved."), "success")
    return here


@bp.get(f"/{VENUE}/edit")
@requires(Permission.PLAN_EVENTS)
def edit(venue_id: int) -> ResponseReturnValue:
    """The form for what is said of a place."""
    venue = _venue_or_404(venue_id)
    return _show(_filled(venue), venue)


@bp.post(f"/{VENUE}/edit")
@requires(Permission.PLAN_EVENTS)
def save(venue_id: int) -> ResponseReturnValue:
    """Change what is said of a place; what somebody else changed meanwhile is shown first."""
    venue = _venue_or_404(venue_id)
    form = _filled(venue, request.form)
    known = request.form.get("seen", "")
    standing = _filled(venue)
    theirs = merge(form, standing, known, _names(form))
    valid = form.validate()
    if theirs:
        return _show(form, venue, 409, theirs=theirs, seen=seen(standing, _names(form)))
    if not valid:
        return _show(form, venue, 422, seen=known)
    answer = edit_venue(venue_id, form.details(), by=actor(), now=clock.now())
    if isinstance(answer, Refused):
        abort(404)
    flash(_("Saved."), "success")
    return redirect(url_for(".show", venue_id=venue_id), 303)
