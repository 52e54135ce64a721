"""Month posters and weekly flyers, as a page to print and as PDF."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from core import clock, display, web
from events import feed_queries
from events import filters as filtering
from events.print.pdf import TooSlowError, pdf_of
from events.print.sheets import MonthSheet, Paper, WeekSheet
from events.rules.calendar_span import Span, in_range, month_span, week_span
from events.views.feeds import answer
from events.views.paper import month_sheet, week_sheet
from people.access import public

bp = Blueprint("print", __name__)

KNOWN = filtering.KNOWN_PARAMETERS | {"paper"}


def _today() -> date:
    return display.local(clock.now(), current_app.config["TIMEZONE"]).date()


def _paper() -> Paper:
    asked = request.args.get("paper", Paper.LETTER)
    try:
        return Paper(asked)
    except ValueError:
        abort(404)


def _asked(span: Span) -> Span:
    if not in_range(span.first, _today()):
        abort(404)
    return span


def _month(year: int, month: int) -> MonthSheet:
    try:
        span = month_span(year, month)
    except ValueError:
        abort(404)
    return month_sheet(_asked(span), _paper(), filtering.parse(request.args), _today())


def _week(year: int, week: int) -> WeekSheet:
    try:
        span = week_span(year, week)
    except (ValueError, OverflowError):
        abort(404)
    return week_sheet(_asked(span), _paper(), filtering.parse(request.args), _today())


def _page(template: str, paper: MonthSheet | WeekSheet) -> ResponseReturnValue:
    chosen = filtering.parse(request.args)
    here = web.path(request.path)
    page = render_template(
        f"print/{template}.html",
        paper=paper,
        sheet=paper.sheet,
        pdfs={size: f"{here[:-1]}.pdf{chosen.query(paper=size)}" for size in Paper},
        sizes={size: f"{here}{chosen.query(paper=size)}" for size in Paper},
    )
    tomorrow = display.start_of_day(_today() + timedelta(days=1), current_app.config["TIMEZONE"])
    return web.shown_to_all(make_response(page), tomorrow, known=KNOWN)


def _pdf(name: str, paper: MonthSheet | WeekSheet) -> ResponseReturnValue:
    changed = feed_queries.last_change()
    try:
        body = pdf_of(paper, changed)
    except TooSlowError:
        abort(503)
    return answer(body, "application/pdf", changed=changed, file=f"{name}.pdf", known=KNOWN)


@bp.get("/print/month/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/")
@public
def month_page(year: int, month: int) -> ResponseReturnValue:
    """The poster of a month, to look at and print."""
    return _page("month", _month(year, month))


@bp.get("/print/month/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>.pdf")
@public
def month_pdf(year: int, month: int) -> ResponseReturnValue:
    """The poster of a month as PDF."""
    return _pdf(f"{year}-{month:02d}", _month(year, month))


@bp.get("/print/week/<int(fixed_digits=4):year>/w<int(fixed_digits=2):week>/")
@public
def week_page(year: int, week: int) -> ResponseReturnValue:
    """The flyer of an ISO week, to look at and print."""
    return _page("week", _week(year, week))


@bp.get("/print/week/<int(fixed_digits=4):year>/w<int(fixed_digits=2):week>.pdf")
@public
def week_pdf(year: int, week: int) -> ResponseReturnValue:
    """The flyer of an ISO week as PDF."""
    return _pdf(f"{year}-w{week:02d}", _week(year, week))
