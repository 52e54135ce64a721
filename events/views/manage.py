"""The coordinators' desk: its front page, and events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import Form

from core import clock, display
from core.outcome import Refused
from events import desk, staffing
from events.forms import WEEKLY, AssignForm, DetailsForm, NewEventForm
from events.models import AssignmentRole, Event, EventStatus, Kind
from events.rules.planning import PlanRefusal
from events.scheduling import create_event, edit_event, set_status
from events.views import desk_words, manage_dates, manage_venues, words
from events.views.rhythms import rhythm_in_words
from people.access import Permission, actor, may, requires

bp = Blueprint("manage", __name__, url_prefix="/manage")
bp.register_blueprint(manage_dates.bp)
bp.register_blueprint(manage_venues.bp)

EVENT = "<int(max=2147483647):event_id>"
DAYS_AHEAD = 14
MOST_LISTED = 30
LANGUAGES = ("en", "es", "vi", "ko", "zh", "tl", "fa", "ar", "ja", "fr", "pt", "ru", "ase")


def page_number() -> int:
    """The page asked for, from 1."""
    asked = request.args.get("page", 1, type=int)
    return asked if 1 <= asked <= 10_000 else 1


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def front() -> ResponseReturnValue:
    """What needs a coordinator today and this week."""
    now = clock.now()
    day = display.local(now, current_app.config["TIMEZONE"]).date()
    sunday = day + timedelta(days=6 - day.weekday())
    today, today_total = desk.dates_between(day, day, MOST_LISTED)
    week, week_total = desk.dates_between(day + timedelta(days=1), sunday, MOST_LISTED)
    ahead = day + timedelta(days=DAYS_AHEAD)
    uncovered, uncovered_total = desk.uncovered_dates(now, ahead, MOST_LISTED)
    return render_template(
        "manage/front.html",
        day=day,
        today=today,
        today_total=today_total,
        week=week,
        week_total=week_total,
        waitlists=desk.dates_with_waitlist(now, MOST_LISTED),
        uncovered=uncovered,
        uncovered_total=uncovered_total,
        say=desk_words,
    )


@bp.get("/events/")
@requires(Permission.PLAN_EVENTS)
def events() -> ResponseReturnValue:
    """Every event, to search and to page through."""
    text = request.args.get("q", "").replace("\x00", "")[:120]
    kind = request.args.get("kind", "")
    kind = kind if kind in list(Kind) else ""
    status = request.args.get("status", EventStatus.PUBLISHED)
    status = status if status in list(EventStatus) else EventStatus.PUBLISHED
    page = page_number()
    found, total = desk.event_list(text, kind, status, page, clock.now())
    asked: dict[str, Any] = {"q": text or None, "kind": kind or None, "status": status}
    pages = -(-total // desk.PAGE)
    return render_template(
        "manage/events.html",
        events=found,
        total=total,
        text=text,
        kinds=[
            {"value": one.value, "label": words.kind(one), "selected": one == kind} for one in Kind
        ],
        statuses=[
            {"value": one.value, "label": desk_words.status(one), "selected": one == status}
            for one in EventStatus
        ],
        page=page,
        pages=pages,
        earlier=url_for(".events", page=page - 1, **asked) if page > 1 else "",
        later=url_for(".events", page=page + 1, **asked) if page < pages else "",
        words=words,
        say=desk_words,
    )


def _prepare(form: DetailsForm, spoken: Iterable[str] = ()) -> None:
    form.offer_venues(desk.venue_choices())
    codes = dict.fromkeys((*LANGUAGES, *spoken))
    form.offer_languages([(code, words.language(code)) for code in codes])
    if isinstance(form, NewEventForm):
        form.offer_weekdays(desk_words.weekday_names())


def add_refusal(form: Form, refused: Refused) -> None:
    """Put a refusal beside the field it is about."""
    name = desk_words.FIELD_OF.get(PlanRefusal(refused.reason), "")
    reason = desk_words.refusal(refused.reason)
    far = refused.reason == PlanRefusal.TOO_FAR_AHEAD
    if far and isinstance(form, NewEventForm) and form.repeats.data == WEEKLY and form.until.data:
        name = "until"
    if name in form:
        form[name].errors = [*form[name].errors, reason]
    else:
        form.form_errors.append(reason)


def _show_new(form: NewEventForm, status: int = 200) -> ResponseReturnValue:
    return render_template("manage/event_new.html", form=form), status


@bp.get("/events/new")
@requires(Permission.PLAN_EVENTS)
def new_event() -> ResponseReturnValue:
    """The form for an event."""
    day = display.local(clock.now(), current_app.config["TIMEZONE"]).date()
    form = NewEventForm(data={"press": str(uuid4()), "day": day})
    _prepare(form)
    return _show_new(form)


@bp.post("/events/new")
@requires(Permission.PLAN_EVENTS)
def create() -> ResponseReturnValue:
    """Make an event; its hidden `press` makes a second press find the first one's event."""
    form = NewEventForm(request.form)
    _prepare(form)
    if not form.validate():
        return _show_new(form, 422)
    plan = form.plan(current_app.config["TIMEZONE"])
    made = create_event(plan, by=actor(), now=clock.now())
    if isinstance(made, Refused):
        add_refusal(form, made)
        return _show_new(form, 422)
    flash(_("The event is on the calendar."), "success")
    return redirect(url_for(".event", event_id=made), 303)


def _event_or_404(event_id: int) -> Event:
    event = desk.event_of(event_id)
    if event is None:
        abort(404)
    return event


def assign_form(data: MultiDict[str, str] | None = None) -> AssignForm:
    """The form for who leads, with everyone who may."""
    form = AssignForm(data)
    form.offer(staffing.facilitators())
    return form


