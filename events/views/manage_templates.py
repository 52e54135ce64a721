"""Templates on the desk: listed, added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.outcome import Refused
from events import templates
from events.forms.templates import TemplateForm
from events.models import EventTemplate
from events.templates import TemplateRefusal
from events.views import template_words
from events.views.manage_base import event_or_404
from events.views.manage_details import prepare
from people.access import Permission, actor, requires

bp = Blueprint("templates", __name__, url_prefix="/templates")
TEMPLATE = "<int(max=2147483647):template_id>"


def template_or_404(template_id: int) -> EventTemplate:
    """The template of an address."""
    found = templates.template_of(template_id)
    if found is None:
        abort(404)
    return found


def _ready(form: TemplateForm, spoken: Iterable[str] = ()) -> TemplateForm:
    prepare(form, spoken)
    form.leave_out_what_is_one_event_s()
    return form


def _filled(name: str, kind: str, details: dict[str, Any]) -> TemplateForm:
    start = details.get("start")
    values = details | {"name": name, "kind": kind, "start": start and time.fromisoformat(start)}
    form = TemplateForm(data=values)
    return _ready(form, details.get("languages") or ())


def _show(form: TemplateForm, title: str, status: int = 200) -> ResponseReturnValue:
    return render_template("manage/template_form.html", form=form, title=title), status


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def index() -> ResponseReturnValue:
    """Every template, kind by kind."""
    return render_template(
        "manage/templates.html", templates=templates.template_list(), words=template_words
    )


@bp.get("/new")
@requires(Permission.PLAN_EVENTS)
def new() -> ResponseReturnValue:
    """The form for a template; with `event` it is filled in from that event."""
    event_id = request.args.get("event", type=int)
    if event_id is None or not 0 < event_id < 2**31:
        form = _ready(TemplateForm())
    else:
        event = event_or_404(event_id)
        series = event.series[-1] if event.series else None
        form = _filled(event.title, event.kind, templates.details_of_event(event, series))
    return _show(form, _("New template"))


def _read() -> TemplateForm:
    form = TemplateForm(request.form)
    return _ready(form, request.form.getlist("languages")[:50])


def _saved(form: TemplateForm, answer: int | Refused, title: str) -> ResponseReturnValue:
    if isinstance(answer, Refused):
        if answer.reason == TemplateRefusal.UNKNOWN:
            abort(404)
        form.name.errors = [_("Another template has that name. Please choose a different one.")]
        return _show(form, title, 422)
    flash(_("The template is saved. New events can start from it."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/new")
@requires(Permission.PLAN_EVENTS)
def create() -> ResponseReturnValue:
    """Add a template."""
    form = _read()
    if not form.validate():
        return _show(form, _("New template"), 422)
    answer = templates.add_template(form.plan(), by=actor(), now=clock.now())
    return _saved(form, answer, _("New template"))


@bp.get(f"/{TEMPLATE}/")
@requires(Permission.PLAN_EVENTS)
def edit(template_id: int) -> ResponseReturnValue:
    """The form for a template there is."""
    found = template_or_404(template_id)
    form = _filled(template_words.name(found.name), found.kind, dict(found.details))
    return _show(form, template_words.name(found.name))


@bp.post(f"/{TEMPLATE}/")
@requires(Permission.PLAN_EVENTS)
def save(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    stored = template_or_404(template_id).name
    form = _read()
    title = template_words.name(stored)
    if not form.validate():
        return _show(form, title, 422)
    if form.name.data == title:  # left as it was shown: it stays translated
        form.name.data = stored
    answer = templates.edit_template(template_id, form.plan(), by=actor(), now=clock.now())
    return _saved(form, answer, title)


@bp.get(f"/{TEMPLATE}/remove")
@requires(Permission.PLAN_EVENTS)
def ask_remove(template_id: int) -> ResponseReturnValue:
    """Ask before a template goes."""
    name = template_words.name(template_or_404(template_id).name)
    return render_template("manage/template_remove.html", template_id=template_id, name=name)


@bp.post(f"/{TEMPLATE}/remove")
@requires(Permission.PLAN_EVENTS)
def remove(template_id: int) -> ResponseReturnValue:
    """Remove a template."""
    templates.remove_template(template_id, by=actor(), now=clock.now())
    flash(_("The template is gone. Events made with it stay as they are."), "success")
    return redirect(url_for(".index"), 303)
