"""A series on the desk: changed from a day on or as a whole, after seeing what will happen."""

from __future__ import annotations

from datetime import date

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.db import db
from core.outcome import Refused
from events import desk_places
from events.consequences import Consequences, Scope, SeriesChange, consequences_of
from events.forms.series import SeriesForm, series_values
from events.forms.when import WHEN_FIELDS
from events.models import Series
from events.rules.planning import PlanRefusal
from events.rules.replanning import Choice
from events.series import SeriesPlan, plan_of
from events.series_changes import change_series
from events.series_reading import first_day_to_change
from events.views import desk_words
from events.views.consequence_words import told_of
from events.views.manage_base import add_refusal, bp, exclusive, flash_done
from events.views.rhythms import plan_in_words, rhythm_in_words
from events.views.when_preview import booked_by, preview
from people.access import Permission, actor, requires

SERIES = "<int(max=2147483647):series_id>"
CHOICE = "choice-"
APPLY, FORM, PREVIEW = "apply", "form", "preview"


def _series_or_404(series_id: int) -> Series:
    found = db.session.get(Series, series_id)
    if found is None:
        abort(404)
    return found


def _prepare(form: SeriesForm, series: Series) -> None:
    form.offer_weekdays(desk_words.weekday_names())
    calendars = [*current_app.config["HOLIDAYS"], series.holiday_calendar]
    form.offer_calendars([one for one in dict.fromkeys(calendars) if one])
    form.offer_venues(desk_places.place_choices())


def _asked_day(key: str) -> date | None:
    try:
        return date.fromisoformat(key[:10])
    except ValueError:
        return None


def _show(series: Series, form: SeriesForm, status: int = 200, **more: object) -> str:
    return render_template(
        "manage/series_edit.html",
        series=series,
        form=form,
        rhythm=rhythm_in_words(series),
        **({"preview": None} | more),
    )


@bp.get(f"/series/{SERIES}/edit")
@requires(Permission.PLAN_EVENTS)
def edit_series(series_id: int) -> ResponseReturnValue:
    """The form for another rhythm, time or place; `from` is a date's key."""
    series = _series_or_404(series_id)
    chosen = _asked_day(request.args.get("from", ""))
    first = first_day_to_change(series_id, clock.now())
    today = display.local(clock.now(), series.timezone).date()
    scope = Scope.FOLLOWING if chosen else Scope.ALL
    form = SeriesForm(data=series_values(plan_of(series), chosen or first or today, scope))
    _prepare(form, series)
    return _show(series, form)


def _choices() -> dict[int, Choice]:
    found = {}
    for name, value in request.form.items():
        number = name.removeprefix(CHOICE)
        if name.startswith(CHOICE) and number.isdigit() and value in list(Choice):
            found[int(number)] = Choice(value)
    return found


def _change(series: Series, form: SeriesForm) -> SeriesChange:
    since = form.since(first_day_to_change(series.id, clock.now()))
    return SeriesChange(series.id, form.plan(since), since, Scope(form.scope.data), _choices())


def _consequences_page(
    series: Series, change: SeriesChange, found: Consequences, notice: str = ""
) -> str:
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"seen", "action"} and not name.startswith(CHOICE)
    ]
    return render_template(
        "manage/consequences.html",
        series=series,
        change=change,
        before=rhythm_in_words(series),
        after=plan_in_words(change.plan),
        told=told_of(found, series.timezone),
        seen=found.fingerprint,
        kept=kept,
        notice=notice,
    )


@bp.post(f"/series/{SERIES}/edit")
@requires(Permission.PLAN_EVENTS)
def save_series(series_id: int) -> ResponseReturnValue:
    """First show exactly what would happen; then, when it was seen, do it."""
    series = _series_or_404(series_id)
    form = SeriesForm(request.form)
    _prepare(form, series)
    action = request.form.get("action", "")
    if not form.validate():
        return _show(series, form), 422
    if action == FORM:
        return _show(series, form)
    change = _change(series, form)
    if action == PREVIEW:
        return _show(series, form, preview=_preview(series, change.plan))
    found = consequences_of(change, clock.now())
    if isinstance(found, Refused):
        add_refusal(form, found)
        return _show(series, form), 422
    if action != APPLY:
        return _consequences_page(series, change, found)
    made = change_series(
        change,
        request.form.get("seen", ""),
        by=actor(),
        now=clock.now(),
        exclusive=exclusive(),
    )
    if isinstance(made, Refused) and made.reason == PlanRefusal.DOUBLE_BOOKED:
        db.session.rollback()
        add_refusal(form, made)
        return _show(_series_or_404(series_id), form), 409
    if isinstance(made, Refused):
        return _again(series_id, change, made)
    flash_done(_("The series is changed."), made)
    return redirect(url_for(".event", event_id=series.event_id), 303)


def _again(series_id: int, change: SeriesChange, refused: Refused) -> ResponseReturnValue:
    """Somebody signed up or changed something meanwhile: show what would happen now."""
    db.session.rollback()
    found = consequences_of(change, clock.now())
    if isinstance(found, Refused) or refused.reason != PlanRefusal.CHANGED_MEANWHILE:
        abort(409)
    notice = desk_words.refusal(refused.reason)
    return _consequences_page(_series_or_404(series_id), change, found, notice), 409


def _preview(series: Series, plan: SeriesPlan) -> object:
    return preview(
        [plan],
        [],
        minutes=plan.minutes,
        all_day=plan.all_day,
        timezone=series.timezone,
        today=plan.rhythm.starts_on,
        booked=booked_by(series.event, plan.venue_id),
    )


@bp.post(f"/series/{SERIES}/dates")
@requires(Permission.PLAN_EVENTS)
def series_dates(series_id: int) -> ResponseReturnValue:
    """The dates that a form being written would make, as a part of its page."""
    series = _series_or_404(series_id)
    form = SeriesForm(request.form)
    _prepare(form, series)
    form.validate()
    fine = not any(form[name].errors for name in WHEN_FIELDS if name in form)
    shown = _preview(series, _change(series, form).plan) if fine else None
    return render_template("manage/_preview.html", preview=shown)
