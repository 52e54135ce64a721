"""Where finished documents stand: bounded by bytes, the longest unasked for go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from core.window.responses import Document, Version


class Key(NamedTuple):
    """An address as the application sees it; whatever it could read from it is part of it."""

    scheme: str
    host: str
    forwarded: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document, the version it was rendered at, and the unix second from which it is over."""

    version: Version
    until: float | None
    document: Document


class Shelf:
    """Entries within a number of bytes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.size = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()

    def get(self, key: Key) -> Entry | None:
        """The entry, which thereby is the last to go; None when it is not here."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry, in the place of the one before; one too large for the room is not."""
        before = self._entries.get(key)
        if before is not None and before.version > entry.version:
            return  # a slow rendering of an older edition
        self.drop(key)
        size = _size(key, entry)
        if size > self.room // 2:
            return
        self._entries[key] = entry
        self.size += size
        while self.size > self.room:
            oldest, gone = self._entries.popitem(last=False)
            self.size -= _size(oldest, gone)

    def drop(self, key: Key) -> None:
        """Forget an entry, if it is there."""
        gone = self._entries.pop(key, None)
        if gone is not None:
            self.size -= _size(key, gone)


class Store:
    """Two shelves: addresses with a query, which anyone can make up, have a quarter of the room.

    Entries of an earlier version stay until replaced or pushed out, for when a rendering fails.
    Safe to use from several threads.
    """

    def __init__(self, room: int) -> None:
        self._plain = Shelf(room * 3 // 4)
        self._asked = Shelf(room // 4)
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._plain.size + self._asked.size

    def fresh(self, key: Key, version: Version, now: float) -> Entry | None:
        """What stands for this address at this version and unix second."""
        with self._lock:
            entry = self._shelf(key).get(key)
        if entry is None or entry.version != version:
            return None
        return entry if entry.until is None or now < entry.until else None

    def last_good(self, key: Key) -> Entry | None:
        """What stood for this address last, at whatever version."""
        with self._lock:
            return self._shelf(key).get(key)

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry."""
        with self._lock:
            self._shelf(key).put(key, entry)

    def drop(self, key: Key) -> None:
        """Forget what stood for this address: it is public no more."""
        with self._lock:
            self._shelf(key).drop(key)

    def _shelf(self, key: Key) -> Shelf:
        return self._asked if key.query else self._plain


def _size(key: Key, entry: Entry) -> int:
    return entry.document.size + 4 * sum(map(len, key)) + 500
