"""Templates in words: those that come with the program are named in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from events.models import EventTemplate
from events.views import words


def name(stored: str) -> str:
    """A template's name: a known one translated, one that somebody gave as it is."""
    return {
        "Weekly support group": _("Weekly support group"),
        "Workshop for a closed group": _("Workshop for a closed group"),
        "Leadership training": _("Leadership training"),
        "Community event": _("Community event"),
        "One-to-one": _("One-to-one"),
    }.get(stored, stored)


def summary(template: EventTemplate) -> str:
    """How one joins, how many places there are and how long it takes: `12 places, 90 minutes`."""
    details = template.details
    facts = [words.kind(template.kind)]
    if details.get("joining"):
        facts.append(words.joining(details["joining"]).rstrip("."))
    if details.get("capacity") is not None:
        facts.append(str(ngettext("%(num)d place", "%(num)d places", details["capacity"])))
    if details.get("minutes"):
        facts.append(str(ngettext("%(num)d minute", "%(num)d minutes", details["minutes"])))
    return " · ".join(facts)
