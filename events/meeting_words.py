"""Tags and access facts in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext


def _known_tags() -> dict[str, str]:
    return {
        "11th-step-meditation": _("11th step meditation"),
        "12-steps-12-traditions": _("12 steps and 12 traditions"),
        "secular": _("Secular"),
        "big-book": _("Big Book"),
        "newcomer": _("Newcomers welcome"),
        "closed": _("Closed: for those who share it"),
        "open": _("Open to all"),
        "discussion": _("Discussion"),
        "speaker": _("Speaker"),
        "step-study": _("Step study"),
        "women": _("Women"),
        "men": _("Men"),
        "lgbtq": _("LGBTQ+"),
        "meditation": _("Meditation"),
        "young-people": _("Young people"),
        "beginners": _("Beginners"),
        "family": _("Families welcome"),
        "outdoor": _("Outdoors"),
        "candlelight": _("Candlelight"),
        "birthday": _("Birthday"),
        "literature": _("Literature"),
        "daily-reflections": _("Daily reflections"),
        "cross-talk-permitted": _("Cross-talk welcome"),
        "child-friendly": _("Child-friendly"),
        "tradition-study": _("Tradition study"),
        "grief": _("Grief"),
        "relapse-prevention": _("Relapse prevention"),
        "skills": _("Skills"),
        "art": _("Art"),
        "movement": _("Movement"),
        "leadership": _("Leadership"),
        "food": _("Food"),
    }


def tag_label(tag: str) -> str:
    """A tag in words; one we have no word for is spelled out."""
    known = _known_tags().get(tag)
    return known or tag.replace("-", " ").capitalize()


ACCESS = {
    "step-free": lazy_gettext("Step-free"),
    "accessible-toilet": lazy_gettext("Accessible toilet"),
    "asl": lazy_gettext("American Sign Language"),
    "child-care": lazy_gettext("Child care"),
    "fragrance-free": lazy_gettext("Fragrance-free"),
    "hearing-loop": lazy_gettext("Hearing loop"),
    "parking": lazy_gettext("Parking"),
    "bus": lazy_gettext("On a bus line"),
    "phone": lazy_gettext("By phone"),
}
AUDIENCES = {
    "newcomers": lazy_gettext("Newcomers"),
    "women": lazy_gettext("Women"),
    "men": lazy_gettext("Men"),
    "nonbinary": lazy_gettext("Nonbinary people"),
    "lgbtq": lazy_gettext("LGBTQ+"),
    "young-people": lazy_gettext("Young people"),
    "older-adults": lazy_gettext("Older adults"),
    "families": lazy_gettext("Families"),
    "friends-and-family": lazy_gettext("Friends and family"),
    "veterans": lazy_gettext("Veterans"),
    "spanish-speaking": lazy_gettext("Spanish speakers"),
    "professionals": lazy_gettext("Professionals"),
}


def _label(known: Mapping[str, str], code: str) -> str:
    return str(known.get(code) or code.replace("-", " ").capitalize())


def audience_label(code: str) -> str:
    """For whom an event is, in words."""
    return _label(AUDIENCES, code)


def access_label(code: str) -> str:
    """An access fact in words."""
    return _label(ACCESS, code)
