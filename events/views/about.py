"""Pages that stand still: help now, privacy, and how to subscribe."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, web
from events.views import words
from events.views.feed_links import FeedLink
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


@bp.get("/subscribe/")
@public
def subscribe() -> ResponseReturnValue:
    """Every public calendar and the ways to subscribe to it."""
    language = "?lang=es" if web.language() == "es" else ""
    everything = FeedLink(_("Everything"), f"/feeds/all.ics{language}")
    kinds = [FeedLink(word, f"/feeds/{code}.ics{language}") for code, word in words.kinds().items()]
    here = web.absolute(web.path("/subscribe/"))
    return _page("subscribe", feeds=[everything, *kinds], here=here)