@bp.get(f"/events/{EVENT}/")
@requires(Permission.PLAN_EVENTS)
def event(event_id: int) -> ResponseReturnValue:
    """One event: what is said of it, who leads, its dates."""
    found = _event_or_404(event_id)
    past = request.args.get("show") == "past"
    page = page_number()
    dates, more = desk.dates_of_event(event_id, clock.now(), past=past, page=page)
    show = "past" if past else None
    return render_template(
        "manage/event.html",
        event=found,
        dates=dates,
        past=past,
        earlier=url_for(".event", event_id=event_id, show=show, page=page - 1) if page > 1 else "",
        later=url_for(".event", event_id=event_id, show=show, page=page + 1) if more else "",
        page=page,
        rhythm=rhythm_in_words,
        assigned=desk.assignments(event_id),
        assign_form=assign_form(),
        may_assign=may(Permission.ASSIGN_FACILITATORS),
        words=words,
        say=desk_words,
    )


def _details_form(event: Event) -> DetailsForm:
    return DetailsForm(
        data={
            "title": event.title,
            "kind": event.kind,
            "summary": event.summary,
            "description": event.description,
            "joining": event.joining,
            "capacity": event.capacity,
            "closes": event.signup_closes_minutes,
            "mode": event.mode,
            "venue": str(event.venue_id or ""),
            "online_url": event.online_url,
            "online_url_public": event.online_url_public,
            "visibility": event.visibility,
            "languages": [one.language for one in event.languages],
            "tags": ", ".join(tag.tag for tag in event.tags),
        }
    )


@bp.get(f"/events/{EVENT}/edit")
@requires(Permission.PLAN_EVENTS)
def edit(event_id: int) -> ResponseReturnValue:
    """The form for what is said of an event."""
    found = _event_or_404(event_id)
    form = _details_form(found)
    _prepare(form, form.languages.data or ())
    return render_template("manage/event_edit.html", form=form, event=found)


@bp.post(f"/events/{EVENT}/edit")
@requires(Permission.PLAN_EVENTS)
def save(event_id: int) -> ResponseReturnValue:
    """Change what is said of an event."""
    found = _event_or_404(event_id)
    form = DetailsForm(request.form)
    _prepare(form, [one.language for one in found.languages])
    if not form.validate():
        return render_template("manage/event_edit.html", form=form, event=found), 422
    raised = edit_event(event_id, form.details(), by=actor(), now=clock.now())
    if isinstance(raised, Refused):
        add_refusal(form, raised)
        found = _event_or_404(event_id)
        return render_template("manage/event_edit.html", form=form, event=found), 422
    flash(_("Saved."), "success")
    if raised:
        flash(
            ngettext(
                "%(num)d person who waited has a place now.",
                "%(num)d people who waited have a place now.",
                raised,
            ),
            "success",
        )
    return redirect(url_for(".event", event_id=event_id), 303)


def _change_status(event_id: int, status: EventStatus, done: str) -> ResponseReturnValue:
    if isinstance(set_status(event_id, status, by=actor(), now=clock.now()), Refused):
        abort(404)
    flash(done, "success")
    return redirect(url_for(".event", event_id=event_id), 303)


@bp.post(f"/events/{EVENT}/publish")
@requires(Permission.PLAN_EVENTS)
def publish(event_id: int) -> ResponseReturnValue:
    """Put an event on the calendar."""
    return _change_status(event_id, EventStatus.PUBLISHED, _("The event is on the calendar."))


@bp.post(f"/events/{EVENT}/archive")
@requires(Permission.PLAN_EVENTS)
def archive(event_id: int) -> ResponseReturnValue:
    """Take an event off the calendar; everything about it is kept."""
    done = _("The event is in the archive. You can publish it again.")
    return _change_status(event_id, EventStatus.ARCHIVED, done)


@bp.post(f"/events/{EVENT}/assign")
@requires(Permission.ASSIGN_FACILITATORS)
def assign(event_id: int) -> ResponseReturnValue:
    """Somebody leads an event, or with `occurrence` one of its dates."""
    occurrence_id = request.form.get("occurrence", type=int)
    form = assign_form(request.form)
    if not form.validate():
        flash(_("Please choose who leads."), "error")
        return _back(event_id, occurrence_id)
    answer = staffing.assign(
        event_id,
        form.person.data,
        AssignmentRole(form.role.data),
        occurrence_id=occurrence_id,
        by=actor(),
        now=clock.now(),
    )
    if isinstance(answer, Refused):
        if answer.reason != staffing.StaffingRefusal.NOT_A_FACILITATOR:
            abort(404)
        flash(desk_words.refusal(answer.reason), "error")
    else:
        flash(_("Assigned."), "success")
    return _back(event_id, occurrence_id)


def _back(event_id: int, occurrence_id: int | None) -> ResponseReturnValue:
    if occurrence_id:
        return redirect(url_for(".dates.show", occurrence_id=occurrence_id) + "#team", 303)
    return redirect(url_for(".event", event_id=event_id) + "#team", 303)


@bp.post(f"/events/{EVENT}/unassign")
@requires(Permission.ASSIGN_FACILITATORS)
def unassign(event_id: int) -> ResponseReturnValue:
    """Somebody leads no longer."""
    assignment_id = request.form.get("assignment", type=int)
    if assignment_id is None or not 0 < assignment_id < 2**31:
        abort(400)
    if staffing.unassign(assignment_id, by=actor(), now=clock.now()):
        flash(_("Taken off."), "success")
    return _back(event_id, request.form.get("occurrence", type=int))
