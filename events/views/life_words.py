"""Where an event is in its life, and what its next step would do, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from events.life import Ahead
from events.models import Event, EventStatus, Kind, Visibility


def audience(event: Event) -> Visibility:
    """Who can see an event once it is published; one-to-one is private, whatever it says."""
    private = event.kind == Kind.ONE_TO_ONE
    return Visibility.PRIVATE if private else Visibility(event.visibility)


def is_public(event: Event) -> bool:
    """Whether everyone can see it."""
    return event.status == EventStatus.PUBLISHED and audience(event) == Visibility.PUBLIC


def state(event: Event) -> str:
    """A sentence on where an event is."""
    if event.status == EventStatus.DRAFT:
        return _("It is a draft: only the desk can see it.")
    if event.status == EventStatus.ARCHIVED:
        return _("It is in the archive: nobody finds it, and everything about it is kept.")
    if event.status == EventStatus.DELETED:
        return _("It is deleted: nobody finds it, and it can be restored for a while.")
    return {
        Visibility.PUBLIC: _("It is on the public calendar and in its feeds."),
        Visibility.SIGNED_IN: _("People who have signed in find it on their own page."),
        Visibility.PRIVATE: _("Only those who take part and the team can see it."),
    }[audience(event)]


def taken() -> str:
    """Why an event cannot be on the calendar in a program that lets nothing be booked twice."""
    return _(
        "Its place or whoever leads it is taken on one of its dates. Move or cancel what is in the"
        " way, then try again."
    )


def done(event: Event) -> str:
    """What a change of its state has done."""
    if event.status == EventStatus.ARCHIVED:
        return _("The event is in the archive. You can publish it again.")
    if audience(event) == Visibility.PUBLIC:
        return _("The event is on the calendar.")
    return _("The event is published.") + " " + state(event)


def preview(event: Event) -> str:
    """What a preview is not."""
    if event.status == EventStatus.PUBLISHED:
        return _("This is how people see it.")
    return _("This is how people will see it. Nobody but the desk sees it yet.")


def dates(ahead: Ahead) -> str:
    """`12 dates to come`."""
    return str(ngettext("%(num)d date to come", "%(num)d dates to come", ahead.dates))


def publishing(event: Event, ahead: Ahead) -> str:
    """What publishing does."""
    where = {
        Visibility.PUBLIC: _("It goes on the public calendar and into its feeds at once"),
        Visibility.SIGNED_IN: _("People who have signed in find it on their own page at once"),
        Visibility.PRIVATE: _("Those who take part and the team see it at once"),
    }[audience(event)]
    return _("%(where)s, with %(dates)s.", where=where, dates=dates(ahead))


def signed_up(ahead: Ahead) -> str:
    """How many people hold a place or wait for one."""
    if not ahead.people:
        return _("Nobody is signed up for a date to come.")
    return str(
        ngettext(
            "%(num)d person is signed up for a date to come.",
            "%(num)d people are signed up for dates to come.",
            ahead.people,
        )
    )


def archiving(ahead: Ahead) -> str:
    """What putting away does, and what it does not do."""
    gone = _("It leaves the calendar and every feed, and nobody can sign up for it any more.")
    kept = _("Its dates, sign-ups and attendance are kept, and you can publish it again.")
    told = ""
    if ahead.people:
        told = _(
            "They are not told and keep their places. If the dates do not take place, cancel them"
            " first, or delete the event: then everyone is told."
        )
    return " ".join(part for part in (gone, kept, signed_up(ahead), told) if part)
