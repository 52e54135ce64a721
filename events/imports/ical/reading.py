"""A calendar file to its entries: components of one UID together, whatever their order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from events.imports.ical.blocks import Block, Blocks, read_blocks
from events.imports.ical.component import Component, read_component, title_in
from events.imports.ical.entries import Entry, Fault, Question, Reading, Refusal
from events.imports.ical.lines import as_bytes
from events.imports.ical.patience import patience
from events.imports.ical.series import Window, has_dates, when_of, when_of_orphans
from events.imports.ical.zones import Zones

LONGEST_UID = 190
SHOWN_UID = 80


def _uid_in(block: Block) -> str:
    line = next((line for line in block.lines if line.upper().startswith("UID")), "")
    return " ".join(line.partition(":")[2].split())


def _place(uid: str, number: int) -> str:
    return uid[:SHOWN_UID] if uid else f"entry {number}"


def _known_as(uid: str) -> str:
    """A UID as we keep it: a fingerprint when it is too long."""
    return uid if len(uid) <= LONGEST_UID else hashlib.sha256(uid.encode()).hexdigest()


def _made_up(one: Component) -> str:
    """The identity of an entry without a UID: the same as long as it says the same."""
    rules = [prop.to_ical().decode() for prop in one.props["RRULE"]]
    said = repr((one.title, one.start.wall.isoformat(), one.start.zone, rules))
    return "without-uid-" + hashlib.sha256(said.encode()).hexdigest()[:32]


def _read_all(blocks: Blocks, program: str) -> tuple[list[Component], list[Refusal], set[str]]:
    """Components, refusals, and the UIDs of what was refused."""
    zones = {id(one): Zones(one, program) for one in blocks.calendars}
    found, refused, broken = [], [], set()
    for block in blocks.entries:
        calendar = block.calendar
        of = zones.setdefault(id(calendar), Zones(calendar, program))
        cancels = calendar.facts.get("METHOD", "").partition(":")[2].strip().upper() == "CANCEL"
        try:
            found.append(read_component(block, of, cancels=cancels))
        except (ValueError, OverflowError) as fault:
            uid = _uid_in(block)
            broken.add(uid)
            reason = str(fault) if isinstance(fault, Fault) else f"it cannot be read ({fault})"
            refused.append(Refusal(_place(uid, block.number), title_in(block.lines), (reason,)))
    return found, refused, broken - {""}


def _grouped(components: Iterable[Component]) -> dict[str, list[Component]]:
    groups: dict[str, list[Component]] = {}
    for one in components:
        groups.setdefault(one.uid or _made_up(one), []).append(one)
    return groups


def _entry(uid: str, group: list[Component], window: Window) -> Entry:
    masters = [one for one in group if one.recurrence is None]
    overrides = [one for one in group if one.recurrence is not None]
    notes: list[str] = []
    if masters:
        shown = max(reversed(masters), key=lambda one: one.newness)
        when, notes = when_of(shown, overrides, window)
        if len(masters) > 1:
            notes.append(f"it is in the file {len(masters)} times: the newest was taken")
    else:
        shown = max(overrides, key=lambda one: one.newness)
        when = when_of_orphans(overrides)
        notes.append("its series is not in the file: its dates were taken alone")
    said = shown.said
    return Entry(
        _place(shown.uid, shown.number),
        _known_as(uid),
        shown.title,
        when,
        said.description,
        said.private,
        said.online_url,
        said.mode,
        shown.public,
        shown.tags,
        said.location,
        tuple(dict.fromkeys(note for one in group for note in one.notes)) + tuple(notes),
    )


def _entries(groups: dict[str, list[Component]], window: Window, reading: Reading) -> None:
    for uid, group in groups.items():
        try:
            with patience():
                entry = _entry(uid, group, window)
        except (ValueError, OverflowError) as fault:
            first = group[0]
            place = _place(first.uid, first.number)
            reason = str(fault) if isinstance(fault, Fault) else f"it cannot be read ({fault})"
            reading.refused.append(Refusal(place, first.title, (reason,)))
            continue
        if has_dates(entry.when):
            reading.entries.append(entry)
        else:
            reading.notes.append(f"{entry.place}: none of its dates takes place, so it is left out")


def read_calendar(content: bytes, question: Question) -> Reading:
    """All that a calendar file says.

    Raises:
        NotACalendar: the file as a whole cannot be read.
    """
    blocks = read_blocks(as_bytes(content), question.most_entries)
    components, refused, broken = _read_all(blocks, question.timezone)
    groups = _grouped(components)
    reading = Reading([], refused, [])
    for uid in sorted(broken & groups.keys()):  # an entry is taken whole or not at all
        one = groups.pop(uid)[0]
        reasons = ("another part of it was refused",)
        reading.refused.append(Refusal(_place(uid, one.number), one.title, reasons))
    _entries(groups, Window(question.first, question.last), reading)
    for kind, count in sorted(blocks.left_out.items()):
        reading.notes.append(f"{count:,} {kind} left out: only events are taken")
    if not blocks.entries:
        reading.notes.append("The calendar has no events.")
    return reading
