"""Dates that only people who have signed in can see, and signing up for them."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.limits import limiter
from events import enrolments, signups
from events.members import member_date, member_dates, member_event
from events.models import Event, Joining
from events.own import dates_of
from events.queries import CalendarDate
from events.rules.recurrence import parse_key
from events.signup_form import SignupForm
from events.views.places import show_date, show_event
from events.views.rows import row_for
from events.views.signups import LIMIT, answer, form_page, request_from, too_many
from people.access import Permission, actor, requires, signed_in_person

bp = Blueprint("members", __name__, url_prefix="/me/events")


def _link(one: CalendarDate) -> str:
    return url_for("members.date_page", slug=one.slug, key=one.key)


def _form() -> SignupForm:
    return SignupForm(data={"name": signed_in_person().name})


@bp.get("/")
@requires(Permission.SEE_OWN_PAGE)
def listing() -> ResponseReturnValue:
    """The dates to come that only people who have signed in can see."""
    asked = request.args.get("page", 1, type=int)
    page = asked if 1 <= asked <= 10_000 else 1
    now = clock.now()
    dates, more = member_dates(now, page)
    return render_template(
        "me/events.html",
        dates=[(row_for(one, now), _link(one)) for one in dates],
        earlier=url_for(".listing", page=page - 1) if page > 1 else "",
        later=url_for(".listing", page=page + 1) if more else "",
        status=_("Page %(page)s", page=page),
    )


def _event_or_404(slug: str) -> Event:
    found = member_event(slug)
    if found is None:
        abort(404)
    return found


@bp.get("/<slug>/")
@requires(Permission.SEE_OWN_PAGE)
def event_page(slug: str) -> ResponseReturnValue:
    """An event that only people who have signed in can see."""
    found, now = _event_or_404(slug), clock.now()
    dates = dates_of(found.id, now)
    cohort = found.joining == Joining.COHORT and bool(dates)
    return show_event(
        found,
        dates,
        [] if dates else dates_of(found.id, now, before=True, limit=3),
        now,
        link=_link,
        signup_action=url_for(".sign_up_for_all", slug=slug) if cohort else "",
        form=_form(),
        private_page=True,
        back_url=url_for(".listing"),
        back_label=_("For people who have signed in"),
    )


@bp.get("/<slug>/<key>/")
@requires(Permission.SEE_OWN_PAGE)
def date_page(slug: str, key: str) -> ResponseReturnValue:
    """One date of such an event, with the form to sign up."""
    found = member_date(slug, key) if parse_key(key) else None
    if found is None:
        abort(404)
    shown, stored = found
    cohort = stored.event.joining == Joining.COHORT
    action = url_for(".sign_up_for_all", slug=slug) if cohort else ""
    return show_date(
        shown,
        stored,
        [one for one in dates_of(stored.event_id, stored.ends_at, limit=6) if one.id != shown.id],
        clock.now(),
        link=_link,
        signup_action=action or url_for(".sign_up", slug=slug, key=key),
        form=_form(),
        private_page=True,
        back_url=url_for(".listing"),
        back_label=_("For people who have signed in"),
        all_dates_url=url_for(".event_page", slug=slug),
    )


@bp.post("/<slug>/<key>/signup")
@requires(Permission.SEE_OWN_PAGE)
@limiter.limit(LIMIT, on_breach=too_many)
def sign_up(slug: str, key: str) -> ResponseReturnValue:
    """Sign up for one date."""
    found = member_date(slug, key) if parse_key(key) else None
    if found is None:
        abort(404)
    shown, form, now = found[0], SignupForm(request.form), clock.now()
    back = _link(shown)
    if not form.validate():
        return form_page(form, shown.title, back, 422)
    if shown.joining == Joining.COHORT:
        asked = request_from(form, f"cohort {shown.event_id}", now)
        outcome = enrolments.enrol(shown.event_id, asked, by=actor(), now=now)
    else:
        asked = request_from(form, f"date {shown.id}", now)
        outcome = signups.sign_up(shown.id, asked, by=actor(), now=now)
    return answer(outcome, form, shown.title, back)


@bp.post("/<slug>/signup")
@requires(Permission.SEE_OWN_PAGE)
@limiter.limit(LIMIT, on_breach=too_many)
def sign_up_for_all(slug: str) -> ResponseReturnValue:
    """Sign up for all dates of a cohort."""
    found, form, now = _event_or_404(slug), SignupForm(request.form), clock.now()
    event_id, title, back = found.id, found.title, url_for(".event_page", slug=slug)
    if not form.validate():
        return form_page(form, title, back, 422)
    asked = request_from(form, f"cohort {event_id}", now)
    return answer(enrolments.enrol(event_id, asked, by=actor(), now=now), form, title, back)
