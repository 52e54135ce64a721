"""From one edition to the next without anybody waiting for the pages that everybody asks for.

A change makes every kept document old at once, and rendering the most asked for takes a moment in
which all who want them would wait. So they are rendered first, beside the old ones, and then shown
together: within PATIENCE_SECONDS, and before whoever made the change has an answer. Where nothing
is asked for much, the new edition is shown at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from core.window.responses import Version
from core.window.store import Entry, Key, Store

PATIENCE_SECONDS = 0.5
log = logging.getLogger(__name__)
Render = Callable[[Key, Entry, Version], Entry | None]


class Turnover:
    """Which version is shown while a newer one is made ready. Safe to use from several threads."""

    def __init__(self, store: Store, render: Render) -> None:
        self._store, self._render = store, render
        self._shown: Version | None = None
        self._coming: Version | None = None
        self._deadline = 0.0
        self._ready: list[tuple[Key, Entry]] = []
        self._working = False
        self._turned = threading.Condition()

    def shown(self, newest: Version) -> Version:
        """The version to show now that this is the newest."""
        shown = self._shown
        if shown == newest:
            return newest
        with self._turned:
            if self._shown is not None and newest < self._shown:
                return self._shown  # read before another thread turned
            if (
                self._shown is None
                or not self._is_next(self._shown, newest)
                or (self._coming is not None and time.monotonic() >= self._deadline)
            ):
                self._turn(newest)
            elif self._coming != newest:
                self._begin(newest)
            return self._shown or newest

    def settle(self, newest: Version) -> None:
        """Wait until a version is shown, or a later one."""
        self.shown(newest)
        with self._turned:
            while self._shown is not None and self._shown < newest:
                left = self._deadline - time.monotonic()
                if left <= 0 or self._coming is None:
                    self._turn(newest)
                    return
                self._turned.wait(left)

    @staticmethod
    def _is_next(shown: Version, newest: Version) -> bool:
        """Whether only the edition rose: a backup put back and a new day do not wait."""
        return (shown[0], shown[2]) == (newest[0], newest[2]) and shown[1] < newest[1]

    def _begin(self, newest: Version) -> None:
        if not self._store.asked_most():
            self._turn(newest)
            return
        if self._coming is None:  # a change after a change does not put off the first
            self._deadline = time.monotonic() + PATIENCE_SECONDS
        self._coming, self._ready = newest, []
        if not self._working:
            self._working = True
            threading.Thread(target=self._work, name="turnover", daemon=True).start()

    def _work(self) -> None:
        """Make ready what is coming, one version after the other, until none is."""
        while True:
            with self._turned:
                version = self._coming
                if version is None:
                    self._working = False
                    return
            for key, entry in self._store.asked_most():
                if self._coming != version:
                    break
                self._make_ready(key, entry, version)
            with self._turned:
                if self._coming == version:
                    self._turn(version)

    def _make_ready(self, key: Key, entry: Entry, version: Version) -> None:
        try:
            fresh = self._render(key, entry, version)
        except Exception:
            log.exception("%s could not be made ready", key.path)
            return
        if fresh is None:
            return
        with self._turned:
            if self._coming == version:
                self._ready.append((key, fresh))
            elif self._shown == version:  # patience ended before
                self._store.put(key, fresh)

    def _turn(self, version: Version) -> None:
        if self._coming == version:
            for key, entry in self._ready:
                self._store.put(key, entry)
        self._shown, self._coming, self._ready = version, None, []
        self._turned.notify_all()
