"""Signing in and out, and a person's way to their own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from core import clock, web
from core.db import write
from core.limits import limiter
from people import audit
from people.access import Permission, actor, may, public, requires
from people.accounts import find_account
from people.forms import SignInForm
from people.queries import latest_audit_entries

bp = Blueprint("people", __name__)


def _inside(address: str | None) -> str | None:
    """The address when it is a path of this site, else None (no open redirects)."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return address if not parts.netloc and not parts.scheme else None


def _home() -> str:
    if may(Permission.PLAN_EVENTS):
        return web.path("/manage/")
    return web.path("/today/" if may(Permission.TAKE_ROLL) else "/me/")


@bp.get("/sign-in/")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    return render_template("people/sign_in.html", form=SignInForm(), next=request.args.get("next"))


@bp.post("/sign-in/")
@public
@limiter.limit("10 per minute")
def sign_in_post() -> ResponseReturnValue:
    """Sign in; the same words for an unknown address and a wrong password."""
    form = SignInForm(request.form)
    onward = _inside(request.form.get("next"))
    account = None
    if form.validate():
        account = find_account(form.email.data or "", form.password.data or "")
        if account and account.demo and current_app.config["GROUNDSWELL_ENV"] == "production":
            account = None
        if account is None:
            form.form_errors.append(_("That email and password do not go together."))
    if account is None:
        return render_template("people/sign_in.html", form=form, next=onward), 422
    person_id = account.person_id
    login_user(account)
    with write():
        audit.record("sign-in", "person", person_id, by=audit.person(person_id), now=clock.now())
    return redirect(onward or _home(), 303)


@bp.post("/sign-out/")
@public
def sign_out() -> ResponseReturnValue:
    """End this session."""
    logout_user()
    return redirect(url_for("calendar.front_page"), 303)


@bp.get("/admin/")
@requires(Permission.SEE_AUDIT)
def admin() -> ResponseReturnValue:
    """The administrators' front page: the latest entries of the audit record."""
    before = request.args.get("before", type=int)
    entries = latest_audit_entries(before=before if before and 0 < before < 2**31 else None)
    with write():
        audit.record("look", "audit", None, by=actor(), now=clock.now())
    return render_template("people/admin.html", entries=entries)
