"""What was last given out for one alone, kept in memory for when the database is away.

A program that is told of a passing fault may give a calendar up; so it gets what stood last.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

MOST_BYTES = 8_000_000
_NAME = "groundswell-last-good"


@dataclass(frozen=True, slots=True)
class Given:
    """A body, and when it last changed."""

    body: bytes
    changed_at: datetime


class LastGood:
    """The latest bodies by name, the longest unused forgotten first. Safe for several threads."""

    def __init__(self, room: int = MOST_BYTES) -> None:
        self._room = room
        self._held = 0
        self._kept: OrderedDict[str, Given] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, name: str, given: Given) -> None:
        """Keep what was given out, instead of what was before."""
        with self._lock:
            self._drop(name)
            self._kept[name] = given
            self._held += len(given.body)
            while self._held > self._room:
                self._drop(next(iter(self._kept)))

    def drop(self, name: str) -> None:
        """Forget what no longer may be given out."""
        with self._lock:
            self._drop(name)

    def of(self, name: str) -> Given | None:
        """What was last given out, or None."""
        with self._lock:
            return self._kept.get(name)

    def _drop(self, name: str) -> None:
        before = self._kept.pop(name, None)
        if before is not None:
            self._held -= len(before.body)


def last_good() -> LastGood:
    """The memory of this application."""
    found: LastGood = current_app.extensions.setdefault(_NAME, LastGood())
    return found
