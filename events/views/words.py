"""Codes put into words, in the language of the page."""

from __future__ import annotations

from babel import Locale
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from events.models import Joining, Kind, Mode


def kinds() -> dict[str, str]:
    """The kinds of event that the public can see, in the order they are shown."""
    return {
        Kind.SUPPORT_GROUP: _("Support group"),
        Kind.WORKSHOP: _("Workshop"),
        Kind.LEADERSHIP_TRAINING: _("Leadership training"),
        Kind.COMMUNITY_EVENT: _("Community event"),
    }


def kind(code: str) -> str:
    """A kind of event in words."""
    return _("One-to-one") if code == Kind.ONE_TO_ONE else kinds().get(code, code)


def modes() -> dict[str, str]:
    """How one takes part."""
    return {
        Mode.IN_PERSON: _("In person"),
        Mode.ONLINE: _("Online"),
        Mode.HYBRID: _("In person and online"),
    }


def mode(code: str) -> str:
    """How one takes part, in words."""
    return modes().get(code, code)


def availability(code: str) -> str:
    """Whether there is room, in words."""
    return {
        "open": _("Places left"),
        "few": _("Few places left"),
        "full": _("Full: waitlist"),
        "closed": _("Sign-up closed"),
        "drop-in": _("Just come, no sign-up"),
    }.get(code, "")


def joining(code: str) -> str:
    """How one joins, in words."""
    return {
        Joining.DROP_IN: _("Just come: no sign-up needed."),
        Joining.PER_DATE: _("Sign up for each date."),
        Joining.COHORT: _("One sign-up for all dates."),
    }.get(Joining(code), "")


def language(code: str) -> str:
    """A language's name in the language of the page."""
    locale = get_locale() or Locale("en")
    name = str(locale.languages.get(code, code))
    return name[:1].upper() + name[1:]


def parts_of_day() -> dict[str, str]:
    """Parts of the day, from the earliest."""
    return {
        "night": _("Early hours"),
        "morning": _("Morning"),
        "midday": _("Midday"),
        "afternoon": _("Afternoon"),
        "evening": _("Evening"),
    }


def meetings(count: int) -> str:
    """`2,500 meetings`."""
    return str(
        ngettext("%(number)s meeting", "%(number)s meetings", count, number=format_decimal(count))
    )


def matching(count: int) -> str:
    """`250 meetings match`."""
    return str(
        ngettext(
            "%(number)s meeting matches",
            "%(number)s meetings match",
            count,
            number=format_decimal(count),
        )
    )
