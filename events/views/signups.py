"""Signing up, and the private page of a sign-up."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RequestLimit

from core import clock, display, web
from core.db import db
from core.limits import limiter
from core.outcome import Refused
from events import enrolments, queries, signups
from events.models import Enrolment, Event, EventStatus, Joining, Occurrence, Signup, Visibility
from events.own import find_own
from events.rules.recurrence import parse_key
from events.rules.seating import SeatRefusal
from events.signup_form import SignupForm
from events.signups import Request, Signed
from events.views import life_words
from people.access import actor, current_person, public
from people.models import Person
from people.names import clean_name

bp = Blueprint("signups", __name__)

PRESS_SECONDS = 600
LIMIT = "30 per minute"


def presses(about: str, form: SignupForm, now: datetime, key: str | None = None) -> tuple[str, ...]:
    """Fingerprints of this press, the current one first.

    A key from the page or the program tells presses apart exactly. It counts only together with
    the name and address: a page gone back to, or two programs that count their keys from 1, must
    never lead one person to another's private page. Without a key, the same words from the same
    browser within ten minutes are the same press: a page kept for everyone cannot carry a token.
    """

    def fingerprint(*parts: object) -> str:
        secret = str(current_app.config["SECRET_KEY"]).encode()
        text = "\x1f".join(map(str, (about, *parts)))
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()

    key = key or form.press.data
    who = (
        clean_name(form.name.data or "").casefold(),
        (form.email.data or "").strip().casefold(),
    )
    if key:
        return (fingerprint("key", key[:200], *who),)
    words = (
        *who,
        form.guests.data or 0,
        form.note.data or "",
        request.remote_addr,
        request.user_agent.string,
    )
    bucket = int(now.timestamp()) // PRESS_SECONDS
    return tuple(fingerprint(number, *words) for number in (bucket, bucket - 1))


def request_from(form: SignupForm, about: str, now: datetime, key: str | None = None) -> Request:
    """What the form asks for."""
    person = current_person()
    return Request(
        name=clean_name(form.name.data or ""),
        email=(form.email.data or "").strip() or None,
        guests=form.guests.data or 0,
        note=(form.note.data or "").replace("\x00", "").strip(),
        language=web.language(),
        presses=presses(about, form, now, key),
        person_id=person.id if person else None,
    )


def refusal_words(reason: object) -> str:
    """Why someone cannot sign up, in words."""
    return {
        SeatRefusal.CANCELLED: _("This date is cancelled, so nobody can sign up for it."),
        SeatRefusal.PAST: _("This date is over, so nobody can sign up for it."),
        SeatRefusal.CLOSED: _("Sign-up for this date has closed."),
        SeatRefusal.DROP_IN: _("No sign-up is needed here. Just come."),
        SeatRefusal.COHORT: _("This has one sign-up for all its dates; use the form on its page."),
        SeatRefusal.TOO_MANY: _(
            "That is more people than the room holds. Please bring fewer guests."
        ),
    }[SeatRefusal(str(reason))]


def form_page(form: SignupForm, title: str, back: str, status: int, problem: str = "") -> Response:
    """The sign-up form by itself, filled in, with what is wrong."""
    page = render_template(
        "signups/form_page.html",
        form=form,
        problem=problem,
        title=title,
        action=web.path(request.path),
        back=back,
    )
    return make_response(page, status)


def too_many(limit: RequestLimit) -> Response:
    """What the sign-up form says to whoever presses too often."""
    form = SignupForm(request.form)
    return form_page(
        form,
        _("Sign up"),
        web.path("/"),
        429,
        _("Too many tries. Please wait a minute and press again."),
    )


def answer(
    outcome: Signed | Refused, form: SignupForm, title: str, back: str
) -> ResponseReturnValue:
    """To the private page of a sign-up, or the form again with the reason why not."""
    if isinstance(outcome, Refused):
        return form_page(form, title, back, 409, refusal_words(outcome.reason))
    return redirect(web.path(f"/signups/{outcome.token}/"), 303)


@bp.post("/events/<slug>/<key>/signup")
@public
@limiter.limit(LIMIT, on_breach=too_many)
def sign_up(slug: str, key: str) -> ResponseReturnValue:
    """Sign up for one date."""
    key = queries.current_key(slug, key) or key
    found = queries.public_date(slug, key) if parse_key(key) else None
    if found is None:
        abort(404)
    shown = found[0]
    form = SignupForm(request.form)
    back = web.path(f"/events/{slug}/{key}/")
    if not form.validate():
        return form_page(form, shown.title, back, 422)
    now = clock.now()
    asked = request_from(form, f"date {shown.id}", now)
    if shown.joining == Joining.COHORT:
        outcome = enrolments.enrol(shown.event_id, asked, by=actor(), now=now)
    else:
        outcome = signups.sign_up(shown.id, asked, by=actor(), now=now)
    return answer(outcome, form, shown.title, back)


@bp.post("/events/<slug>/signup")
@public
@limiter.limit(LIMIT, on_breach=too_many)
def sign_up_for_all(slug: str) -> ResponseReturnValue:
    """Sign up for all dates of a cohort."""
    event = queries.public_event(slug)
    if event is None:
        abort(404)
    form = SignupForm(request.form)
    title, back, event_id = event.title, web.path(f"/events/{slug}/"), event.id
    if not form.validate():
        return form_page(form, title, back, 422)
    now = clock.now()
    asked = request_from(form, f"cohort {event_id}", now)
    return answer(enrolments.enrol(event_id, asked, by=actor(), now=now), form, title, back)


def _private(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _found(token: str) -> Signup | Enrolment:
    found = find_own(token)
    if found is None:
        abort(404)
    return found


def _dates_of(found: Signup | Enrolment, now: datetime) -> list[Occurrence]:
    if isinstance(found, Signup):
        return [found.occurrence]
    return enrolments.dates_ahead(found.event_id, now)


@bp.get("/signups/<token>/")
@public
def own_page(token: str) -> ResponseReturnValue:
    """The private page of a sign-up: where it stands, when and where, and how to cancel."""
    found, now = _found(token), clock.now()
    dates = _dates_of(found, now)
    event = found.occurrence.event if isinstance(found, Signup) else found.event
    position = (
        signups.position_of(found)
        if isinstance(found, Signup)
        else enrolments.enrolment_position(found)
    )
    venue = (dates[0].venue if dates else None) or event.venue
    return _private(
        render_template(
            "signups/page.html",
            token=token,
            state=found.state,
            position=position,
            has_address=bool(db.session.get_one(Person, found.person_id).email),
            guests=found.guests,
            event=event,
            called_off=event.status == EventStatus.DELETED,
            about_path=about_path(event),
            is_public=life_words.is_public(event),
            venue=venue,
            dates=[
                (
                    one,
                    display.local(one.starts_at, one.timezone),
                    display.local(one.ends_at, one.timezone),
                )
                for one in dates
            ],
            over=all(one.ends_at <= now for one in dates),
            calendar_path=calendar_path(found),
        )
    )


def about_path(event: Event) -> str:
    """Where one reads about an event, or '' where there is no such page."""
    if life_words.is_public(event):
        return web.path(f"/events/{event.slug}/")
    members = event.status == EventStatus.PUBLISHED and (
        life_words.audience(event) == Visibility.SIGNED_IN
    )
    return web.path(f"/me/events/{event.slug}/") if members else ""


def calendar_path(found: Signup | Enrolment) -> str:
    """Where the calendar file of a sign-up is."""
    if isinstance(found, Signup):
        return f"/events/{found.occurrence.event.slug}/{found.occurrence.key}.ics"
    return f"/events/{found.event.slug}.ics"


@bp.get("/signups/<token>/cancel")
@public
def ask_cancel(token: str) -> ResponseReturnValue:
    """Ask once before giving a place back."""
    _found(token)
    return _private(render_template("signups/cancel.html", token=token))


@bp.post("/signups/<token>/cancel")
@public
def cancel(token: str) -> ResponseReturnValue:
    """Give the place back; pressing twice changes nothing."""
    found, now = _found(token), clock.now()
    give_back = signups.cancel if isinstance(found, Signup) else enrolments.leave
    outcome = give_back(token, by=actor(), now=now)
    if isinstance(outcome, Refused):
        words = _("This date is over; there is nothing left to cancel.")
        return _private(render_template("signups/cancel.html", token=token, problem=words), 409)
    return redirect(web.path(f"/signups/{token}/"), 303)
