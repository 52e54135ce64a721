"""The calendar's filters as the form and the chips show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from flask import request

from core import web
from events.filter_choices import Choices, filter_choices, places_named
from events.filters import Filters
from events.meeting_words import tag_label
from events.views import words


@dataclass(frozen=True, slots=True)
class Option:
    """Something to tick or choose."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Active:
    """A filter in use, and the page without it."""

    label: str
    remove_url: str


@dataclass(frozen=True)
class FilterForm:
    """What `parts/calendar.html` needs to draw the filters."""

    q: str
    kinds: list[Option]
    modes: list[Option]
    cities: list[Option]
    languages: list[Option]
    tags: list[Option]
    active: list[Active]
    action: str
    clear_url: str
    venues: list[Option] = field(default_factory=list)
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def active_count(self) -> int:
        """How many filters are in use."""
        return len(self.active)


def _options(
    values: Iterable[str], chosen: tuple[str, ...], label: Callable[[str], str]
) -> list[Option]:
    known = list(values)
    extra = [value for value in chosen if value not in known]
    return [Option(value, label(value), value in chosen) for value in [*known, *extra]]


def _label(parameter: str, value: str) -> str:
    say: dict[str, Callable[[str], str]] = {
        "kind": words.kind,
        "mode": words.mode,
        "language": words.language,
        "tag": tag_label,
        "q": lambda text: f"“{text}”",
    }
    return say.get(parameter, str)(value)


def labelled(chosen: Filters) -> list[tuple[str, str, str]]:
    """Parameter, value and its words, for everything that was asked for."""
    names = {place.slug: place.name for place in places_named(chosen.venues)}
    return [
        (
            parameter,
            value,
            names.get(value, value) if parameter == "venue" else _label(parameter, value),
        )
        for parameter, value in chosen.pairs()
    ]


def labels_of(chosen: Filters) -> list[str]:
    """What was asked for, in words."""
    return [label for _parameter, _value, label in labelled(chosen)]


def filter_form(
    chosen: Filters, hidden: Mapping[str, str] | None = None, there: Choices | None = None
) -> FilterForm:
    """The form for the chosen filters.

    Args:
        hidden: kept on every submission.
        there: what there is to choose from, when it has been read already.
    """
    there = there or filter_choices()
    kept = dict(hidden or {})
    address = web.path(request.path)
    kinds = dict(there.kinds)
    modes = dict(there.modes)
    return FilterForm(
        q=chosen.text,
        kinds=_options((kind for kind in words.kinds() if kind in kinds), chosen.kinds, words.kind),
        modes=_options((mode for mode in words.modes() if mode in modes), chosen.modes, words.mode),
        cities=_options((city for city, _count in there.cities), chosen.cities, str),
        languages=_options(
            (code for code, _count in there.languages), chosen.languages, words.language
        ),
        tags=_options((tag for tag, _count in there.tags), chosen.tags, tag_label),
        active=[
            Active(label, address + chosen.without(parameter, value).query(**kept))
            for parameter, value, label in labelled(chosen)
        ],
        action=address,
        clear_url=address + Filters().query(**kept),
        hidden=kept,
    )
