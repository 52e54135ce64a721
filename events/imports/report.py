"""What an import did, or would do, said so that people can read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from events.undo import Kept


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
    """What an import did, or would do. Problems are lines for people to read.

    `made` and `places` are the ids of the events and venues it added, `touched` of the events it
    changed, `kept` the rows of those as they were, and `messages` the mail it owes: what undoing it
    needs. `both` counts the entries where both sides changed.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: int = 0
    both: int = 0
    applied: bool = False
    lines: list[Line] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    kept: Kept | None = None
    messages: list[int] = field(default_factory=list)

    def count(self) -> str:
        """The closing line."""
        return (
            f"{self.added:,} added, {self.changed:,} changed, "
            f"{self.unchanged:,} unchanged, {self.refused:,} refused"
        )


Step = Callable[[Report], None]


def nothing_more(_report: Report) -> None:
    """What an import does besides, unless it is told otherwise."""
