"""The desk's pages of closures: a venue, or the whole program, closed for some days."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.outcome import Refused
from events import closures, desk_places
from events.closures import Done
from events.forms.closures import ClosureForm
from events.models import Closure
from events.rules.closing import ClosureRefusal
from events.views import closure_words
from events.views.manage_base import flash_done
from people.access import Permission, actor, requires

bp = Blueprint("closures", __name__, url_prefix="/closures")
CLOSURE = "<int(max=2147483647):closure_id>"
APPLY, FORM = "apply", "form"
MOST_LISTED = 100


def _zone() -> str:
    return str(current_app.config["TIMEZONE"])


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def index() -> ResponseReturnValue:
    """What is closed now, what will be, and what was."""
    today = closures.today_of(None, _zone(), clock.now())
    ahead, past = closures.closure_lines(today, MOST_LISTED)
    return render_template(
        "manage/closures.html",
        now=[one for one in ahead if one.first_day <= today],
        coming=[one for one in ahead if one.first_day > today],
        past=past,
        say=closure_words,
    )


def _closure_or_404(closure_id: int) -> Closure:
    found = closures.closure_of(closure_id)
    if found is None:
        abort(404)
    return found


def _show(form: ClosureForm, closure: Closure | None) -> str:
    return render_template(
        "manage/closure_form.html", form=form, closure=closure, say=closure_words
    )


def _venue_name(form: ClosureForm) -> str:
    return str(
        next((label for _value, label, chosen, *_more in form.venue.iter_choices() if chosen), "")
    )


def _preview(form: ClosureForm, closure: Closure | None) -> str:
    plan = form.plan()
    return render_template(
        "manage/closure_preview.html",
        plan=plan,
        name=_venue_name(form),
        closure=closure,
        forecast=closures.forecast(plan, clock.now(), closure.id if closure else 0),
        kept=[(name, value) for name, value in request.form.items() if name != "action"],
        say=closure_words,
    )


def _refuse(form: ClosureForm, closure: Closure | None, refused: Refused) -> ResponseReturnValue:
    field = closure_words.FIELD_OF.get(ClosureRefusal(refused.reason), "")
    reason = closure_words.refusal(refused.reason)
    if field:
        form[field].errors = [reason]
    else:
        form.form_errors.append(reason)
    return _show(form, closure), 422


def _flash(text: str, done: Done) -> ResponseReturnValue:
    flash_done(text, done.change_id)
    return redirect(url_for(".index"), 303)


@bp.get("/new")
@requires(Permission.PLAN_EVENTS)
def new() -> ResponseReturnValue:
    """The form for a closure; `venue` may be given."""
    form = ClosureForm(data={"venue": request.args.get("venue", "")})
    form.offer_venues(desk_places.venue_choices())
    return _show(form, None)


@bp.post("/new")
@requires(Permission.PLAN_EVENTS)
def create() -> ResponseReturnValue:
    """First show exactly what would happen; then, when it was seen, close."""
    form = ClosureForm(request.form)
    form.offer_venues(desk_places.venue_choices())
    if not form.validate():
        return _show(form, None), 422
    action = request.form.get("action", "")
    if action == FORM:
        return _show(form, None)
    plan = form.plan()
    fault = closures.fault_of(plan, _zone(), clock.now())
    if fault:
        return _refuse(form, None, Refused(fault))
    if action != APPLY:
        return _preview(form, None)
    done = closures.close(plan, _zone(), by=actor(), now=clock.now())
    if isinstance(done, Refused):
        return _refuse(form, None, done)
    return _flash(_("Closed. Its dates say so, and come back by themselves."), done)


@bp.get(f"/{CLOSURE}/")
@requires(Permission.PLAN_EVENTS)
def edit(closure_id: int) -> ResponseReturnValue:
    """The form for other days, another place or another reason."""
    closure = _closure_or_404(closure_id)
    form = ClosureForm(
        data={
            "venue": str(closure.venue_id or ""),
            "first_day": closure.first_day,
            "last_day": closure.last_day,
            "reason": closure.reason,
            "seen": closure.updated_at.isoformat(),
        }
    )
    form.offer_venues(desk_places.venue_choices())
    return _show(form, closure)


@bp.post(f"/{CLOSURE}/")
@requires(Permission.PLAN_EVENTS)
def save(closure_id: int) -> ResponseReturnValue:
    """First show exactly what would happen; then, when it was seen, change it."""
    closure = _closure_or_404(closure_id)
    form = ClosureForm(request.form)
    form.offer_venues(desk_places.venue_choices())
    if not form.validate():
        return _show(form, closure), 422
    action = request.form.get("action", "")
    if action == FORM:
        return _show(form, closure)
    plan, seen = form.plan(), form.seen_at()
    fault = closures.fault_of(plan, _zone(), clock.now())
    if fault:
        return _refuse(form, closure, Refused(fault))
    if action != APPLY:
        return _preview(form, closure)
    done = closures.change_closure(
        closure_id, plan, _zone(), by=actor(), now=clock.now(), seen=seen
    )
    if isinstance(done, Refused):
        return _refuse(form, closures.closure_of(closure_id), done)
    return _flash(_("Saved."), done)


@bp.get(f"/{CLOSURE}/lift")
@requires(Permission.PLAN_EVENTS)
def ask_lift(closure_id: int) -> ResponseReturnValue:
    """Ask before opening again, saying what comes back."""
    closure = _closure_or_404(closure_id)
    return render_template(
        "manage/closure_lift.html",
        closure=closure,
        forecast=closures.forecast(None, clock.now(), closure_id),
        say=closure_words,
    )


@bp.post(f"/{CLOSURE}/lift")
@requires(Permission.PLAN_EVENTS)
def lift(closure_id: int) -> ResponseReturnValue:
    """Open again."""
    done = closures.lift_closure(closure_id, _zone(), by=actor(), now=clock.now())
    if isinstance(done, Refused):
        abort(404)
    return _flash(_("Open again. Its dates take place."), done)
