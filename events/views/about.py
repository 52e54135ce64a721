"""Pages that stand still: help now and privacy."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from core import clock, web
from people.access import public

bp = Blueprint("about", __name__)
HOLDS_FOR = timedelta(days=1)


def _page(template: str, **context: object) -> ResponseReturnValue:
    response = make_response(render_template(f"about/{template}.html", **context))
    return web.shown_to_all(response, clock.now() + HOLDS_FOR)


@bp.get("/help-now/")
@public
def help_now() -> ResponseReturnValue:
    """Who to call, one tap away."""
    return _page("help")


@bp.get("/privacy/")
@public
def privacy() -> ResponseReturnValue:
    """What is kept, who sees it, what leaves the site."""
    return _page("privacy")
