"""Fixtures every test may use: applications on fresh databases, a factory, a signed-in client."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

from app import create_app
from core.db import db
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


def _closing(app: Flask) -> Iterator[Flask]:
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a fresh migrated SQLite database."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """The application on a fresh SQLite database."""
    yield from _closing(create_app(SETTINGS | {"DATABASE_URL": sqlite_url}))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make(app: Flask) -> Factory:
    return Factory(app)


@pytest.fixture(scope="session")
def migrated_postgres(postgres) -> str:
    """The name of an empty PostgreSQL database with every migration applied."""
    url = postgres.create_database("migrated")
    app = create_app(SETTINGS | {"DATABASE_URL": url})
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database, once on each of the two."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    template = request.getfixturevalue("migrated_postgres")
    return request.getfixturevalue("postgres").create_database(template=template)


@pytest.fixture
def both_databases(database_url: str) -> Iterator[Flask]:
    """The application, once on each database."""
    yield from _closing(create_app(SETTINGS | {"DATABASE_URL": database_url}))


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
