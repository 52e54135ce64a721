"""What an import did, or would do, said so that people can read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What becomes of one entry of a file."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """One entry of a file: where it stands (`row 17`, a UID), its title, and what becomes of it.

    `reasons` say why it is refused, what changed at the source, or where both sides changed.
    """

    place: str
    title: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass
class Report:
    """What an import did, or would do. Problems are lines for people to read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: int = 0
    applied: bool = False
    lines: list[Line] = field(default_factory=list)

    def count(self) -> str:
        """The closing line."""
        return (
            f"{self.added:,} added, {self.changed:,} changed, "
            f"{self.unchanged:,} unchanged, {self.refused:,} refused"
        )
