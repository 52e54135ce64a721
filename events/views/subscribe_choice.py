"""What somebody asked for on the subscribe page, and what of it cannot be meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _

from core import web
from events import filters as filtering
from events.filter_choices import Choices, PlaceChoice, place_choices, places_named, tags_in_use
from events.filters import MOST_VALUES, PARAMETERS, Filters
from events.views import words

PATH = "/subscribe/"
HIDE = "hide"
MOST_QUERY = 1_500  # far beyond any address that a program takes
FEW_PLACES = 24
MOST_PLACES = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be meant, in words, and the page without it."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice. `unknown` are values that nothing here has; `overfull` that it was too much."""

    filters: Filters
    hide_cancelled: bool
    unknown: tuple[tuple[str, str], ...] = ()
    overfull: bool = False

    @property
    def more(self) -> dict[str, str]:
        """What the feed is asked besides the filters."""
        return {"cancelled": HIDE} if self.hide_cancelled else {}

    def url(self, filters: Filters | None = None) -> str:
        """The page for this choice, or for other filters with the rest of it."""
        return web.path(PATH) + (self.filters if filters is None else filters).query(**self.more)


def choice_from(there: Choices) -> Choice:
    """The choice that the address makes."""
    chosen = filtering.parse(request.args)
    hide = request.args.get("cancelled") == HIDE
    if len(chosen.query()) > MOST_QUERY:
        return Choice(Filters(), hide, overfull=True)
    chosen = replace(chosen, cities=_as_written(chosen.cities, there))
    return Choice(chosen, hide, tuple(_unknown(chosen, there)))


def _as_written(cities: tuple[str, ...], there: Choices) -> tuple[str, ...]:
    written = {city.lower(): city for city, _count in there.cities}
    return tuple(sorted({written.get(city.lower(), city) for city in cities}))


def _unknown(chosen: Filters, there: Choices) -> list[tuple[str, str]]:
    found = [("kind", kind) for kind in chosen.kinds if kind not in words.kinds()]
    places = {place.slug for place in places_named(chosen.venues)}
    found += [("venue", venue) for venue in chosen.venues if venue not in places]
    cities = {city for city, _count in there.cities}
    found += [
        ("city", city)
        for city in chosen.cities
        if city not in cities and not place_choices(limit=1, cities=[city])
    ]
    found += [("mode", mode) for mode in chosen.modes if mode not in words.modes()]
    languages = {code for code, _count in there.languages}
    found += [("language", code) for code in chosen.languages if code not in languages]
    tags = {tag for tag, _count in there.tags}
    strange = [tag for tag in chosen.tags if tag not in tags]
    if strange:
        used = tags_in_use(strange)
        found += [("tag", tag) for tag in strange if tag not in used]
    return found


def faults_of(choice: Choice) -> list[Fault]:
    """What to say about a choice that cannot be meant as it stands."""
    found = [
        Fault(
            _("Nothing here is called “%(value)s”.", value=value),
            choice.url(choice.filters.without(parameter, value)),
        )
        for parameter, value in choice.unknown
    ]
    if choice.overfull:
        found.append(Fault(_("That is more than the address of a calendar can hold.")))
    if any(len(request.args.getlist(name)) > MOST_VALUES for name in PARAMETERS):
        most = _("Only the first %(number)s of each were taken.", number=MOST_VALUES)
        found.append(Fault(most))
    if request.args.get("cancelled", "") not in {"", HIDE}:
        found.append(Fault(_("Cancelled dates are shown or left out; they are shown now.")))
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """Places to tick. `more`: there are others, found by typing a part of their name."""

    chosen: tuple[PlaceChoice, ...]
    found: tuple[PlaceChoice, ...]
    more: bool
    text: str


def places_for(choice: Choice) -> Places:
    """Few places are all shown; of many, those of the chosen cities or that match what was typed.

    A county has hundreds, so they are never listed all at once.
    """
    text = " ".join(request.args.get("find", "")[: filtering.LONGEST_VALUE].split())
    text = text.replace("\x00", "")
    cities = () if text else choice.filters.cities
    found = place_choices(limit=MOST_PLACES + 1, text=text, cities=cities)
    asked = bool(text or cities)
    if not asked and len(found) > FEW_PLACES:
        found, more = (), True
    else:
        more = len(found) > MOST_PLACES or asked
    chosen = places_named(choice.filters.venues)
    others = tuple(place for place in found[:MOST_PLACES] if place not in chosen)
    return Places(chosen, others, more, text)
