"""Giving oneself a password by the link that an administrator gave."""

from __future__ import annotations

from flask import Response, current_app, flash, make_response, redirect, render_template, request
from flask import url_for as url_of
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.limits import limiter
from people.access import public
from people.forms import PasswordForm
from people.granting import set_password
from people.invitations import Invitation, invitation_of
from people.views.base import bp


def _invited(token: str) -> Invitation | None:
    return invitation_of(token, str(current_app.config["SECRET_KEY"]), clock.now())


def _page(form: PasswordForm | None, status: int = 200) -> Response:
    response = make_response(render_template("people/set_password.html", form=form), status)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/set-password/<token>/")
@public
@limiter.limit("30 per minute")
def ask_password(token: str) -> ResponseReturnValue:
    """The form for a password of one's own, while the link works."""
    return _page(PasswordForm()) if _invited(token) else _page(None, 404)


@bp.post("/set-password/<token>/")
@public
@limiter.limit("10 per minute")
def keep_password(token: str) -> ResponseReturnValue:
    """Keep the password; the link works no more."""
    invited, form = _invited(token), PasswordForm(request.form)
    if invited is None:
        return _page(None, 404)
    if not form.validate():
        return _page(form, 422)
    password = form.password.data or ""
    if not set_password(invited.person_id, invited.session_key, password, now=clock.now()):
        return _page(None, 404)
    flash(_("Your password is set. Please sign in with it."), "success")
    return redirect(url_of("people.sign_in"), 303)
