"""The audit record of an event as sentences."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

from core import display
from events.history import DateLabel, HistoryLine
from events.views import desk_words

Sentence = Callable[[HistoryLine], str]


def who(line: HistoryLine) -> str:
    """Who did it."""
    if line.actor:
        return line.actor
    return _("A visitor") if line.actor_kind == "visitor" else _("The program itself")


def date_words(date: DateLabel | None) -> str:
    """A date as it stands inside a sentence."""
    if date is None:
        return _("a date that is gone")
    starts = display.local(date.starts_at, date.timezone)
    day = display.in_sentence(display.short_day(starts.date()))
    return _("%(day)s, %(year)s, %(time)s", day=day, year=starts.year, time=display.clock(starts))


def _field_names() -> dict[str, str]:
    return {
        "access": _("access"),
        "audiences": _("who it is for"),
        "capacity": _("places"),
        "cost": _("cost"),
        "description": _("description"),
        "image_alt": _("the picture's words"),
        "image_id": _("picture"),
        "joining": _("how one joins"),
        "kind": _("kind of event"),
        "languages": _("languages"),
        "mode": _("in person or online"),
        "online_notes": _("notes on joining online"),
        "online_passcode": _("passcode"),
        "online_phone": _("phone number"),
        "online_url": _("online link"),
        "online_url_public": _("who sees the link"),
        "room_id": _("room"),
        "signup_closes_minutes": _("when sign-up closes"),
        "summary": _("summary"),
        "tags": _("tags"),
        "title": _("title"),
        "venue_id": _("place"),
        "visibility": _("who can see it"),
    }


def fields(codes: str) -> str:
    """The names of what an edit changed: `title, place`."""
    known = _field_names()
    return ", ".join(known.get(code, code.replace("_", " ")) for code in codes.split(",") if code)


def _edited(line: HistoryLine) -> str:
    changed = fields(str(line.detail.get("fields") or ""))
    return _("Changed: %(fields)s", fields=changed) if changed else _("Changed the details")


def _role(line: HistoryLine) -> str:
    try:
        return desk_words.role(str(line.detail.get("role")))
    except ValueError:
        return ""


def _assigned(line: HistoryLine) -> str:
    name, role = line.name("person") or _("somebody"), _role(line)
    if line.date_id:
        return _("%(name)s leads %(date)s: %(role)s", name=name, role=role, date=_when(line))
    return _("%(name)s leads every date: %(role)s", name=name, role=role)


def _unassigned(line: HistoryLine) -> str:
    name = line.name("person") or _("somebody")
    if line.date_id:
        return _("%(name)s no longer leads %(date)s", name=name, date=_when(line))
    return _("%(name)s no longer leads it", name=name)


def _handed_over(line: HistoryLine) -> str:
    return _(
        "Handed over from %(before)s to %(after)s",
        before=line.name("from_person") or _("somebody"),
        after=line.name("to") or _("somebody"),
    )


def _when(line: HistoryLine) -> str:
    return date_words(line.date)


def _undone(line: HistoryLine) -> str:
    return _("Took back: %(change)s", change=desk_words.change(str(line.detail.get("change"))))


def _count(line: HistoryLine) -> str:
    """`3 dates`."""
    dates = line.detail.get("dates")
    number = dates if isinstance(dates, int) else 0
    return str(ngettext("%(num)d date", "%(num)d dates", number))


def plain(verb: str) -> str:
    """A verb that nobody has put into words yet, readable at least."""
    return verb.replace("-", " ").replace("_", " ") or _("something")


_EVENT: dict[str, Sentence] = {
    "create": lambda line: (
        _("Made it as a copy") if line.detail.get("copied_from") else _("Made it")
    ),
    "edit": _edited,
    "publish": lambda line: _("Published it"),
    "archive": lambda line: _("Archived it"),
    "delete": lambda line: _("Deleted it"),
    "undelete": lambda line: _("Restored it after it was deleted"),
    "copy": lambda line: _("Made a copy of it"),
    "assign": _assigned,
    "unassign": _unassigned,
    "hand-over": _handed_over,
    "import": lambda line: _("Imported it, or its changes"),
    "undo": _undone,
    "reschedule": lambda line: _("Changed when it meets"),
    "add-dates": lambda line: _("Added %(dates)s", dates=_count(line)),
}
_DATE: dict[str, Sentence] = {
    "cancel": lambda line: _("Cancelled %(date)s", date=_when(line)),
    "restore": lambda line: _("Restored %(date)s", date=_when(line)),
    "move": lambda line: _("Moved a date; it is now %(date)s", date=_when(line)),
    "see-roster": lambda line: _("Looked at the roster of %(date)s", date=_when(line)),
    "look": lambda line: _("Looked at the roll of %(date)s", date=_when(line)),
    "take-roll": lambda line: _("Took the roll of %(date)s", date=_when(line)),
}
_CLOSURE: dict[str, Sentence] = {
    "close": lambda line: _(
        "Closed the place or the program; %(dates)s cancelled", dates=_count(line)
    ),
    "change-closure": lambda line: _(
        "Changed when the place or the program is closed; %(dates)s touched", dates=_count(line)
    ),
    "lift": lambda line: _("Opened again; %(dates)s back", dates=_count(line)),
}
_SUBJECTS = {
    "event": _EVENT,
    "series": _EVENT,
    "occurrence": _DATE,
    "roster": _DATE,
    "closure": _CLOSURE,
}


def what(line: HistoryLine) -> str:
    """What was done, as a sentence without its subject: `Cancelled Tue, Dec 1, 2026, 6:30 pm`."""
    sentence = _SUBJECTS.get(line.subject, _EVENT).get(line.verb)
    if sentence is not None:
        return sentence(line)
    if line.date_id:
        return _("%(verb)s: %(date)s", verb=plain(line.verb).capitalize(), date=_when(line))
    return plain(line.verb).capitalize()
