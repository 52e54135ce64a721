"""The desk's pages of places."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.db import db
from core.outcome import Refused
from events import desk
from events.forms.fields import press_of
from events.forms.venues import VenueForm
from events.models import Venue
from events.venues import create_venue, edit_venue
from events.views import desk_words
from people.access import Permission, actor, requires

bp = Blueprint("venues", __name__, url_prefix="/venues")
VENUE = "<int(max=2147483647):venue_id>"


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def index() -> ResponseReturnValue:
    """Every place by name."""
    asked = request.args.get("page", 1, type=int)
    page = asked if 1 <= asked <= 10_000 else 1
    found, more = desk.venues(page)
    return render_template(
        "manage/venues.html",
        venues=found,
        page=page,
        earlier=url_for(".index", page=page - 1) if page > 1 else "",
        later=url_for(".index", page=page + 1) if more else "",
    )


def _show(form: VenueForm, venue: Venue | None, status: int = 200) -> ResponseReturnValue:
    return render_template("manage/venue_form.html", form=form, venue=venue), status


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


@bp.get(f"/{VENUE}/edit")
@requires(Permission.PLAN_EVENTS)
def edit(venue_id: int) -> ResponseReturnValue:
    """The form for what is said of a place."""
    venue = _venue_or_404(venue_id)
    return _show(VenueForm(obj=venue), venue)


@bp.post(f"/{VENUE}/edit")
@requires(Permission.PLAN_EVENTS)
def save(venue_id: int) -> ResponseReturnValue:
    """Change what is said of a place."""
    venue = _venue_or_404(venue_id)
    form = VenueForm(request.form)
    if not form.validate():
        return _show(form, venue, 422)
    answer = edit_venue(venue_id, form.details(), by=actor(), now=clock.now())
    if isinstance(answer, Refused):
        abort(404)
    flash(_("Saved."), "success")
    return redirect(url_for(".index"), 303)
