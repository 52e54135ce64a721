"""A coordinator who changes one date at a time, through the desk's own forms."""

from __future__ import annotations

import http.cookiejar
import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Callable
from itertools import count
from pathlib import Path

EMAIL, PASSWORD = "desk@example.org", "only to measure with"


class Desk:
    """Somebody signed in to the desk of a running site."""

    def __init__(self, url: str, database: Path) -> None:
        self._url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        with sqlite3.connect(database) as connection:
            query = "SELECT id FROM occurrence WHERE starts_at > date('now', '+40 days') LIMIT 1"
            self._date = int(connection.execute(query).fetchone()[0])
        self._turn = count()
        self._post("/sign-in/", email=EMAIL, password=PASSWORD)

    @staticmethod
    def prepare(flask: Callable[..., None]) -> None:
        """Make the coordinator, by the product's own command."""
        who = ("--name", "Desk", "--email", EMAIL, "--role", "coordinator")
        flask("create-person", *who, "--password", PASSWORD)

    def edit(self) -> None:
        """Cancel a date, or put it back on when it is cancelled."""
        verb = "restore" if next(self._turn) % 2 else "cancel"
        self._post(f"/manage/occurrences/{self._date}/{verb}")

    def _post(self, path: str, **fields: str) -> None:
        data = urllib.parse.urlencode(fields).encode()
        asked = urllib.request.Request(self._url + path, data, method="POST")  # noqa: S310
        with self._opener.open(asked, timeout=30) as answer:
            answer.read()
