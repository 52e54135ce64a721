"""Renderings under way, so that a cold address that many ask for is rendered once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TypeAlias

from core.window.responses import Document, Finished, Version
from core.window.store import Key

Shown: TypeAlias = Document | Finished
Flight: TypeAlias = "Future[Shown]"
REMEMBERED_ALONE = 4_096


def is_for_all(shown: Shown) -> bool:
    """Whether others who wait may have it too: public, or a failure that would be theirs too."""
    return isinstance(shown, Document) or shown.status >= 500


class Flights:
    """One rendering for each address and version. Safe to use from several threads.

    The version is part of it: whoever asks after a change never gets what was begun before it.
    """

    def __init__(self) -> None:
        self._under_way: dict[tuple[Key, Version], Flight] = {}
        self._alone: OrderedDict[int, None] = OrderedDict()
        self._lock = threading.Lock()

    def board(self, key: Key, version: Version) -> tuple[Flight, bool] | None:
        """The rendering under way, and whether the caller has begun it and owes `land`.

        None for an address that lately gave a response for one alone: waiting for another's
        would only take time.
        """
        with self._lock:
            if hash(key) in self._alone:
                return None
            under_way = self._under_way.get((key, version))
            if under_way is not None:
                return under_way, False
            flight: Flight = Future()
            self._under_way[key, version] = flight
            return flight, True

    def land(self, key: Key, version: Version, shown: Shown) -> None:
        """End a rendering: everyone who waits gets what came of it."""
        with self._lock:
            flight = self._under_way.pop((key, version))
        self.note(key, shown)
        flight.set_result(shown)

    def note(self, key: Key, shown: Shown) -> None:
        """Remember whether an address is for all or for one alone."""
        with self._lock:
            if is_for_all(shown):
                self._alone.pop(hash(key), None)
                return
            self._alone[hash(key)] = None
            if len(self._alone) > REMEMBERED_ALONE:
                self._alone.popitem(last=False)
