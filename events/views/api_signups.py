"""Signing up over JSON, for apps and other sites' servers."""

from __future__ import annotations

from typing import cast

import msgspec
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from core import clock, web
from core.limits import limiter
from core.outcome import Refused
from events import enrolments, signups
from events.models import Joining, Signup
from events.own import find_own
from events.queries import CalendarDate, public_date_by_id
from events.signup_form import SignupForm
from events.signups import Signed
from events.views.problems import problem
from events.views.signups import LIMIT, calendar_path, refusal_words, request_from
from people.access import actor, public

bp = Blueprint("api_signups", __name__)
MOST_BYTES = 100_000


class NewSignup(msgspec.Struct, forbid_unknown_fields=True):
    """What a program sends."""

    name: str
    email: str | None = None
    guests: int = 0
    note: str | None = None


class Standing(msgspec.Struct):
    """What it gets back; the addresses are for the person alone."""

    state: str
    position: int | None
    manage_url: str
    calendar_url: str


@bp.errorhandler(HTTPException)
def _as_problem(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return cast(ResponseReturnValue, error.response)
    return problem(error.code or 500, error.description or "")


def _too_many(_limit: RequestLimit) -> Response:
    return problem(429, "Too many tries: wait a minute.")


def _form_of(body: NewSignup) -> SignupForm:
    return SignupForm(
        MultiDict(
            {
                "name": body.name,
                "email": body.email or "",
                "guests": str(body.guests),
                "note": body.note or "",
            }
        )
    )


def _sign_up(one: CalendarDate, form: SignupForm) -> Signed | Refused:
    now = clock.now()
    key = request.headers.get("Idempotency-Key")
    if one.joining == Joining.COHORT:
        asked = request_from(form, f"cohort {one.event_id}", now, key)
        return enrolments.enrol(one.event_id, asked, by=actor(), now=now)
    asked = request_from(form, f"date {one.id}", now, key)
    return signups.sign_up(one.id, asked, by=actor(), now=now)


def _standing(signed: Signed) -> Response:
    found = find_own(signed.token)
    if found is None:
        return problem(404, "This sign-up is gone.")
    position = (
        signups.position_of(found)
        if isinstance(found, Signup)
        else enrolments.enrolment_position(found)
    )
    standing = Standing(
        state=found.state,
        position=position,
        manage_url=web.absolute(f"/signups/{signed.token}/"),
        calendar_url=web.absolute(calendar_path(found)),
    )
    return Response(
        msgspec.json.encode(standing),
        status=201 if signed.new else 200,
        content_type="application/json",
    )


@bp.post("/api/v1/occurrences/<int(max=2147483647):occurrence_id>/signups")
@public
@limiter.limit(LIMIT, on_breach=_too_many)
def sign_up(occurrence_id: int) -> ResponseReturnValue:
    """Sign up for a date: 201, or 200 when the same request was made before."""
    if request.mimetype != "application/json":
        return problem(415, "Send application/json.")
    request.max_content_length = MOST_BYTES
    try:
        body = msgspec.json.decode(request.get_data(), type=NewSignup)
    except msgspec.ValidationError as error:
        return problem(422, str(error))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return problem(400, "The body is not JSON.")
    form = _form_of(body)
    if not form.validate():
        errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
        return problem(422, "Some fields cannot be used.", errors=errors)
    one = public_date_by_id(occurrence_id)
    if one is None:
        return problem(404, "There is no such date.")
    outcome = _sign_up(one, form)
    if isinstance(outcome, Refused):
        return problem(409, refusal_words(outcome.reason), reason=outcome.reason.value)
    return _standing(outcome)
