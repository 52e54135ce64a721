"""Logical lines to the entries they belong to, before any library sees them.

Only what we use is kept: nobody's address, no alarm and no attachment comes further than here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from events.imports.ical.lines import NotACalendar, logical_lines

MOST_LINES = 2_000
MOST_ZONES = 200
MOST_DEPTH = 50
KEPT = frozenset(
    {
        "UID",
        "SUMMARY",
        "DESCRIPTION",
        "DTSTART",
        "DTEND",
        "DURATION",
        "DTSTAMP",
        "LAST-MODIFIED",
        "SEQUENCE",
        "STATUS",
        "RRULE",
        "RDATE",
        "EXDATE",
        "EXRULE",
        "RECURRENCE-ID",
        "LOCATION",
        "GEO",
        "CATEGORIES",
        "URL",
        "CLASS",
        "CONFERENCE",
        "X-GOOGLE-CONFERENCE",
        "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    }
)
_CALENDAR = frozenset({"METHOD", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE"})
_ZONE_PARTS = frozenset({"VTIMEZONE", "STANDARD", "DAYLIGHT"})


@dataclass
class Calendar:
    """A VCALENDAR: its own properties (whole lines, by name) and its zones (lines, by number)."""

    facts: dict[str, str] = field(default_factory=dict)
    zones: list[list[str]] = field(default_factory=list)


@dataclass
class Block:
    """The lines of one VEVENT; `number` counts from 1. A fault says why it cannot be read."""

    number: int
    calendar: Calendar
    lines: list[str] = field(default_factory=list)
    fault: str = ""


@dataclass
class Blocks:
    """What a file holds: entries, and how many components of other kinds were left out."""

    entries: list[Block] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    calendars: list[Calendar] = field(default_factory=list)


class _Machine:
    """Follows BEGIN and END, and puts each line where it belongs."""

    def __init__(self, most_entries: int) -> None:
        self.found = Blocks()
        self.most_entries = most_entries
        self.stack: list[str] = []
        self.calendar = Calendar()
        self.block: Block | None = None

    def take(self, name: str, line: str) -> None:
        if name == "BEGIN":
            self._begin(line.split(":", 1)[-1].strip().upper())
        elif name == "END":
            self._end(line.split(":", 1)[-1].strip().upper())
        elif self.block is not None:
            self._property(name, line)
        elif self.stack and self.stack[-1] == "VCALENDAR" and name in _CALENDAR:
            self.calendar.facts.setdefault(name, line[:1000])
        elif len(self.stack) > 1 and self.stack[1] == "VTIMEZONE":
            self._zone(line)

    def _begin(self, kind: str) -> None:
        if len(self.stack) >= MOST_DEPTH:
            raise NotACalendar("Its components are nested too deeply.")
        if kind in {"VEVENT", "VCALENDAR"} and self.block is not None:
            self._close("it has no END:VEVENT")
        if kind == "VCALENDAR":
            self.stack, self.calendar = [], Calendar()
            self.found.calendars.append(self.calendar)
        elif kind == "VEVENT":
            self.stack = self.stack[:1]
            self._open()
        elif self.block is None and len(self.stack) == 1:
            self._other(kind)
        elif self.block is None and kind in _ZONE_PARTS and "VTIMEZONE" in self.stack:
            self._zone(f"BEGIN:{kind}")
        self.stack.append(kind)

    def _other(self, kind: str) -> None:
        if kind != "VTIMEZONE":
            self.found.left_out[kind[:40]] += 1
        elif len(self.calendar.zones) < MOST_ZONES:
            self.calendar.zones.append(["BEGIN:VTIMEZONE"])

    def _open(self) -> None:
        number = len(self.found.entries) + 1
        if number > self.most_entries:
            raise NotACalendar(
                f"The calendar has more than {self.most_entries:,} entries: export a shorter span."
            )
        self.block = Block(number, self.calendar)
        self.found.entries.append(self.block)

    def _end(self, kind: str) -> None:
        if kind not in self.stack:
            return
        if self.block is None and kind in _ZONE_PARTS and "VTIMEZONE" in self.stack:
            self._zone(f"END:{kind}")
        while self.stack:
            ended = self.stack.pop()
            if ended == "VEVENT":
                self._close("" if kind == "VEVENT" else "it has no END:VEVENT")
            if ended == kind:
                return

    def _close(self, fault: str) -> None:
        if self.block is not None:
            self.block.fault = self.block.fault or fault
        self.block = None

    def _property(self, name: str, line: str) -> None:
        assert self.block is not None
        if self.stack[-1] != "VEVENT" or name not in KEPT:
            return
        if len(self.block.lines) >= MOST_LINES:
            self.block.fault = f"it has more than {MOST_LINES:,} lines"
            return
        self.block.lines.append(line)

    def _zone(self, line: str) -> None:
        zones = self.calendar.zones
        if zones and len(zones[-1]) < MOST_LINES:
            zones[-1].append(line)


def read_blocks(content: bytes, most_entries: int) -> Blocks:
    """The entries of a file, unread.

    Raises:
        NotACalendar: it is none, it breaks off, or it has too many entries.
    """
    return follow(logical_lines(content), most_entries)


def follow(lines: Iterable[tuple[str, str]], most_entries: int) -> Blocks:
    """The entries that logical lines make up."""
    machine = _Machine(most_entries)
    for name, line in lines:
        machine.take(name, line)
    if not machine.found.calendars and not machine.found.entries:
        raise NotACalendar("This is not a calendar: it has no BEGIN:VCALENDAR.")
    if machine.stack:
        raise NotACalendar(
            f"The file breaks off after entry {len(machine.found.entries):,}: get it again."
        )
    return machine.found
