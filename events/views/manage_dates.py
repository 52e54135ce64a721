"""The desk's page of one date: its roster, and cancelling, restoring and moving it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.db import db, write
from core.outcome import Refused
from events import desk, desk_people, desk_places, staffing
from events.dates import (
    Move,
    cancel_occurrence,
    closing_of_move,
    reschedule,
    restore_occurrence,
)
from events.desk import DeskDate
from events.forms.dates import CancelForm
from events.forms.fields import place_value
from events.forms.staff import AssignForm
from events.forms.when import MoveForm
from events.models import Occurrence, OccurrenceStatus, SignupState
from events.notices import count_told
from events.rules.planning import PlanRefusal
from events.views import closure_words, desk_words
from events.views.manage_base import exclusive, flash_done
from people import audit
from people.access import Permission, actor, may, requires, today

bp = Blueprint("dates", __name__, url_prefix="/occurrences")
OCCURRENCE = "<int(max=2147483647):occurrence_id>"


def _date_or_404(occurrence_id: int) -> DeskDate:
    one = desk.date_of(occurrence_id)
    if one is None:
        abort(404)
    return one


def _assign_form() -> AssignForm:
    form = AssignForm()
    form.offer(staffing.facilitators(today()))
    return form


@bp.get(f"/{OCCURRENCE}/")
@requires(Permission.SEE_ROSTERS)
def show(occurrence_id: int) -> ResponseReturnValue:
    """The roster of one date, its waitlist in order, and who leads. Looking is recorded."""
    now = clock.now()
    _date_or_404(occurrence_id)
    with write():
        audit.record("see-roster", "occurrence", occurrence_id, by=actor(), now=now)
    one = _date_or_404(occurrence_id)
    rows = desk_people.roster(occurrence_id)
    stored = db.session.get_one(Occurrence, occurrence_id)
    return render_template(
        "manage/date.html",
        one=one,
        reason=stored.cancel_reason,
        closure=stored.closure_id,
        original=stored.key,
        series_id=stored.series_id,
        over=one.ends_at <= now,
        seated=[r for r in rows if r.state in (SignupState.SEATED, SignupState.OFFERED)],
        waiting=[r for r in rows if r.state == SignupState.QUEUED],
        gone=[r for r in rows if r.state == SignupState.CANCELLED],
        assigned=desk_people.assignments(one.event_id, occurrence_id),
        assign_form=_assign_form(),
        may_plan=may(Permission.PLAN_EVENTS),
        may_assign=may(Permission.ASSIGN_FACILITATORS),
        say=desk_words,
    )


def _here(occurrence_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", occurrence_id=occurrence_id), 303)


def _ask_cancel(one: DeskDate, form: CancelForm) -> str:
    people, told = count_told(one.id)
    return render_template(
        "manage/date_cancel.html",
        one=one,
        form=form,
        people=people,
        told=told,
        over=one.ends_at <= clock.now(),
        say=desk_words,
    )


@bp.get(f"/{OCCURRENCE}/cancel")
@requires(Permission.PLAN_EVENTS)
def ask_cancel(occurrence_id: int) -> ResponseReturnValue:
    """Ask before cancelling, saying how many people are told."""
    one = _date_or_404(occurrence_id)
    closed = db.session.get_one(Occurrence, occurrence_id).closure_id is not None
    if one.status == OccurrenceStatus.CANCELLED and not closed:
        return _here(occurrence_id)
    return _ask_cancel(one, CancelForm())


@bp.post(f"/{OCCURRENCE}/cancel")
@requires(Permission.PLAN_EVENTS)
def cancel(occurrence_id: int) -> ResponseReturnValue:
    """Cancel one date."""
    form = CancelForm(request.form)
    if not form.validate():
        return _ask_cancel(_date_or_404(occurrence_id), form), 422
    reason = form.reason.data or ""
    change = cancel_occurrence(occurrence_id, reason, by=actor(), now=clock.now())
    if isinstance(change, Refused):
        abort(404)
    flash_done(_("The date is cancelled."), change)
    return _here(occurrence_id)


@bp.post(f"/{OCCURRENCE}/restore")
@requires(Permission.PLAN_EVENTS)
def restore(occurrence_id: int) -> ResponseReturnValue:
    """Let a cancelled date take place."""
    change = restore_occurrence(occurrence_id, by=actor(), now=clock.now())
    if isinstance(change, Refused):
        if change.reason == PlanRefusal.CLOSED:
            flash(desk_words.refusal(change.reason), "error")
            return _here(occurrence_id)
        abort(404)
    flash_done(_("The date takes place."), change)
    return _here(occurrence_id)


def _show_move(one: DeskDate, form: MoveForm, closed: str = "") -> str:
    people, told = count_told(one.id)
    return render_template(
        "manage/date_move.html",
        one=one,
        form=form,
        people=people,
        told=told,
        closed=closed,
        say=desk_words,
    )


def _closed_there(occurrence_id: int, move: Move) -> str:
    """What to say before a date is moved to where and when it is closed, or nothing."""
    found = closing_of_move(occurrence_id, move)
    if found is None:
        return ""
    span = closure_words.span(found.first, found.last)
    return _("It is closed there %(days)s. The date would be closed, too.", days=span)


@bp.get(f"/{OCCURRENCE}/move")
@requires(Permission.PLAN_EVENTS)
def ask_move(occurrence_id: int) -> ResponseReturnValue:
    """The form for another time or place."""
    one = _date_or_404(occurrence_id)
    stored = db.session.get_one(Occurrence, occurrence_id)
    starts = display.local(one.starts_at, one.timezone)
    ends = display.local(one.ends_at, one.timezone)
    day = request.args.get("day", starts.date(), type=date.fromisoformat)
    form = MoveForm(
        data={
            "day": day,
            "start": starts.time(),
            "end": ends.time(),
            "last_day": day + (ends.date() - starts.date()) if (ends - starts).days else None,
            "venue": place_value(stored.venue_id, stored.room_id),
        }
    )
    form.offer_venues(desk_places.place_choices())
    return _show_move(one, form)


@bp.post(f"/{OCCURRENCE}/move")
@requires(Permission.PLAN_EVENTS)
def move(occurrence_id: int) -> ResponseReturnValue:
    """Move one date to another time or place."""
    one = _date_or_404(occurrence_id)
    form = MoveForm(request.form)
    form.offer_venues(desk_places.place_choices())
    if not form.validate():
        return _show_move(one, form), 422
    closed = _closed_there(occurrence_id, form.move())
    if closed and not request.form.get("even_so"):
        return _show_move(one, form, closed), 422
    answer = reschedule(
        occurrence_id, form.move(), by=actor(), now=clock.now(), exclusive=exclusive()
    )
    if isinstance(answer, Refused):
        name = desk_words.FIELD_OF.get(answer.reason, "day")  # type: ignore[call-overload]
        form[name].errors = [desk_words.refusal(answer.reason)]
        return _show_move(_date_or_404(occurrence_id), form), 422
    flash_done(_("Moved."), answer)
    return _here(occurrence_id)
