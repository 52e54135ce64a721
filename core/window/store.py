"""Where finished documents stand: bounded by bytes, the longest unasked for go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.window.responses import Document, Version

MUCH, MOST_ASKED = 50, 8
ENTRY_BYTES = 3_000  # an entry and its request, roughly


class Key(NamedTuple):
    """An address as the application sees it; whatever it could read from it is part of it."""

    scheme: str
    host: str
    forwarded: str
    path: str
    query: str


@dataclass(slots=True)
class Entry:
    """A document, the version it was rendered at, and the unix seconds when it was made and from
    which it is over; the request that it answers, and how often it was asked for."""

    version: Version
    until: float | None
    document: Document
    made: float = 0.0
    environ: Mapping[str, Any] = field(default_factory=dict)
    times_asked: int = 0


class Shelf:
    """Entries within a number of bytes, in two rows: new ones, and those asked for again.

    Whatever is asked for once passes through the first row and pushes out nothing of the second
    (Karedla et al. 1994, segmented LRU): a flood of made-up addresses costs no subscriber theirs.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self.size = 0
        self._new: OrderedDict[Key, Entry] = OrderedDict()
        self._again: OrderedDict[Key, Entry] = OrderedDict()
        self._again_size = 0

    def get(self, key: Key) -> Entry | None:
        """The entry, which thereby is the last to go; None when it is not here."""
        entry = self._again.get(key)
        if entry is not None:
            self._again.move_to_end(key)
            return entry
        entry = self._new.pop(key, None)
        if entry is not None:
            self._put_again(key, entry)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry, in the place of the one before; one too large for the room is not."""
        before = self._again.get(key) or self._new.get(key)
        if before is not None and before.version > entry.version:
            return  # a slow rendering of an older edition
        known = key in self._again
        self.drop(key)
        size = _size(key, entry)
        if size > self.room // 2:
            return
        self.size += size
        if known:
            self._put_again(key, entry)
        else:
            self._new[key] = entry
        while self.size > self.room:
            self._push_out()

    def asked_much(self) -> list[tuple[Key, Entry]]:
        """Entries that are asked for much."""
        return [one for one in self._again.items() if one[1].times_asked >= MUCH]

    def drop(self, key: Key) -> None:
        """Forget an entry, if it is there."""
        gone = self._new.pop(key, None)
        if gone is None and (gone := self._again.pop(key, None)) is not None:
            self._again_size -= _size(key, gone)
        if gone is not None:
            self.size -= _size(key, gone)

    def _put_again(self, key: Key, entry: Entry) -> None:
        self._again[key] = entry
        self._again_size += _size(key, entry)
        while self._again_size > self.room * 3 // 4:
            oldest, back = self._again.popitem(last=False)
            self._again_size -= _size(oldest, back)
            self._new[oldest] = back

    def _push_out(self) -> None:
        oldest = next(iter(self._new or self._again))
        self.drop(oldest)


class Store:
    """Two shelves: addresses that anyone can make up, by their query or their host, have a quarter
    of the room.

    Entries of an earlier version stay until replaced or pushed out, for when a rendering fails.
    Safe to use from several threads.
    """

    def __init__(self, room: int, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset(hosts)
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
            entry.times_asked += 1
        return entry if entry.until is None or now < entry.until else None

    def asked_most(self) -> list[tuple[Key, Entry]]:
        """What is asked for much, the most first."""
        with self._lock:
            much = [*self._plain.asked_much(), *self._asked.asked_much()]
        return sorted(much, key=lambda one: -one[1].times_asked)[:MOST_ASKED]

    def last_good(self, key: Key, since: float) -> Entry | None:
        """What stood for this address last, at whatever version, made no earlier than `since`."""
        with self._lock:
            entry = self._shelf(key).get(key)
        return entry if entry is not None and entry.made >= since else None

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry."""
        with self._lock:
            self._shelf(key).put(key, entry)

    def drop(self, key: Key) -> None:
        """Forget what stood for this address: it is public no more."""
        with self._lock:
            self._shelf(key).drop(key)

    def _shelf(self, key: Key) -> Shelf:
        made_up = key.query or (self._hosts and key.host not in self._hosts)
        return self._asked if made_up else self._plain


def _size(key: Key, entry: Entry) -> int:
    return entry.document.size + 4 * sum(map(len, key)) + ENTRY_BYTES
