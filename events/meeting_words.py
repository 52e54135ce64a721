"""Tags and access facts in words, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext as _


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


def audience_label(code: str) -> str:
    """For whom an event is, in words."""
    return {
        "newcomers": _("Newcomers"),
        "women": _("Women"),
        "men": _("Men"),
        "nonbinary": _("Nonbinary people"),
        "lgbtq": _("LGBTQ+"),
        "young-people": _("Young people"),
        "older-adults": _("Older adults"),
        "families": _("Families"),
        "friends-and-family": _("Friends and family"),
        "veterans": _("Veterans"),
        "spanish-speaking": _("Spanish speakers"),
        "professionals": _("Professionals"),
    }.get(code, code.replace("-", " ").capitalize())


def access_label(code: str) -> str:
    """An access fact in words."""
    return {
        "step-free": _("Step-free"),
        "accessible-toilet": _("Accessible toilet"),
        "asl": _("American Sign Language"),
        "child-care": _("Child care"),
        "fragrance-free": _("Fragrance-free"),
        "bus": _("On a bus line"),
        "phone": _("By phone"),
        "hearing-loop": _("Hearing loop"),
        "parking": _("Parking"),
    }.get(code, code.replace("-", " ").capitalize())
