"""Fixtures every test may use: applications on fresh databases, a factory, a signed-in client."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Table, event

from app import create_app
from core.db import db
from core.limits import limiter
from events.demo import build
from tests.browser import *  # noqa: F403
from tests.factory import PASSWORD, Factory
from tests.live import shared_site  # noqa: F401
from tests.servers import *  # noqa: F403

SETTINGS = {
    "GROUNDSWELL_ENV": "test",
    "SECRET_KEY": "only for tests " * 3,
    "RATE_LIMITS": "off",
    "SITE_URL": "http://localhost",
}


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file with every migration applied; tests get copies."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    app = create_app(SETTINGS | {"DATABASE_URL": f"sqlite:///{file}"})
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return file


@pytest.fixture(scope="session")
def demo_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo program; tests get copies."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(migrated_sqlite, file)
    app = create_app(SETTINGS | {"DATABASE_URL": f"sqlite:///{file}"})
    with app.app_context():
        build.fill("America/Los_Angeles", now=datetime.now(UTC))
        db.session.remove()
        db.engine.dispose()
    return file


_SEEDS: dict[Table, list[dict[str, Any]]] = {}  # the rows that migrations put there


@lru_cache
def _made(database_url: str) -> Flask:
    return create_app(SETTINGS | {"DATABASE_URL": database_url})


def _application(database_url: str) -> Iterator[Flask]:
    """One application for all tests on a database: making one takes longer than most tests."""
    app = _made(database_url)
    settings, wsgi_app = dict(app.config), app.wsgi_app
    limiter.enabled = False  # a test with limits may have switched on the one there is
    yield app
    app.config.clear()
    app.config.update(settings)
    app.wsgi_app = wsgi_app  # type: ignore[method-assign]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path) -> str:
    """The URL of a fresh migrated SQLite database, always in the same place."""
    file = migrated_sqlite.with_name("test.db")
    for left in file.parent.glob("test.db*"):
        left.unlink()
    shutil.copy(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """The application on a fresh SQLite database."""
    yield from _application(sqlite_url)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make(app: Flask) -> Factory:
    return Factory(app)


@pytest.fixture(scope="session")
def migrated_postgres(postgres) -> str:
    """The URL of a PostgreSQL database with every migration applied."""
    url = postgres.create_database("migrated")
    with _made(url).app_context():
        upgrade()
        with db.engine.begin() as connection:
            for table in db.metadata.sorted_tables:
                _SEEDS[table] = [dict(row) for row in connection.execute(table.select()).mappings()]
        db.engine.dispose()
    return url


@pytest.fixture
def emptied_postgres(migrated_postgres: str) -> str:
    """The URL of a migrated PostgreSQL database with nothing but what migrations put there."""
    app = _made(migrated_postgres)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")
        for table, rows in _SEEDS.items():
            if rows:
                connection.execute(table.insert(), rows)
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {len(rows)})"
                )
    return migrated_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database, once on each of the two."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return str(request.getfixturevalue("emptied_postgres"))


@pytest.fixture
def both_databases(database_url: str) -> Iterator[Flask]:
    """The application, once on each database."""
    yield from _application(database_url)


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, str], None]:
    """`sign_in(client, email)` through the real form."""

    def enter(client: FlaskClient, email: str) -> None:
        answer = client.post("/sign-in/", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    return enter


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], object]:
    """`with count_queries() as seen:` then `len(seen)` statements were sent."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_conn, _cursor, statement, _params, _context, _many) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
