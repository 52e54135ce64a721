"""The public pages about what is taught."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from core import web
from curriculum import queries
from people.access import public

bp = Blueprint("curriculum", __name__)


def hours_in_words(minutes: int) -> str:
    """`2 hours`, `90 minutes` as `1 hour 30 minutes`: a length as people say it."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if rest:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", rest))
    return " ".join(parts)


@bp.get("/curriculum/")
@public
def catalogue() -> ResponseReturnValue:
    """Every course there is."""
    page = render_template(
        "curriculum/catalogue.html",
        courses=queries.all_courses(),
        hours_in_words=hours_in_words,
    )
    return web.shown_to_all(make_response(page))


@bp.get("/curriculum/courses/<code>/")
@public
def course(code: str) -> ResponseReturnValue:
    """One course: what it is for and how long it takes."""
    # PostgreSQL does not take every character that an address can carry.
    found = queries.course_by_code(code) if code.isprintable() else None
    if found is None:
        abort(404)
    objectives = [line.strip(" -*•\t") for line in found.objectives.splitlines() if line.strip()]
    page = render_template(
        "curriculum/course.html",
        course=found,
        objectives=objectives,
        length=hours_in_words(found.minutes),
    )
    return web.shown_to_all(make_response(page))
