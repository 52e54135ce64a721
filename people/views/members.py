"""Who has an account, what they may do, and until when."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, web
from core.limits import limiter
from core.outcome import Refused
from people import granting, words
from people.access import Permission, actor, current_person, requires, today
from people.forms import GrantForm, InviteForm
from people.granting import GrantRefusal
from people.invitations import LASTS, token_for
from people.models import Account, Role
from people.queries import PEOPLE_PAGE, account_of, people_with_accounts
from people.roles import stands
from people.views.base import bp

PERSON = "<int(max=2147483647):person_id>"
LIMIT = "30 per minute"


@bp.get("/admin/people/")
@requires(Permission.MANAGE_PEOPLE)
def members() -> ResponseReturnValue:
    """Everyone with an account, to search and to page through."""
    text = request.args.get("q", "").replace("\x00", "")[:120]
    asked = request.args.get("page", 1, type=int)
    page = asked if 1 <= asked <= 10_000 else 1
    found, total = people_with_accounts(text, page)
    pages = -(-total // PEOPLE_PAGE)
    query = text or None
    return render_template(
        "people/members.html",
        accounts=found,
        total=total,
        text=text,
        today=today(),
        stands=stands,
        page=page,
        pages=pages,
        earlier=url_for(".members", q=query, page=page - 1) if page > 1 else "",
        later=url_for(".members", q=query, page=page + 1) if page < pages else "",
    )


def _show_new(form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return render_template("people/member_new.html", form=form), status


@bp.get("/admin/people/new")
@requires(Permission.MANAGE_PEOPLE)
def new_member() -> ResponseReturnValue:
    """The form for an account."""
    return _show_new(InviteForm())


@bp.post("/admin/people/new")
@requires(Permission.MANAGE_PEOPLE)
@limiter.limit(LIMIT)
def add_member() -> ResponseReturnValue:
    """Make an account; its page shows the link by which its person sets a password."""
    form = InviteForm(request.form)
    if not form.validate():
        return _show_new(form, 422)
    made = granting.invite(
        form.name.data or "",
        form.email.data or "",
        Role(form.role.data),
        form.until.data,
        by=actor(),
        today=today(),
        now=clock.now(),
    )
    if isinstance(made, Refused):
        field = form.email if made.reason == GrantRefusal.ADDRESS_TAKEN else form.until
        field.errors = [words.refusal(made.reason)]
        return _show_new(form, 422)
    flash(_("The account is made. Now give its person the link below."), "success")
    return redirect(url_for(".member", person_id=made), 303)


def _account_or_404(person_id: int) -> Account:
    found = account_of(person_id)
    if found is None:
        abort(404)
    return found


def _link(account: Account) -> str:
    """The address by which somebody without a password gives themselves one, or ''."""
    if account.password_hash:
        return ""
    token = token_for(account, str(current_app.config["SECRET_KEY"]), clock.now())
    return web.absolute(web.path(f"/set-password/{token}/"))


def _show(person_id: int, form: GrantForm, status: int = 200) -> ResponseReturnValue:
    account, me = _account_or_404(person_id), current_person()
    page = render_template(
        "people/member.html",
        account=account,
        form=form,
        today=today(),
        stands=stands,
        link=_link(account),
        days=LASTS.days,
        is_me=me is not None and me.id == person_id,
    )
    return page, status


@bp.get(f"/admin/people/{PERSON}/")
@requires(Permission.MANAGE_PEOPLE)
def member(person_id: int) -> ResponseReturnValue:
    """One account: its roles, when they end, and what can be done about it."""
    return _show(person_id, _standing_form(person_id))


def _standing_form(person_id: int) -> GrantForm:
    """The form filled in with what stands, so that only the day has to be changed."""
    roles = [one for one in _account_or_404(person_id).roles if stands(one, today())]
    first = roles[0] if roles else None
    data = {"role": first.role, "until": first.ends_on} if first else {}
    return GrantForm(data=data)


def _answered(
    answer: bool | Refused, person_id: int, done: str, form: GrantForm
) -> ResponseReturnValue:
    if isinstance(answer, Refused):
        if answer.reason == GrantRefusal.UNKNOWN:
            abort(404)
        said = words.refusal(answer.reason)
        if answer.reason == GrantRefusal.IN_THE_PAST:
            form.until.errors = [said]
        else:
            form.form_errors.append(said)
        return _show(person_id, form, 422 if form.until.errors else 409)
    flash(done, "success")
    return redirect(url_for(".member", person_id=person_id), 303)


@bp.post(f"/admin/people/{PERSON}/grant")
@requires(Permission.MANAGE_PEOPLE)
@limiter.limit(LIMIT)
def grant(person_id: int) -> ResponseReturnValue:
    """Give a role, or change when it ends."""
    form = GrantForm(request.form)
    if not form.validate():
        return _show(person_id, form, 422)
    role, until = Role(form.role.data), form.until.data
    answer = granting.grant_role(person_id, role, until, by=actor(), today=today(), now=clock.now())
    return _answered(answer, person_id, _("Saved."), form)


@bp.post(f"/admin/people/{PERSON}/end")
@requires(Permission.MANAGE_PEOPLE)
@limiter.limit(LIMIT)
def end(person_id: int) -> ResponseReturnValue:
    """End a role now."""
    code = request.form.get("role", "")
    if code not in list(Role):
        abort(400)
    answer = granting.end_role(person_id, Role(code), by=actor(), today=today(), now=clock.now())
    return _answered(answer, person_id, _("That access has ended."), GrantForm())


@bp.post(f"/admin/people/{PERSON}/sign-out")
@requires(Permission.MANAGE_PEOPLE)
@limiter.limit(LIMIT)
def sign_member_out(person_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    answer = granting.end_sessions(person_id, by=actor(), now=clock.now())
    done = _("They are signed out on every device.")
    return _answered(answer, person_id, done, GrantForm())


@bp.post(f"/admin/people/{PERSON}/password")
@requires(Permission.MANAGE_PEOPLE)
@limiter.limit(LIMIT)
def take_password(person_id: int) -> ResponseReturnValue:
    """Let a password hold no more, and show the link for a new one."""
    answer = granting.take_password(person_id, by=actor(), now=clock.now())
    done = _("The old password holds no more. Now give its person the link below.")
    return _answered(answer, person_id, done, GrantForm())
