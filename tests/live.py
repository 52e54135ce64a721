"""The whole product over real HTTP: the command that `make run` ends in, in its own process."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import pytest

from tests.servers import kept, new_folder, on_free_port

# What a test may change; the rest of the environment of whoever runs the tests stays outside.
DEFAULTS = {
    "GROUNDSWELL_ENV": "test",
    "SECRET_KEY": "only for tests " * 3,
    "RATE_LIMITS": "off",
    "HOST": "127.0.0.1",
    "MAIL_URL": "smtp://127.0.0.1:9",  # nobody listens there: mail stays in the outbox
}
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TZ", "PYTHONPATH", "VIRTUAL_ENV")


def _opener() -> OpenerDirector:
    return build_opener(ProxyHandler({}))


def _is_up(url: str) -> bool:
    try:
        with _opener().open(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


@contextmanager
def _live_on(port: int, settings: Mapping[str, str]) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    surroundings = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    env = surroundings | DEFAULTS | dict(settings) | {"PORT": str(port)}
    command = [sys.executable, "-m", "flask", "serve"]
    with kept(command, new_folder(), stop="TERM", answers=lambda: _is_up(url), env=env):
        yield url


def live_server(settings: Mapping[str, str]) -> AbstractContextManager[str]:
    """Serve the application on a free port of 127.0.0.1 until the block ends.

    Args:
        settings: environment variables on top of DEFAULTS. DATABASE_URL must be among them and
            lead to a migrated database, so that no test ever writes to the one in instance/.

    Returns:
        A context manager that gives the base URL, without a slash at the end.

    Raises:
        StartError: the server ended or did not answer; the message carries what it printed.
    """
    assert settings.get("DATABASE_URL"), "live_server needs a DATABASE_URL"
    return on_free_port(lambda port: _live_on(port, settings))


class SharedSite:
    """One server for many tests: its database is put back to a known state between them.

    Starting a server takes seconds, putting a database in place of another milliseconds.
    """

    def __init__(self, url: str, file: Path) -> None:
        self.url = url
        self.file = file
        self._edition = 0

    @property
    def database_url(self) -> str:
        """The database that is served."""
        return f"sqlite:///{self.file}"

    def start_over(self, database: Path) -> None:
        """Serve a copy of `database` from now on, at an edition that nothing was kept for."""
        with (
            closing(sqlite3.connect(database)) as source,
            closing(sqlite3.connect(self.file, timeout=15)) as served,
        ):
            source.backup(served)
        self.raise_edition()

    def raise_edition(self) -> None:
        """Let go of everything kept."""
        self._edition += 1_000_000
        with closing(sqlite3.connect(self.file, timeout=15)) as served:
            served.execute(
                "INSERT INTO edition (id, number) VALUES (1, :number)"
                " ON CONFLICT (id) DO UPDATE SET number = :number",
                {"number": self._edition},
            )
            served.commit()


@pytest.fixture(scope="session")
def shared_site(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedSite]:
    """The server that the tests of this process share, over an empty database at first."""
    file = tmp_path_factory.mktemp("shared") / "served.db"
    with closing(sqlite3.connect(migrated_sqlite)) as empty, closing(sqlite3.connect(file)) as new:
        empty.backup(new)
        new.execute("PRAGMA journal_mode=WAL")
    with live_server({"DATABASE_URL": f"sqlite:///{file}"}) as url:
        yield SharedSite(url, file)
