"""Signing in and out, and a person's way to their own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from core import clock, display, web
from core.db import write
from core.limits import limiter
from people import audit
from people.access import Permission, may, public, today
from people.accounts import find_account
from people.forms import SignInForm
from people.models import Account
from people.roles import standing_roles
from people.views.base import bp


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


def _ended(account: Account) -> str:
    last = max((grant.ends_on for grant in account.roles if grant.ends_on), default=None)
    if last is None:
        return _("This account has no access. An administrator can give it.")
    return _(
        "Your access ended on %(day)s. An administrator can give it to you again.",
        day=display.in_sentence(display.long_date(last)),
    )


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
        elif not standing_roles(account.roles, today()):
            form.form_errors.append(_ended(account))
            account = None
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
