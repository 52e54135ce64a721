"""The desk's page of many dates: choose them, then cancel, restore or move them at once."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock, display
from core.outcome import Refused
from events import bulk, desk, desk_places
from events.bulk import MOST_AT_ONCE, BulkRefusal, Order, Verb
from events.bulk_clashes import clashes_of
from events.desk import DateSearch
from events.forms.many import ReasonForm, ShiftForm, search_of
from events.models import Kind
from events.notices import count_told_of
from events.views import desk_words, many_words, words
from events.views.filter_form import Option
from events.views.manage_base import exclusive, flash_done
from people.access import Permission, actor, requires

bp = Blueprint("bulk", __name__, url_prefix="/dates")
SEARCH = ("from", "to", "venue", "kind", "status", "q")
APPLY, FORM = "apply", "form"


def _asked() -> dict[str, str]:
    return {name: request.values[name] for name in SEARCH if request.values.get(name)}


def _search(asked: dict[str, str]) -> DateSearch:
    today = display.local(clock.now(), current_app.config["TIMEZONE"]).date()
    return search_of(asked, today)


def _options(pairs: list[tuple[str, str]], chosen: str) -> list[Option]:
    return [Option(value, label, value == chosen) for value, label in pairs]


def _here(**more: str) -> str:
    return f"{url_for('.index')}?{urlencode(_asked() | more)}"


def _list(error: str = "", chosen: tuple[int, ...] = ()) -> str:
    asked = _asked()
    search = _search(asked)
    dates, total = desk.search_dates(search, MOST_AT_ONCE)
    everything = request.args.get("all") == "1"
    kinds = [(kind.value, words.kind(kind)) for kind in Kind]
    venues = [(str(number), label) for number, label in desk_places.venue_choices()]
    return render_template(
        "manage/many.html",
        search=search,
        asked=asked,
        kinds=_options(kinds, search.kind),
        venues=_options(venues, str(search.venue_id or "")),
        statuses=_options(many_words.statuses(), search.status),
        dates=dates,
        total=total,
        most=MOST_AT_ONCE,
        chosen={one.id for one in dates} if everything else set(chosen),
        everything=everything,
        all_url=_here(all="1"),
        none_url=_here(),
        error=error,
        say=desk_words,
    )


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def index() -> ResponseReturnValue:
    """Dates by span, place, kind and words, each with a box; `all` has every box ticked."""
    return _list()


def _ids() -> tuple[int, ...]:
    found = (one for one in request.form.getlist("chosen") if one.isdecimal() and len(one) < 10)
    return tuple(dict.fromkeys(int(one) for one in found))


def _confirm(order: Order, form: ReasonForm | ShiftForm, status: int = 200) -> ResponseReturnValue:
    found = bulk.judged(order, clock.now())
    shown = {one.id: one for one in desk.dates_by_ids(one.date.id for one in found)}
    place = ""
    if order.shift.venue_id is not None:
        place = dict(desk_places.venue_choices()).get(order.shift.venue_id, "")
    clashes = clashes_of(found, order)
    rows = [
        many_words.row(one, shown.get(one.date.id), order, place, clashes[one.date.id])
        for one in found
    ]
    going = [one.date.id for one in found if one.goes]
    people, told = count_told_of(going)
    page = render_template(
        "manage/many_confirm.html",
        order=order,
        form=form,
        rows=rows,
        going=going,
        question=many_words.question(order, rows),
        yes=many_words.yes(order.verb),
        people=people,
        told=told,
        asked=_asked(),
        back=_here(),
    )
    return page, status


def _ask_shift(order: Order, form: ShiftForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "manage/many_move.html",
        order=order,
        form=form,
        dates=desk.dates_by_ids(order.ids),
        asked=_asked(),
        back=_here(),
        say=desk_words,
    )
    return page, status


def _carry_out(order: Order) -> ResponseReturnValue:
    result = bulk.do_many(order, by=actor(), now=clock.now(), exclusive=exclusive())
    if isinstance(result, Refused):
        return _list(many_words.refusal(result.reason), order.ids), 422
    flash_done(many_words.done(order.verb, result), result.change_id)
    return redirect(_here(), 303)


def _with_reason(order: Order, action: str) -> ResponseReturnValue:
    form = ReasonForm(request.form)
    if not form.validate():
        return _confirm(order, form, 422)
    ready = Order(order.verb, order.ids, form.reason.data or "")
    return _carry_out(ready) if action == APPLY else _confirm(ready, form)


def _with_shift(order: Order, action: str) -> ResponseReturnValue:
    if "days" not in request.form or action == FORM:
        form = ShiftForm(request.form if action == FORM else None)
        form.offer_venues(desk_places.venue_choices())
        return _ask_shift(order, form)
    form = ShiftForm(request.form)
    form.offer_venues(desk_places.venue_choices())
    if not form.validate():
        return _ask_shift(order, form, 422)
    ready = Order(Verb.MOVE, order.ids, shift=form.shift())
    fault = bulk.order_fault(ready)
    if fault:
        form.form_errors.append(many_words.refusal(fault))
        return _ask_shift(order, form, 422)
    return _carry_out(ready) if action == APPLY else _confirm(ready, form)


@bp.post("/")
@requires(Permission.PLAN_EVENTS)
def many() -> ResponseReturnValue:
    """First show exactly what would happen to the chosen dates; then, when it was seen, do it."""
    ids = _ids()
    asked = request.form.get("verb", "")
    if asked not in list(Verb):
        return _list(chosen=ids), 422
    order = Order(Verb(asked), ids)
    fault = BulkRefusal.NOTHING_CHOSEN if not ids else None
    if len(ids) > MOST_AT_ONCE:
        fault = BulkRefusal.TOO_MANY
    if fault:
        return _list(many_words.refusal(fault), ids[:MOST_AT_ONCE]), 422
    action = request.form.get("action", "")
    if order.verb == Verb.MOVE:
        return _with_shift(order, action)
    return _with_reason(order, action)
