"""What a change of a series would do, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from core import display
from events.consequences import Consequences
from events.rules.replanning import Choice, Fate, Step
from events.series_reading import Crowd


@dataclass(frozen=True)
class DateWords:
    """One date's way: `was` and `will_be` in words, who is on it, and what may be chosen."""

    id: int | None
    was: str
    will_be: str
    people: str
    choice: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """The dates that end one way."""

    title: str
    dates: tuple[DateWords, ...]


@dataclass(frozen=True)
class ConsequenceWords:
    """A whole change: with people first, then the others; how many stay and who is told."""

    with_people: tuple[DateWords, ...]
    sections: tuple[Section, ...]
    unchanged: str
    told: str
    splits: bool


def _moment(starts: datetime) -> str:
    return f"{display.short_day(starts.date())}, {display.clock(starts)}"


def _people(crowd: Crowd) -> str:
    found = []
    if crowd.signups:
        found.append(ngettext("%(num)d signed up", "%(num)d signed up", crowd.signups))
    if crowd.attended:
        found.append(_("attendance was taken"))
    return ", ".join(str(one) for one in found) or str(_("a facilitator of its own"))


def _choices(step: Step) -> tuple[tuple[str, str], ...]:
    if step.old is None or step.old.over:
        return ()
    found = {
        Choice.MOVE.value: _("goes along with the series"),
        Choice.KEEP.value: _("stays when it is"),
        Choice.CANCEL.value: _("is cancelled"),
    }
    if step.new is None and step.fate != Fate.CANCELLED:
        found.pop(Choice.MOVE.value)
    return tuple((value, str(label)) for value, label in found.items())


_CHOSEN = {
    Fate.MOVED: Choice.MOVE,
    Fate.SAME: Choice.MOVE,
    Fate.KEPT: Choice.KEEP,
    Fate.CANCELLED: Choice.CANCEL,
}


def _date(step: Step, crowd: Crowd) -> DateWords:
    gone = step.fate in (Fate.DROPPED, Fate.CANCELLED)
    return DateWords(
        step.old.id if step.old else None,
        _moment(step.old.starts) if step.old else "",
        "" if gone else _moment(step.starts),
        _people(crowd) if step.old and step.old.people else "",
        _CHOSEN.get(step.fate, Choice.MOVE).value,
        _choices(step),
    )


def _told(number: int) -> str:
    if not number:
        return str(_("Nobody has to be told."))
    return str(
        ngettext(
            "%(num)d message goes out, in ten minutes unless you undo it.",
            "%(num)d messages go out, in ten minutes unless you undo it.",
            number,
        )
    )


def told_of(found: Consequences, timezone: str) -> ConsequenceWords:
    """What a change would do; `timezone` is that of the series."""
    titles = {
        Fate.MOVED: _("Dates that move"),
        Fate.ADDED: _("New dates"),
        Fate.DROPPED: _("Dates that go; nobody is on them"),
        Fate.CANCELLED: _("Dates that are cancelled"),
        Fate.KEPT: _("Dates that stay when they are"),
    }
    busy = [
        step
        for step in found.steps
        if step.old and step.old.people and (step.fate != Fate.SAME or found.resized)
    ]
    sections = [
        Section(
            str(title),
            tuple(_date(step, found.crowd(step)) for step in found.of(fate) if step not in busy),
        )
        for fate, title in titles.items()
    ]
    same = len(found.of(Fate.SAME))
    stays = _("change only in length or place") if found.resized else _("stay as they are")
    return ConsequenceWords(
        tuple(_date(step, found.crowd(step)) for step in busy),
        tuple(section for section in sections if section.dates),
        f"{ngettext('%(num)d date', '%(num)d dates', same)}: {stays}" if same else "",
        _told(found.told()),
        found.splits,
    )
