"""The subscribe page: choose, see what you would get, take it to your own calendar."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display, web
from events import filters as filtering
from events.filter_choices import Choices, filter_choices
from events.queries import CalendarDate, coming_dates, count_coming
from events.views import words
from events.views.feed_links import FeedLink, feed_link, ways
from events.views.filter_form import FilterForm, Option, filter_form, labelled
from events.views.rows import rows_for
from events.views.subscribe_choice import PATH, Choice, choice_from, faults_of, places_for
from people.access import public

bp = Blueprint("subscribe", __name__)

AHEAD = timedelta(days=548)  # as far as feeds reach
FIRST_LOOK = timedelta(days=2)
COUNTED_DAYS = 30
SHOWN = 8
MOST_OFFERS = 8
KNOWN = filtering.KNOWN_PARAMETERS | {"cancelled"}


@dataclass(frozen=True, slots=True)
class Offer:
    """Another choice to make instead, in words."""

    label: str
    note: str
    url: str


@bp.get(PATH)
@public
def page() -> ResponseReturnValue:
    """What one can subscribe to, and how."""
    now = clock.now()
    zone = current_app.config["TIMEZONE"]
    today = display.local(now, zone).date()
    there = filter_choices()
    choice = choice_from(there)
    dates = [] if choice.unknown or choice.overfull else _dates(choice, now, today)
    link = feed_link(choice.filters, **choice.more)
    ready = not (choice.unknown or choice.overfull) and link.fits
    shown = render_template(
        "calendar/subscribe.html",
        choice=choice,
        faults=faults_of(choice),
        filters=_form(choice, there),
        places=places_for(choice),
        count_label=_count_label(choice, now, today) if dates else "",
        dates=rows_for(dates, now),
        wider=[] if dates else _wider(choice, now, today),
        link=link,
        ready=ready,
        ways=ways(link) if ready else [],
        shorter=[] if link.fits else _shorter(choice, link),
        here=web.absolute(choice.url()),
        embed_query=choice.filters.query(),
    )
    midnight = display.start_of_day(today + timedelta(days=1), zone)
    until = min([*(one.ends_at for one in dates), midnight])
    return web.shown_to_all(make_response(shown), until, known=_known(choice))


def _known(choice: Choice) -> Collection[str]:
    """Parameters that may be kept. The search for places is anybody's words, so it is not."""
    if choice.overfull:
        return ()
    return KNOWN if any(request.args.getlist("find")) else KNOWN | {"find"}


def _dates(choice: Choice, now: datetime, today: date) -> list[CalendarDate]:
    """The next dates. A county has thousands in a month: the first days do for most choices."""
    for ahead in (FIRST_LOOK, AHEAD):
        dates = coming_dates(
            choice.filters,
            now,
            today + ahead,
            limit=SHOWN,
            cancelled=not choice.hide_cancelled,
        )
        if len(dates) == SHOWN:
            break
    return dates


def _soon(today: date) -> date:
    return today + timedelta(days=COUNTED_DAYS)


def _form(choice: Choice, there: Choices) -> FilterForm:
    """The filters without values that nobody has: those are told of, not offered."""
    form = filter_form(choice.filters, choice.more, there)
    strange = set(choice.unknown)

    def real(parameter: str, options: list[Option]) -> list[Option]:
        return [option for option in options if (parameter, option.value) not in strange]

    return replace(
        form,
        kinds=real("kind", form.kinds),
        modes=real("mode", form.modes),
        cities=real("city", form.cities),
        languages=real("language", form.languages),
        tags=real("tag", form.tags),
    )


def _count_label(choice: Choice, now: datetime, today: date) -> str:
    count = count_coming(choice.filters, now, _soon(today), cancelled=not choice.hide_cancelled)
    return _(
        "%(meetings)s in the next %(days)s days",
        meetings=words.meetings(count),
        days=COUNTED_DAYS,
    )


def _wider(choice: Choice, now: datetime, today: date) -> list[Offer]:
    """What there is when one of the filters is left out."""
    without = {
        "kind": _("Any kind"),
        "venue": _("Any place"),
        "city": _("Any city"),
        "mode": _("In person or online"),
        "language": _("Any language"),
        "tag": _("Without the tags"),
        "q": _("Without the words"),
    }
    asked = {parameter for parameter, _value in choice.filters.pairs()}
    found = []
    for parameter, label in without.items():
        if parameter not in asked:
            continue
        less = choice.filters.without_any(parameter)
        count = count_coming(less, now, _soon(today), cancelled=not choice.hide_cancelled)
        if count:
            found.append(Offer(label, words.meetings(count), choice.url(less)))
    return found


def _shorter(choice: Choice, link: FeedLink) -> list[Offer]:
    """What to leave out of a choice whose address is too long, the longest first."""
    found = []
    for parameter, value, label in labelled(choice.filters):
        less = choice.filters.without(parameter, value)
        shorter = feed_link(less, **choice.more)
        note = _("enough") if shorter.fits else ""
        found.append((shorter.letters, Offer(label, note, choice.url(less))))
    found.sort(key=lambda one: one[0])
    return [offer for _letters, offer in found[:MOST_OFFERS]]
