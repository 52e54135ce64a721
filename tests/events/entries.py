"""The entries of a feed as a subscriber keeps them, and the rules by which they may change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Key = tuple[str, str]
RESCHEDULED = ("DTSTART", "DTEND", "RRULE", "EXDATE", "STATUS", "LOCATION")


@dataclass(frozen=True)
class Entry:
    """A VEVENT: its properties by name, parameters with the value."""

    lines: tuple[str, ...]
    values: dict[str, str] = field(compare=False, default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def moment(self, name: str) -> datetime:
        return datetime.strptime(self[name].lstrip(":"), "%Y%m%dT%H%M%SZ")


def _entry(lines: list[str]) -> Entry:
    values = {}
    for line in lines:
        end = min(found for found in (line.find(":"), line.find(";")) if found > 0)
        values[line[:end]] = line[end:]
    return Entry(tuple(lines), values)


class Entries:
    """A feed by UID, in the order of the file, with what was there before and has gone."""

    def __init__(self, body: bytes = b"") -> None:
        self.by_uid: dict[str, list[Entry]] = {}
        inside: list[str] | None = None
        for line in body.decode().replace("\r\n ", "").split("\r\n"):
            if line == "BEGIN:VEVENT":
                inside = []
            elif line == "END:VEVENT":
                assert inside is not None
                entry = _entry(inside)
                self.by_uid.setdefault(entry["UID"], []).append(entry)
                inside = None
            elif inside is not None:
                inside.append(line)

    def followed_by(self, later: Entries) -> Entries:
        """What a subscriber has seen: the newest of each UID."""
        both = Entries()
        both.by_uid = self.by_uid | later.by_uid
        return both


def faults(before: Entries, after: Entries, *, by_hand: bool = True) -> list[str]:
    """What in the way entries changed some program would not notice or not believe.

    What is no longer said for its age, or not yet for being far ahead, changes no sequence: only
    what somebody did `by_hand` does.
    """
    found = []
    for uid, now in after.by_uid.items():
        then = before.by_uid.get(uid)
        if then is not None and then != now:
            found += [f"{uid}: {fault}" for fault in _faults(then, now, by_hand)]
    return found


def _faults(then: list[Entry], now: list[Entry], by_hand: bool) -> list[str]:
    found = []
    if (
        then[0]["URL"].split("/events/")[1].split("/")[0]
        != (now[0]["URL"].split("/events/")[1].split("/")[0])
    ):
        found.append("means another event")
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        if now[0].moment(name) <= then[0].moment(name):
            found.append(f"changed, but its first {name} did not rise")
    known = {one["RECURRENCE-ID"]: one for one in then}
    for one in now:
        old = known.get(one["RECURRENCE-ID"])
        if old is None:
            continue
        if int(one["SEQUENCE"][1:]) < int(old["SEQUENCE"][1:]):
            found.append("its sequence fell")
        changed = [name for name in RESCHEDULED if one[name] != old[name]]
        if by_hand and changed and int(one["SEQUENCE"][1:]) <= int(old["SEQUENCE"][1:]):
            found.append(f"{changed} changed, but its sequence did not rise")
    return found
